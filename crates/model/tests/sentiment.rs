//! Properties of every sentiment network.

use burn::{
    module::Module,
    optim::{AdamWConfig, GradientsParams},
    tensor::{Device, Tensor, TensorData, activation::log_softmax},
};
use windowshop_features::{Ngrams, Vocabulary, ngrams::ngrams};
use windowshop_model::{Sentiment, SentimentBatch, weights};
use windowshop_schema::{SentimentConfig, SentimentNetwork};

const NETWORKS: [SentimentNetwork; 2] = [SentimentNetwork::Ngram, SentimentNetwork::Lstm];

/// Thirty-two short texts whose class depends on word order only: "not good but bad" and "not bad but good".
fn texts() -> Vec<(Ngrams, usize)> {
    let things = ["mug", "hat", "lamp", "bag", "book", "pen", "shoe", "chair"];
    let wording = |i: usize, thing: &str| match i % 4 {
        0 => (format!("not good but bad, this {thing}"), 0),
        1 => (format!("not bad but good, this {thing}"), 1),
        2 => (format!("这个{thing}不好，坏"), 0),
        _ => (format!("这个{thing}不坏，好"), 1),
    };
    (0..32).map(|i| wording(i, things[i / 4])).map(|(text, label)| (ngrams(&text, 64), label)).collect()
}

fn config(network: SentimentNetwork) -> SentimentConfig {
    SentimentConfig { network, embedding_dim: 8, hidden_dim: 16, dropout: 0.0, token_dropout: 0.0, window: 3 }
}

/// A network with zero naive Bayes weights, its vocabulary and the labelled texts.
fn network(kind: SentimentNetwork, classes: usize, device: &Device) -> (Sentiment, Vocabulary, Vec<(Ngrams, usize)>) {
    let texts = texts();
    let (vocabulary, ratios) = Vocabulary::fit(texts.iter().map(|(text, label)| (text, *label)), classes, 500, 1);
    let config = config(kind);
    device.seed(7);
    (Sentiment::init(&config, classes, &vec![0.0; ratios.len()], device), vocabulary, texts)
}

fn logits(network: &Sentiment, texts: &[&Ngrams], vocabulary: &Vocabulary, device: &Device) -> Vec<f32> {
    network.forward(&SentimentBatch::new(texts, vocabulary, device)).into_data().try_to_vec::<f32>().unwrap()
}

#[test]
fn forward_returns_a_logit_per_text_and_class() {
    let device = Device::flex();
    for kind in NETWORKS {
        for classes in [2, 3] {
            let (network, vocabulary, texts) = network(kind, classes, &device);
            let shown: Vec<&Ngrams> = texts.iter().map(|(text, _)| text).collect();
            let output = network.forward(&SentimentBatch::new(&shown, &vocabulary, &device));
            assert_eq!(output.dims(), [32, classes], "{kind:?}");
        }
    }
}

#[test]
fn padding_never_changes_a_text() {
    let device = Device::flex();
    for kind in NETWORKS {
        let (network, vocabulary, texts) = network(kind, 2, &device);
        let (short, long) = (&texts[2].0, ngrams(&"not good but bad ".repeat(20), 200));
        let alone = logits(&network, &[short], &vocabulary, &device);
        let padded = logits(&network, &[&long, short], &vocabulary, &device);
        for (a, b) in alone.iter().zip(&padded[2..]) {
            assert!((a - b).abs() < 1e-5, "{kind:?}: {a} alone, {b} beside a longer text");
        }
    }
}

#[test]
fn a_text_without_known_ngrams_has_finite_logits() {
    let device = Device::flex();
    for kind in NETWORKS {
        let (network, vocabulary, _) = network(kind, 2, &device);
        for text in ["", "zzz", &"x ".repeat(100_000)] {
            let found = logits(&network, &[&ngrams(text, 256)], &vocabulary, &device);
            assert!(found.iter().all(|logit| logit.is_finite()), "{kind:?}");
        }
    }
}

#[test]
fn weights_survive_a_round_trip() {
    let device = Device::flex();
    for kind in NETWORKS {
        let (first, vocabulary, texts) = network(kind, 2, &device);
        let saved = weights::save(&first);
        let unfit = vec![0.0; vocabulary.rows() * 2];
        let second = weights::load(Sentiment::init(&config(kind), 2, &unfit, &device), &saved, &device).unwrap();
        let shown: Vec<&Ngrams> = texts.iter().map(|(text, _)| text).collect();
        assert_eq!(logits(&first, &shown, &vocabulary, &device), logits(&second, &shown, &vocabulary, &device));
    }
}

#[test]
fn thirty_two_texts_that_differ_in_word_order_are_memorised() {
    let device = Device::flex();
    for kind in NETWORKS {
        let training = device.clone().autodiff();
        let (mut network, vocabulary, texts) = network(kind, 2, &training);
        let shown: Vec<&Ngrams> = texts.iter().map(|(text, _)| text).collect();
        let targets: Vec<f32> = texts.iter().flat_map(|(_, label)| [1.0 - *label as f32, *label as f32]).collect();
        let mut optimizer = AdamWConfig::new().init();
        for _ in 0..120 {
            let batch = SentimentBatch::new(&shown, &vocabulary, &training);
            let targets = Tensor::<2>::from_data(TensorData::new(targets.clone(), [32, 2]), &training);
            let loss = (log_softmax(network.forward(&batch), 1) * targets).sum().neg() / 32.0;
            let gradients = GradientsParams::from_grads(loss.backward(), &network);
            network = optimizer.step(0.02, network, gradients);
        }
        let found = logits(&Module::valid(&network), &shown, &vocabulary, &device);
        for (row, (_, label)) in found.chunks(2).zip(&texts) {
            assert_eq!(usize::from(row[1] > row[0]), *label, "{kind:?}");
        }
    }
}
