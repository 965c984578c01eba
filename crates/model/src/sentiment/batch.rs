//! Batches of texts: padded, masked, n-grams as vocabulary rows.

use std::collections::HashSet;

use burn::tensor::{Device, Int, Tensor, TensorData};
use windowshop_features::{Ngrams, Vocabulary, ngrams::ORDERS};

/// A batch of texts on a device.
#[derive(Clone, Debug)]
pub struct SentimentBatch {
    /// Number of texts and of positions.
    pub shape: [usize; 2],
    /// Vocabulary rows, `[texts * positions * orders]`; 0 where an n-gram is unknown.
    pub rows: Tensor<1, Int>,
    /// 1 where an n-gram is in the vocabulary, else 0, `[texts * positions * orders, 1]`.
    pub known: Tensor<2>,
    /// `[texts * positions * orders, 1]`: 1 / √n at the first occurrence of each of a text's n distinct known n-grams, else 0.
    pub once: Tensor<2>,
    /// 1 where unpadded, else 0, `[texts, positions, 1]`.
    pub mask: Tensor<3>,
}

impl SentimentBatch {
    /// Pads `texts` to the longest and moves them to `device`.
    ///
    /// # Panics
    /// If `texts` is empty.
    pub fn new(texts: &[&Ngrams], vocabulary: &Vocabulary, device: &Device) -> Self {
        let positions = texts.iter().map(|text| text.len()).max().expect("a batch has texts").max(1);
        let cells = texts.len() * positions * ORDERS;
        let (mut rows, mut known, mut once) = (vec![0i32; cells], vec![0f32; cells], vec![0f32; cells]);
        let mut mask = vec![0f32; texts.len() * positions];
        for (t, text) in texts.iter().enumerate() {
            let start = t * positions * ORDERS;
            let mut seen = HashSet::new();
            for (at, gram) in text.iter().flatten().enumerate() {
                let row = if *gram == 0 { 0 } else { vocabulary.row(*gram) };
                rows[start + at] = row as i32;
                known[start + at] = f32::from(row > 0);
                once[start + at] = f32::from(row > 0 && seen.insert(row));
            }
            let scale = 1.0 / (seen.len().max(1) as f32).sqrt();
            once[start..start + text.len() * ORDERS].iter_mut().for_each(|value| *value *= scale);
            mask[t * positions..t * positions + text.len()].fill(1.0);
        }
        let column = |values: Vec<f32>| Tensor::from_data(TensorData::new(values, [cells, 1]), device);
        Self {
            shape: [texts.len(), positions],
            rows: Tensor::from_data(TensorData::new(rows, [cells]), device),
            known: column(known),
            once: column(once),
            mask: Tensor::from_data(TensorData::new(mask, [texts.len(), positions, 1]), device),
        }
    }
}
