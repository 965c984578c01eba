//! Batches of table rows.

use burn::tensor::{Device, Int, Tensor, TensorData};
use windowshop_features::TableReader;
use windowshop_schema::IntentNetwork;

/// A batch of rows on a device.
#[derive(Clone, Debug)]
pub struct IntentBatch {
    /// Ensemble: piecewise-linear encoded numbers, `[rows, numbers * pieces]`. Baseline: every input, `[rows, inputs]`.
    pub numbers: Tensor<2>,
    /// Ensemble: embedding rows of the categories, `[rows * names]`. Baseline: empty.
    pub names: Tensor<1, Int>,
}

impl IntentBatch {
    /// Encodes `rows` for `network` and moves them to `device`.
    pub fn new(reader: &TableReader<'_>, rows: &[usize], network: IntentNetwork, device: &Device) -> Self {
        let (mut numbers, mut names) = (Vec::new(), Vec::new());
        for &row in rows {
            match network {
                IntentNetwork::Ensemble => {
                    reader.pieces(row, &mut numbers);
                    reader.names(row, &mut names);
                }
                IntentNetwork::Mlp => reader.plain(row, &mut numbers),
            }
        }
        let width = numbers.len() / rows.len().max(1);
        let names: Vec<i32> = names.into_iter().map(|name| name as i32).collect();
        let count = names.len();
        Self {
            numbers: Tensor::from_data(TensorData::new(numbers, [rows.len(), width]), device),
            names: Tensor::from_data(TensorData::new(names, [count]), device),
        }
    }
}
