//! The training objective of the intent network.

use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor, activation::softmax};
use windowshop_features::TableReader;
use windowshop_metrics::classification::Predictions;
use windowshop_model::{Intent, IntentBatch};
use windowshop_schema::{IntentNetwork, IntentTrainConfig};

use super::rows::{Rows, Splits};
use crate::learning::{
    classes::Classes,
    optimise::{Objective, Validation},
};

/// Rows per inference batch.
const BATCH: usize = 1024;

/// Class-weighted cross-entropy over the training rows.
pub struct IntentLearner<'a> {
    reader: &'a TableReader<'a>,
    rows: &'a Rows,
    splits: &'a Splits,
    network: IntentNetwork,
    device: &'a Device,
    classes: Classes,
}

impl<'a> IntentLearner<'a> {
    pub fn new(
        config: &IntentTrainConfig,
        reader: &'a TableReader<'a>,
        rows: &'a Rows,
        splits: &'a Splits,
        device: &'a Device,
    ) -> Self {
        let labels = rows.labels(&splits.train);
        let classes = Classes::new(labels, rows.classes.len(), config.class_balance, config.label_smoothing);
        Self { reader, rows, splits, network: config.model.network, device, classes }
    }
}

impl Objective for IntentLearner<'_> {
    type Network = Intent;

    fn len(&self) -> usize {
        self.splits.train.len()
    }

    /// The mean of the members' losses: each member is trained independently (Gorishniy et al. 2024).
    fn loss(&self, network: &Intent, examples: &[usize], device: &Device) -> Tensor<1> {
        let rows: Vec<usize> = examples.iter().map(|&example| self.splits.train[example]).collect();
        let scores = network.forward(&IntentBatch::new(self.reader, &rows, self.network, device));
        let [count, members, classes] = scores.dims();
        let labels: Vec<usize> =
            self.rows.labels(&rows).into_iter().flat_map(|label| std::iter::repeat_n(label, members)).collect();
        self.classes.loss(scores.reshape([count * members, classes]), &labels)
    }

    fn validate(&self, network: &Intent) -> Validation {
        let part = &self.splits.validation;
        let predictions = predict(network, self.network, self.reader, self.rows, part, 1.0, self.device).tuned();
        let metrics: BTreeMap<String, f64> = predictions.values().into_iter().collect();
        Validation { selection_metric: Some(-metrics["log_loss"]), metrics }
    }
}

/// Class probabilities of some rows of a table, `[rows, classes]`.
pub fn probabilities(
    network: &Intent,
    kind: IntentNetwork,
    reader: &TableReader<'_>,
    rows: &[usize],
    temperature: f32,
    device: &Device,
) -> Vec<f32> {
    let predicted = |chunk: &[usize]| {
        let scores = network.log_probabilities(&IntentBatch::new(reader, chunk, kind, device)) / temperature;
        softmax(scores, 1).into_data().try_to_vec::<f32>().expect("scores are f32")
    };
    rows.chunks(BATCH).flat_map(predicted).collect()
}

/// Predictions of a network for some labelled rows.
pub fn predict(
    network: &Intent,
    kind: IntentNetwork,
    reader: &TableReader<'_>,
    rows: &Rows,
    part: &[usize],
    temperature: f32,
    device: &Device,
) -> Predictions {
    let probabilities = probabilities(network, kind, reader, part, temperature, device);
    Predictions {
        classes: rows.classes.len(),
        labels: rows.labels(part),
        probabilities,
        threshold: 0.5,
        class_weights: Vec::new(),
        clusters: rows.clusters(part),
    }
}
