//! Parity of image embedding and classification: the CPU engine against burn on two backends, for both networks.
#![allow(missing_docs)]

use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor as BurnTensor, TensorData, activation::softmax};
use windowshop_bundle::{Bundle, NetworkFile, Precision, Tensor, Tensors};
use windowshop_engine::Engine;
use windowshop_features::photo;
use windowshop_model::{ImageClassifier, weights};
use windowshop_schema::{
    ImageConfig, ImageNetwork, NetworkKind,
    manifest::{ImageCard, ModelCard, PhotoSpec},
};

const TOLERANCE: f32 = 1e-4;

fn card(network: ImageNetwork, size: usize, channels: usize) -> ImageCard {
    ImageCard {
        model: ImageConfig { network, size, channels, width: 5, embedding_dim: 7, hidden_dim: 9, ..Default::default() },
        photo: PhotoSpec { size, channels, mean: vec![0.4; channels], std: vec![0.3; channels] },
        classes: ["hat", "mug", "shoe"].map(str::to_owned).into(),
        temperature: 1.4,
        metrics: BTreeMap::new(),
        card: ModelCard::default(),
    }
}

/// A network with non-trivial normalisation statistics, and its engine.
fn setup(card: &ImageCard, device: &Device) -> (ImageClassifier, Engine) {
    device.seed(9);
    let network = ImageClassifier::init(&card.model, card.classes.len(), device);
    let mut saved = weights::save(&network);
    for (name, weight) in &mut saved {
        let spread: fn(usize) -> f32 = match name.rsplit('.').next() {
            Some("running_mean") => |i| 0.1 * (i % 5) as f32 - 0.2,
            Some("running_var") => |i| 0.5 + 0.3 * (i % 4) as f32,
            _ => continue,
        };
        weight.values.iter_mut().enumerate().for_each(|(i, value)| *value = spread(i));
    }
    let network = weights::load(network, &saved, device).unwrap();
    let tensors = saved.into_iter().map(|(n, w)| (n, Tensor { shape: w.shape, data: w.values }));
    let file = NetworkFile {
        card: serde_json::to_string(card).unwrap(),
        weights: Tensors(tensors.collect()),
        ..Default::default()
    };
    let bundle = Bundle { name: "photos".into(), ranker: None, networks: BTreeMap::from([(NetworkKind::Image, file)]) };
    let files: BTreeMap<_, _> = bundle.encode(Some(Precision::F32)).unwrap().into_iter().collect();
    (network, Engine::load(std::str::from_utf8(&files["manifest.json"]).unwrap(), &files).unwrap())
}

fn photo(width: usize, height: usize) -> Vec<u8> {
    (0..width * height * 3).map(|i| ((i * i / 7 + i * 13) % 256) as u8).collect()
}

fn compare(card: &ImageCard, device: &Device) {
    let (network, engine) = setup(card, device);
    let PhotoSpec { size, channels, .. } = card.photo;
    for (width, height) in [(size, size), (3 * size, 2 * size), (5, 9)] {
        let rgb = photo(width, height);
        let values: Vec<f32> =
            photo::normalise(&photo::square(&rgb, width, height, size, channels), &card.photo).collect();
        let input = BurnTensor::<4>::from_data(TensorData::new(values, [1, channels, size, size]), device);
        let output = network.forward(input);
        let found = engine.networks().image().unwrap().predict(&rgb, width, height).unwrap();
        let embedding = output.embedding.into_data().try_to_vec::<f32>().unwrap();
        let probabilities = softmax(output.logits / card.temperature, 1).into_data().try_to_vec::<f32>().unwrap();
        let pairs = found.embedding.iter().chain(&found.probabilities).zip(embedding.iter().chain(&probabilities));
        for (a, b) in pairs {
            assert!(
                (a - b).abs() <= TOLERANCE,
                "{width} × {height}: {found:?} against {embedding:?} {probabilities:?}"
            );
        }
    }
}

#[test]
fn the_light_network_agrees_with_burn_flex() {
    for (size, channels) in [(28, 1), (32, 3), (64, 3)] {
        compare(&card(ImageNetwork::Light, size, channels), &Device::flex());
    }
}

#[test]
#[allow(deprecated)] // the independent reference
fn the_light_network_agrees_with_burn_ndarray() {
    compare(&card(ImageNetwork::Light, 28, 1), &Device::ndarray());
}

#[test]
fn the_pretrained_network_agrees_with_burn_flex() {
    compare(&card(ImageNetwork::EfficientnetLite0, 72, 3), &Device::flex());
}

#[test]
fn pixels_of_a_wrong_number_are_an_error() {
    let (_, engine) = setup(&card(ImageNetwork::Light, 28, 1), &Device::flex());
    for (bytes, width, height) in [(0, 0, 0), (12, 2, 3), (9000 * 3, 9000, 1)] {
        let error = engine.networks().image().unwrap().predict(&vec![0; bytes], width, height).unwrap_err();
        assert_eq!(error.code(), "invalid_argument");
    }
}
