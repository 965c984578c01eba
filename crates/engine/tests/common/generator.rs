//! A small generator with random weights for parity tests.
#![allow(missing_docs)]

use std::collections::BTreeMap;

use burn::tensor::Device;
use windowshop_bundle::{Bundle, NetworkFile, Precision, Tensor, Tensors};
use windowshop_engine::{Engine, EngineError};
use windowshop_model::{Generator, weights};
use windowshop_schema::{
    GanConfig, NetworkKind,
    manifest::{GeneratorCard, ModelCard},
};

/// Sizes of a small network.
pub fn card(size: usize, channels: usize) -> GeneratorCard {
    GeneratorCard {
        model: GanConfig { size, channels, latent_dim: 11, width: 5, ..GanConfig::default() },
        classes: ["Bags", "Home & Garden", "鞋"].map(str::to_owned).into(),
        metrics: BTreeMap::new(),
        card: ModelCard::default(),
    }
}

/// A network with non-trivial normalisation statistics and class-dependent output.
pub fn network(card: &GeneratorCard, device: &Device) -> (Generator, NetworkFile) {
    device.seed(9);
    let network = Generator::init(&card.model, card.classes.len(), device);
    let mut saved = weights::save(&network);
    for (name, weight) in &mut saved {
        let spread: fn(usize) -> f32 = match name.rsplit('.').next() {
            Some("running_mean") => |i| 0.1 * (i % 5) as f32 - 0.2,
            Some("running_var") => |i| 0.1 + 0.3 * (i % 4) as f32,
            Some("gain") => |i| 0.5 + 0.2 * (i % 7) as f32,
            Some("bias") => |i| 0.1 * (i % 9) as f32 - 0.3,
            _ => continue,
        };
        weight.values.iter_mut().enumerate().for_each(|(i, value)| *value = spread(i));
    }
    let network = weights::load(network, &saved, device).unwrap();
    let tensors = saved.into_iter().map(|(n, w)| (n, Tensor { shape: w.shape, data: w.values }));
    let card = serde_json::to_string(card).unwrap();
    (network, NetworkFile { card, weights: Tensors(tensors.collect()), ..Default::default() })
}

/// Manifest and file of a bundle with only this network.
pub fn bundle(file: NetworkFile) -> (String, Vec<u8>) {
    let bundle =
        Bundle { name: "made".into(), ranker: None, networks: BTreeMap::from([(NetworkKind::Generator, file)]) };
    let mut files: BTreeMap<_, _> = bundle.encode(Some(Precision::F32)).unwrap().into_iter().collect();
    let file = files.remove(NetworkKind::Generator.file()).unwrap();
    (String::from_utf8(files.remove("manifest.json").unwrap()).unwrap(), file)
}

/// Loads them as a page does.
pub fn engine(manifest: &str, file: &[u8]) -> Result<Engine, EngineError> {
    let mut engine = Engine::load(manifest, &BTreeMap::new())?;
    engine.open_network(NetworkKind::Generator, file)?;
    Ok(engine)
}
