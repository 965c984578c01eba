//! Parity of image generation: the CPU engine against burn on two backends.
#![allow(missing_docs)]

#[path = "common/generator.rs"]
mod generator;

use std::collections::BTreeSet;

use burn::tensor::{Device, Tensor, TensorData};
use generator::{bundle, card, network};
use windowshop_bundle::NetworkFile;
use windowshop_engine::{Engine, EngineError};
use windowshop_features::{latent::latent, photo};
use windowshop_model::{Generator, one_hot};
use windowshop_schema::{GanConfig, GanNetwork, manifest::GeneratorCard};

const SEEDS: [u64; 3] = [0, 7, (1 << 53) - 1];

fn engine(file: NetworkFile) -> Result<Engine, EngineError> {
    let (manifest, bytes) = bundle(file);
    generator::engine(&manifest, &bytes)
}

/// burn's image, `[side, side, 4]`.
fn expected(network: &Generator, card: &GeneratorCard, class: usize, seed: u64, device: &Device) -> Vec<u8> {
    let numbers = TensorData::new(latent(seed, card.model.latent_dim), [1, card.model.latent_dim]);
    let made = network
        .forward(Tensor::from_data(numbers, device), one_hot(&[class], card.classes.len(), device))
        .into_data()
        .try_to_vec::<f32>()
        .unwrap();
    let plane = card.model.size * card.model.size;
    (0..plane).flat_map(|pixel| photo::opaque(card.model.channels, |channel| made[channel * plane + pixel])).collect()
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
        let shades: BTreeSet<u8> = found.rgba.chunks(4).map(|pixel| pixel[0]).collect();
        assert!(shades.len() > 20, "a picture, and not one colour: {shades:?}");
    }
}

#[test]
fn generated_images_equal_burns_for_every_size() {
    for (size, channels) in [(28, 1), (32, 3), (20, 3), (64, 3), (8, 3)] {
        compare(size, channels, &Device::flex());
    }
}

#[test]
#[allow(deprecated)] // the independent reference
fn generated_images_equal_burn_ndarrays() {
    compare(20, 3, &Device::ndarray());
}

#[test]
fn one_seed_gives_one_image_and_another_seed_another() {
    let engine = engine(network(&card(20, 3), &Device::flex()).1).unwrap();
    let generator = engine.networks().generator().unwrap();
    assert_eq!(generator.generate(1, 5), generator.generate(1, 5));
    assert_ne!(generator.generate(1, 5), generator.generate(1, 6));
    assert_ne!(generator.generate(1, 5), generator.generate(2, 5));
}

#[test]
fn an_unknown_category_is_an_error_that_lists_the_known_ones_and_a_suggestion() {
    let engine = engine(network(&card(8, 1), &Device::flex()).1).unwrap();
    let generator = engine.networks().generator().unwrap();
    assert_eq!(generator.class("鞋").unwrap(), 2);
    let error = generator.class("bag").unwrap_err();
    assert_eq!(error.code(), "invalid_argument");
    assert_eq!(error.to_string(), "label: found `bag`, expected one of Bags, Home & Garden, 鞋 (did you mean Bags?)");
    assert!(generator.class("").unwrap_err().to_string().ends_with("expected one of Bags, Home & Garden, 鞋"));
}

#[test]
fn a_generator_that_cannot_generate_a_category_fails_to_load() {
    let device = Device::flex();
    let baseline = GeneratorCard { model: GanConfig { network: GanNetwork::Mlp, ..card(8, 1).model }, ..card(8, 1) };
    let refusal = |file: NetworkFile| engine(file).map(|_| ()).unwrap_err();
    let error = refusal(network(&baseline, &device).1);
    assert_eq!(error.code(), "network_missing");
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
