//! Parity of sentiment predictions: the CPU engine against burn on two backends.
#![allow(missing_docs)]

use std::collections::BTreeMap;

use burn::tensor::{Device, activation::softmax};
use windowshop_bundle::{Bundle, NetworkFile, Precision, Tensor, Tensors};
use windowshop_engine::{Engine, EngineError};
use windowshop_features::{Vocabulary, ngrams::ngrams};
use windowshop_model::{Sentiment, SentimentBatch, weights};
use windowshop_schema::{
    NetworkKind, SentimentConfig, SentimentLabel,
    manifest::{ModelCard, SentimentCard},
};

const TOLERANCE: f32 = 1e-5;
const TEXTS: [&str; 7] = [
    "not good but bad, this mug",
    "这个茶杯不坏，好！",
    "good good good",
    "",
    "zzz",
    "🙂",
    "a long story about a mug that is not bad but good, and of which I would buy another at once",
];

fn card(classes: &[SentimentLabel]) -> SentimentCard {
    SentimentCard {
        model: SentimentConfig { embedding_dim: 6, hidden_dim: 10, window: 3, ..Default::default() },
        classes: classes.to_vec(),
        max_tokens: 16,
        temperature: 1.7,
        threshold: 0.5,
        metrics: BTreeMap::new(),
        card: ModelCard::default(),
    }
}

/// A network with random weights and its bundle.
fn network(card: &SentimentCard, device: &Device) -> (Sentiment, Vocabulary, Bundle) {
    let texts: Vec<_> = TEXTS.iter().map(|text| ngrams(text, card.max_tokens)).collect();
    let labelled = texts.iter().enumerate().map(|(i, text)| (text, i % card.classes.len()));
    let (vocabulary, ratios) = Vocabulary::fit(labelled, card.classes.len(), 30, 1);
    device.seed(3);
    let network = Sentiment::init(&card.model, card.classes.len(), &ratios, device);
    let tensors = weights::save(&network).into_iter().map(|(n, w)| (n, Tensor { shape: w.shape, data: w.values }));
    let file = NetworkFile {
        card: serde_json::to_string(card).unwrap(),
        vocabulary: vocabulary.grams().to_vec(),
        weights: Tensors(tensors.collect()),
        ..Default::default()
    };
    let bundle =
        Bundle { name: "sentiments".into(), ranker: None, networks: BTreeMap::from([(NetworkKind::Sentiment, file)]) };
    (network, vocabulary, bundle)
}

fn load(bundle: &Bundle) -> Result<Engine, EngineError> {
    let files: BTreeMap<_, _> = bundle.encode(Some(Precision::F32)).unwrap().into_iter().collect();
    Engine::load(std::str::from_utf8(&files["manifest.json"]).unwrap(), &files)
}

fn compare(device: &Device) {
    for classes in [vec![SentimentLabel::Negative, SentimentLabel::Positive], SentimentLabel::ALL.to_vec()] {
        let card = card(&classes);
        let (network, vocabulary, bundle) = network(&card, device);
        let engine = load(&bundle).unwrap();
        for text in TEXTS {
            let scores = network.forward(&SentimentBatch::new(&[&ngrams(text, card.max_tokens)], &vocabulary, device));
            let expected = softmax(scores / card.temperature, 1).into_data().try_to_vec::<f32>().unwrap();
            let found = engine.networks().sentiment().unwrap().predict(text);
            assert_eq!(found.len(), classes.len());
            for (a, b) in found.iter().zip(&expected) {
                assert!((a - b).abs() <= TOLERANCE, "{text}: {found:?} against {expected:?}");
            }
        }
    }
}

#[test]
fn sentiment_predictions_agree_with_burn_flex() {
    compare(&Device::flex());
}

#[test]
#[allow(deprecated)] // the independent reference
fn sentiment_predictions_agree_with_burn_ndarray() {
    compare(&Device::ndarray());
}

#[test]
fn the_threshold_decides_between_two_labels_and_argmax_between_three() {
    let load = |card: &SentimentCard| load(&network(card, &Device::flex()).2).unwrap();
    let two = load(&SentimentCard { threshold: 0.8, ..card(&[SentimentLabel::Negative, SentimentLabel::Positive]) });
    let named =
        |engine: &Engine, probabilities: &[f32]| engine.networks().sentiment().unwrap().predicted_class(probabilities);
    assert_eq!([named(&two, &[0.21, 0.79]), named(&two, &[0.2, 0.8])], [0, 1]);
    assert_eq!(named(&load(&card(&SentimentLabel::ALL)), &[0.3, 0.3, 0.4]), 2);
}

#[test]
fn a_bundle_without_a_ranker_classifies_and_fails_to_rank() {
    let mut engine = load(&network(&card(&SentimentLabel::ALL), &Device::flex()).2).unwrap();
    assert_eq!(engine.groups(), []);
    let error = engine.rerank(&[], &Default::default(), 0.0).unwrap_err();
    assert_eq!(error.code(), "network_missing");
    assert!(error.to_string().contains("trainer train ranker"), "{error}");
}

#[test]
fn weights_that_do_not_fit_are_an_error_with_their_name() {
    let (_, _, mut bundle) = network(&card(&SentimentLabel::ALL), &Device::flex());
    bundle.networks.get_mut(&NetworkKind::Sentiment).unwrap().vocabulary.pop();
    let error = load(&bundle).err().unwrap();
    assert_eq!(error.code(), "bundle_corrupt");
    assert!(error.to_string().contains("sentiment.safetensors: `weights`"), "{error}");
}
