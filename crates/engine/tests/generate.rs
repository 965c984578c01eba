//! The CPU engine makes the pictures that burn makes, on two independent devices.
#![allow(missing_docs)]

use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor as BurnTensor, TensorData};
use windowshop_bundle::{Bundle, NetworkFile, Precision, Tensor, Tensors};
use windowshop_engine::{Engine, EngineError};
use windowshop_features::{latent::latent, photo};
use windowshop_model::{Generator, gan::one_hot, weights};
use windowshop_schema::{
    GanConfig, GanNetwork, Part,
    manifest::{GeneratorCard, ModelCard},
};

const SEEDS: [u64; 3] = [0, 7, (1 << 53) - 1];

fn card(size: usize, channels: usize) -> GeneratorCard {
    GeneratorCard {
        model: GanConfig { size, channels, latent_dim: 11, width: 5, ..GanConfig::default() },
        classes: ["Bags", "Home & Garden", "鞋"].map(str::to_owned).into(),
        metrics: BTreeMap::new(),
        card: ModelCard::default(),
    }
}

/// A network whose normalisation has seen something, and which tells categories apart.
fn network(card: &GeneratorCard, device: &Device) -> (Generator, NetworkFile) {
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

fn engine(file: NetworkFile) -> Result<Engine, EngineError> {
    let bundle = Bundle { name: "made".into(), ranker: None, parts: BTreeMap::from([(Part::Generator, file)]) };
    let files: BTreeMap<_, _> = bundle.encode(Some(Precision::F32)).unwrap().into_iter().collect();
    Engine::load(std::str::from_utf8(&files["manifest.json"]).unwrap(), &files)
}

/// `[side, side, 4]` by burn.
fn expected(network: &Generator, card: &GeneratorCard, class: usize, seed: u64, device: &Device) -> Vec<u8> {
    let numbers = TensorData::new(latent(seed, card.model.latent_dim), [1, card.model.latent_dim]);
    let made = network
        .forward(BurnTensor::from_data(numbers, device), one_hot(&[class], card.classes.len(), device))
        .into_data()
        .try_to_vec::<f32>()
        .unwrap();
    let plane = card.model.size * card.model.size;
    let byte = |pixel: usize, channel: usize| photo::byte(made[channel.min(card.model.channels - 1) * plane + pixel]);
    (0..plane).flat_map(|pixel| [byte(pixel, 0), byte(pixel, 1), byte(pixel, 2), 255]).collect()
}

fn compare(size: usize, channels: usize, device: &Device) {
    let card = card(size, channels);
    let (network, file) = network(&card, device);
    let engine = engine(file).unwrap();
    let generator = engine.networks().generator().unwrap();
    for (class, seed) in (0..card.classes.len()).flat_map(|class| SEEDS.map(|seed| (class, seed))) {
        let found = generator.generate(class, seed);
        let expected = expected(&network, &card, class, seed, device);
        assert_eq!((found.side, found.rgba.len()), (size, expected.len()));
        let off = |most: u8| found.rgba.iter().zip(&expected).filter(|(a, b)| a.abs_diff(**b) > most).count();
        // A sum in another order may round to the next step.
        assert_eq!(off(1), 0, "{size} pixels, category {class}, seed {seed}");
        assert!(off(0) <= expected.len() / 500, "{} of {} differ", off(0), expected.len());
        let shades: std::collections::BTreeSet<u8> = found.rgba.chunks(4).map(|pixel| pixel[0]).collect();
        assert!(shades.len() > 20, "a picture, and not one colour: {shades:?}");
    }
}

#[test]
fn pictures_are_those_that_burn_makes_whatever_the_size() {
    for (size, channels) in [(28, 1), (32, 3), (20, 3), (64, 3), (8, 3)] {
        compare(size, channels, &Device::flex());
    }
}

#[test]
#[allow(deprecated)] // the independent reference
fn pictures_are_those_that_burn_ndarray_makes() {
    compare(20, 3, &Device::ndarray());
}

#[test]
fn a_seed_decides_a_picture_and_another_makes_another() {
    let engine = engine(network(&card(20, 3), &Device::flex()).1).unwrap();
    let generator = engine.networks().generator().unwrap();
    assert_eq!(generator.generate(1, 5), generator.generate(1, 5));
    assert_ne!(generator.generate(1, 5), generator.generate(1, 6));
    assert_ne!(generator.generate(1, 5), generator.generate(2, 5));
}

#[test]
fn an_unknown_category_is_refused_with_those_that_are_known_and_the_one_that_was_meant() {
    let engine = engine(network(&card(8, 1), &Device::flex()).1).unwrap();
    let generator = engine.networks().generator().unwrap();
    assert_eq!(generator.class("鞋").unwrap(), 2);
    let error = generator.class("bag").unwrap_err();
    assert_eq!(error.code(), "invalid_argument");
    assert_eq!(error.to_string(), "label: found `bag`, expected one of Bags, Home & Garden, 鞋 (perhaps Bags)");
    assert!(generator.class("").unwrap_err().to_string().ends_with("expected one of Bags, Home & Garden, 鞋"));
}

#[test]
fn what_cannot_make_a_picture_of_a_category_is_refused_when_it_is_loaded() {
    let device = Device::flex();
    let baseline = GeneratorCard { model: GanConfig { network: GanNetwork::Mlp, ..card(8, 1).model }, ..card(8, 1) };
    let refusal = |file: NetworkFile| engine(file).map(|_| ()).unwrap_err();
    let error = refusal(network(&baseline, &device).1);
    assert_eq!(error.code(), "part_missing");
    assert!(error.to_string().contains("convolutional"), "{error}");

    let altered = |alter: fn(&mut GeneratorCard)| {
        let mut other = card(20, 3);
        alter(&mut other);
        let file = network(&card(20, 3), &device).1;
        refusal(NetworkFile { card: serde_json::to_string(&other).unwrap(), ..file })
    };
    for error in [
        altered(|card| card.classes.push("more".into())),
        altered(|card| card.classes.clear()),
        altered(|card| card.model.size = 40),
        altered(|card| card.model.size = 1 << 20),
        altered(|card| card.model.channels = 1),
        altered(|card| card.model.latent_dim = usize::MAX),
    ] {
        assert_eq!(error.code(), "bundle_corrupt", "{error}");
        assert!(error.to_string().starts_with("generator.safetensors"), "{error}");
    }
    let mut file = network(&card(20, 3), &device).1;
    file.weights.0.retain(|name, _| !name.contains("stages.1"));
    assert_eq!(refusal(file).code(), "bundle_corrupt");
}
