//! Scores of many lists, in batches.

use burn::tensor::Device;
use windowshop_features::FeatureExtractor;
use windowshop_model::{Ranker, RankerBatch};

use super::lists::PreparedList;

/// Lists scored at once.
const BATCH: usize = 64;

/// The score of every item of every list.
pub fn scores(ranker: &Ranker, lists: &[PreparedList], features: &FeatureExtractor, device: &Device) -> Vec<Vec<f32>> {
    let mut out = Vec::with_capacity(lists.len());
    for chunk in lists.chunks(BATCH) {
        let inputs: Vec<_> = chunk.iter().map(|list| &list.input).collect();
        let batch = RankerBatch::new(&inputs, features, device);
        let width = batch.lists.list_mask.dims()[1];
        let scores = ranker.forward(&batch).scores.into_data().try_to_vec::<f32>().expect("scores are f32");
        out.extend(chunk.iter().enumerate().map(|(row, list)| scores[row * width..][..list.grades.len()].to_vec()));
    }
    out
}
