//! Ranker scores of many lists, in batches.

use burn::tensor::{Device, TensorData};
use windowshop_features::FeatureExtractor;
use windowshop_model::{Ranker, RankerBatch, RankerOutput};
use windowshop_schema::Group;

use super::lists::PreparedList;

/// Lists per batch.
const BATCH: usize = 64;

/// The score of every item of every list.
pub fn scores(ranker: &Ranker, lists: &[PreparedList], features: &FeatureExtractor, device: &Device) -> Vec<Vec<f32>> {
    read(ranker, lists, features, device, 1, |output| output.scores.into_data())
}

/// Contribution of each group to the score of every item of every list.
///
/// # Shapes
/// - output lists of `[items, groups]`, row-major
pub fn contributions(
    ranker: &Ranker,
    lists: &[PreparedList],
    features: &FeatureExtractor,
    device: &Device,
) -> Vec<Vec<f32>> {
    read(ranker, lists, features, device, Group::COUNT, |output| output.contributions.into_data())
}

/// The output selected by `select`, `width` values per item, without padding.
fn read(
    ranker: &Ranker,
    lists: &[PreparedList],
    features: &FeatureExtractor,
    device: &Device,
    width: usize,
    select: impl Fn(RankerOutput) -> TensorData,
) -> Vec<Vec<f32>> {
    let mut out = Vec::with_capacity(lists.len());
    for chunk in lists.chunks(BATCH) {
        let inputs: Vec<_> = chunk.iter().map(|list| &list.input).collect();
        let batch = RankerBatch::new(&inputs, features, device);
        let longest = batch.lists.list_mask.dims()[1];
        let values = select(ranker.forward(&batch)).try_to_vec::<f32>().expect("scores are f32");
        let rows = chunk.iter().zip(values.chunks_exact(longest * width));
        out.extend(rows.map(|(list, values)| values[..list.grades.len() * width].to_vec()));
    }
    out
}
