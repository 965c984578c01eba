//! The training objective of the sentiment network.

use std::{cell::Cell, collections::BTreeMap};

use burn::tensor::{Device, Tensor, activation::softmax};
use windowshop_features::{Ngrams, Vocabulary};
use windowshop_metrics::classification::Predictions;
use windowshop_model::{Sentiment, SentimentBatch};
use windowshop_schema::SentimentTrainConfig;

use super::{corpus::Corpus, noise::Noise};
use crate::learning::{
    batches::by_length,
    classes::Classes,
    optimise::{Objective, Validation},
    split::Split,
};

/// Texts per inference batch.
const BATCH: usize = 128;

/// Class-weighted cross-entropy over the training reviews.
pub struct SentimentLearner<'a> {
    corpus: &'a Corpus,
    vocabulary: &'a Vocabulary,
    device: &'a Device,
    classes: Classes,
    noise: Option<Noise<'a>>,
    /// The random number of the epoch.
    draw: Cell<u64>,
}

impl<'a> SentimentLearner<'a> {
    pub fn new(
        config: &SentimentTrainConfig,
        corpus: &'a Corpus,
        vocabulary: &'a Vocabulary,
        noise: Option<Noise<'a>>,
        device: &'a Device,
    ) -> Self {
        let labels = corpus.split(Split::Train).iter().map(|&i| corpus.labels[i]);
        let classes = Classes::new(labels, corpus.classes.len(), config.class_balance, config.label_smoothing);
        Self { corpus, vocabulary, device, classes, noise, draw: Cell::new(0) }
    }

    fn texts(&self) -> &[usize] {
        self.corpus.split(Split::Train)
    }
}

impl Objective for SentimentLearner<'_> {
    type Network = Sentiment;

    fn len(&self) -> usize {
        self.texts().len()
    }

    fn batches(&self, order: Vec<usize>, size: usize, draw: u64) -> Vec<Vec<usize>> {
        self.draw.set(draw);
        by_length(order, size, draw, |example| self.corpus.texts[self.texts()[example]].len())
    }

    fn loss(&self, network: &Sentiment, examples: &[usize], device: &Device) -> Tensor<1> {
        let places: Vec<usize> = examples.iter().map(|&i| self.texts()[i]).collect();
        let changed: Option<Vec<Ngrams>> =
            self.noise.as_ref().map(|noise| places.iter().map(|&place| noise.ngrams(place, self.draw.get())).collect());
        let texts: Vec<&Ngrams> = match &changed {
            Some(changed) => changed.iter().collect(),
            None => places.iter().map(|&place| &self.corpus.texts[place]).collect(),
        };
        let scores = network.forward(&SentimentBatch::new(&texts, self.vocabulary, device));
        let labels: Vec<usize> = places.iter().map(|&place| self.corpus.labels[place]).collect();
        self.classes.loss(scores, &labels)
    }

    fn validate(&self, network: &Sentiment) -> Validation {
        let part = self.corpus.split(Split::Validation);
        let mut predictions = predict(network, self.corpus, part, self.vocabulary, 1.0, self.device);
        predictions.threshold = predictions.best_threshold();
        let metrics: BTreeMap<String, f64> = predictions.values().into_iter().collect();
        Validation { selection_metric: Some(metrics["macro_f1"]), metrics }
    }
}

/// Predictions of a network for some texts of a corpus.
pub fn predict(
    network: &Sentiment,
    corpus: &Corpus,
    texts: &[usize],
    vocabulary: &Vocabulary,
    temperature: f32,
    device: &Device,
) -> Predictions {
    let classes = corpus.classes.len();
    let grams: Vec<&Ngrams> = texts.iter().map(|&i| &corpus.texts[i]).collect();
    let probabilities = probabilities(network, &grams, classes, vocabulary, temperature, device);
    let labels = texts.iter().map(|&i| corpus.labels[i]).collect();
    Predictions { classes, labels, probabilities, threshold: 0.5, class_weights: Vec::new(), clusters: Vec::new() }
}

/// Class probabilities of each text.
///
/// # Shapes
/// - output `[texts, classes]`, row-major
pub fn probabilities(
    network: &Sentiment,
    texts: &[&Ngrams],
    classes: usize,
    vocabulary: &Vocabulary,
    temperature: f32,
    device: &Device,
) -> Vec<f32> {
    let mut by_length = (0..texts.len()).collect::<Vec<_>>();
    by_length.sort_by_key(|&i| texts[i].len());
    let mut probabilities = vec![0.0; texts.len() * classes];
    for chunk in by_length.chunks(BATCH) {
        let grams: Vec<&Ngrams> = chunk.iter().map(|&i| texts[i]).collect();
        let scores = network.forward(&SentimentBatch::new(&grams, vocabulary, device)) / temperature;
        let found = softmax(scores, 1).into_data().try_to_vec::<f32>().expect("scores are f32");
        for (&i, row) in chunk.iter().zip(found.chunks(classes)) {
            probabilities[i * classes..][..classes].copy_from_slice(row);
        }
    }
    probabilities
}
