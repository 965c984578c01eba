//! The training objective of the generator of rows.

use std::collections::BTreeMap;

use burn::tensor::{Device, Distribution, Tensor, TensorData};
use windowshop_model::{Tabular, TabularLossWeights, one_hot};
use windowshop_schema::{TabularTrainConfig, table::TableColumn};

use super::codes::ColumnCodes;
use crate::learning::optimise::{Objective, Validation};

/// Rows as codes.
pub struct CodedRows {
    /// Codes `[rows, columns]`; `None` for an unknown name.
    pub codes: Vec<Option<usize>>,
    /// The class of each row.
    pub labels: Vec<usize>,
    /// The number of codes of each column.
    pub sizes: Vec<usize>,
}

impl CodedRows {
    /// Encodes some rows.
    pub fn new(spec: &[ColumnCodes], columns: &[TableColumn], rows: &[usize], labels: Vec<usize>) -> Self {
        let codes = rows
            .iter()
            .flat_map(|&row| spec.iter().zip(columns).map(move |(spec, column)| spec.code(&column.cells, row)));
        Self { codes: codes.collect(), labels, sizes: spec.iter().map(ColumnCodes::len).collect() }
    }

    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// The codes of a row.
    pub fn row(&self, row: usize) -> &[Option<usize>] {
        &self.codes[row * self.sizes.len()..][..self.sizes.len()]
    }

    /// One-hot codes `[rows, codes]`; a column without a code is all zeros and has no loss.
    fn tensor(&self, rows: &[usize], device: &Device) -> Tensor<2> {
        let width: usize = self.sizes.iter().sum();
        let mut values = vec![0.0f32; rows.len() * width];
        for (place, &row) in values.chunks_exact_mut(width).zip(rows) {
            let mut start = 0;
            for (code, size) in self.row(row).iter().zip(&self.sizes) {
                if let Some(code) = code {
                    place[start + code] = 1.0;
                }
                start += size;
            }
        }
        Tensor::from_data(TensorData::new(values, [rows.len(), width]), device)
    }
}

/// The loss of the generator over the training rows.
pub struct TabularLearner<'a> {
    pub config: &'a TabularTrainConfig,
    pub train: &'a CodedRows,
    pub validation: &'a CodedRows,
    pub classes: usize,
    pub device: &'a Device,
}

impl TabularLearner<'_> {
    fn batch(&self, of: &CodedRows, rows: &[usize], device: &Device) -> (Tensor<2>, Tensor<2>) {
        let labels: Vec<usize> = rows.iter().map(|&row| of.labels[row]).collect();
        (of.tensor(rows, device), one_hot(&labels, self.classes, device))
    }
}

impl Objective for TabularLearner<'_> {
    type Network = Tabular;

    fn len(&self) -> usize {
        self.train.len()
    }

    fn loss(&self, network: &Tabular, examples: &[usize], device: &Device) -> Tensor<1> {
        let (rows, classes) = self.batch(self.train, examples, device);
        let latents =
            Tensor::random([examples.len(), self.config.model.latent_dim], Distribution::Normal(0.0, 1.0), device);
        let weights = TabularLossWeights { kl: self.config.kl_weight, adversarial: self.config.adversarial_weight };
        network.loss(rows, classes, latents, &self.train.sizes, weights)
    }

    /// The evidence lower bound of the validation rows.
    fn validate(&self, network: &Tabular) -> Validation {
        let every: Vec<usize> = (0..self.validation.len()).collect();
        let (rows, classes) = self.batch(self.validation, &every, self.device);
        let surprise = network.negative_elbo(rows, classes, &self.validation.sizes, self.config.kl_weight, false);
        let surprise = f64::from(surprise.into_data().try_to_vec::<f32>().expect("a loss is f32")[0]);
        Validation { selection_metric: Some(-surprise), metrics: BTreeMap::from([("evidence".to_owned(), -surprise)]) }
    }
}
