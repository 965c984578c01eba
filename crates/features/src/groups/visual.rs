//! Cosine similarity of an item's image embedding to those of the session's items.

use crate::{
    group::{FeatureGroup, Head, HeadInput, HiddenLayers, ListInput},
    item::ImageEmbedding,
    matrix::Matrix,
};

/// Present where an item of the session and an item of the list have image embeddings.
pub static GROUP: FeatureGroup = FeatureGroup { columns: &COLUMNS, extract, multiplier: None };

/// The shape of its network.
pub const HEAD: Head = Head { input: HeadInput::Columns, hidden: HiddenLayers::One(4) };

const COLUMNS: [&str; 3] = ["visual_mean_similarity", "visual_best_similarity", "visual_last_similarity"];

fn extract(list: &ListInput) -> Option<Matrix> {
    let embeddings: Vec<_> = list.items.iter().map(|item| item.image_embedding.as_ref()).collect();
    let session: Vec<_> = list
        .request
        .session
        .iter()
        .filter_map(|event| Some((list.registered.get(event.item).image_embedding.as_ref()?, event.kind.weight())))
        .collect();
    let present = !session.is_empty() && embeddings.iter().any(Option::is_some);
    present.then(|| similarities(&embeddings, &session))
}

/// Cosine similarity of each item's embedding to the session's weighted mean, nearest and last embedding; NaN for an item
/// without one. `session` holds at least one embedding, each with its weight.
fn similarities(items: &[Option<&ImageEmbedding>], session: &[(&ImageEmbedding, f32)]) -> Matrix {
    let mut out = Matrix::unknown(items.len(), COLUMNS.len());
    let Some((last, _)) = session.last() else { return out };
    let mut mean = vec![0.0; last.len()];
    for (embedding, weight) in session {
        for (sum, value) in mean.iter_mut().zip(embedding.iter()) {
            *sum += value * weight;
        }
    }
    let mean = Direction::of(&mean);
    let visited: Vec<Direction> = session.iter().map(|(embedding, _)| Direction::of(embedding)).collect();
    let last = &visited[visited.len() - 1];
    for (row, item) in items.iter().enumerate() {
        if let Some(item) = item {
            let item = Direction::of(item);
            let best = visited.iter().map(|embedding| item.cosine(embedding)).fold(f32::MIN, f32::max);
            out.row_mut(row).copy_from_slice(&[item.cosine(&mean), best, item.cosine(last)]);
        }
    }
    out
}

/// A vector and its norm, which is computed once for many comparisons.
struct Direction<'a> {
    vector: &'a [f32],
    norm: f32,
}

impl<'a> Direction<'a> {
    fn of(vector: &'a [f32]) -> Self {
        Self { vector, norm: vector.iter().map(|x| x * x).sum::<f32>().sqrt() }
    }

    fn cosine(&self, other: &Self) -> f32 {
        let dot: f32 = self.vector.iter().zip(other.vector).map(|(x, y)| x * y).sum();
        dot / (self.norm * other.norm).max(1e-6)
    }
}

#[cfg(test)]
mod tests {
    use windowshop_schema::dims::COLOR_DESCRIPTOR_DIM;

    use super::*;

    #[test]
    fn embeddings_of_any_length_are_compared_by_cosine() {
        for dim in [2, COLOR_DESCRIPTOR_DIM, 64] {
            let along = |axis: usize, length: f32| -> ImageEmbedding {
                (0..dim).map(|i| if i == axis { length } else { 0.0 }).collect()
            };
            let (first, second, item) = (along(0, 2.0), along(1, 0.5), along(0, 7.0));
            let found = similarities(&[Some(&item), None], &[(&first, 1.0), (&second, 4.0)]);
            let mean = 2.0 / 8f32.sqrt();
            assert!((found.row(0)[0] - mean).abs() < 1e-6, "{dim}: {found:?}");
            assert_eq!(found.row(0)[1..], [1.0, 0.0], "{dim}: the first is the nearest, the last is orthogonal");
            assert!(found.row(1).iter().all(|value| value.is_nan()));
        }
    }
}
