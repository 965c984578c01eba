//! Similarity of an item's image embedding to those of the items that the visitor interacted with.

use windowshop_schema::{dims::COLOR_DESCRIPTOR_DIM, statistics::Vectors};

use crate::matrix::Matrix;

/// A photo as a vector: a colour descriptor, or the embedding of an image network. All of a list are of one length.
pub type ImageEmbedding = Vec<f32>;

/// Feature names.
pub const NAMES: [&str; 3] = ["visual_mean_similarity", "visual_best_similarity", "visual_last_similarity"];

/// Length of the image embeddings that are compared: that of the embeddings in training, else of a colour descriptor.
pub fn dim(trained_on: &Vectors) -> usize {
    if trained_on.dim > 0 { trained_on.dim } else { COLOR_DESCRIPTOR_DIM }
}

/// Cosine similarity of an item's embedding with those of the session: to the weighted mean, to the nearest, to the last.
/// Unknown where the item or the session has no embedding.
pub fn features(items: &[Option<&ImageEmbedding>], session: &[(&ImageEmbedding, f32)]) -> Matrix {
    let mut out = Matrix::unknown(items.len(), NAMES.len());
    let Some((last, _)) = session.last() else { return out };
    let mut mean = vec![0.0; last.len()];
    for (embedding, weight) in session {
        for (sum, value) in mean.iter_mut().zip(embedding.iter()) {
            *sum += value * weight;
        }
    }
    let mean = Direction::of(&mean);
    let liked: Vec<Direction> = session.iter().map(|(embedding, _)| Direction::of(embedding)).collect();
    let last = &liked[liked.len() - 1];
    for (row, item) in items.iter().enumerate() {
        if let Some(item) = item {
            let item = Direction::of(item);
            let best = liked.iter().map(|embedding| item.cosine(embedding)).fold(f32::MIN, f32::max);
            out.row_mut(row).copy_from_slice(&[item.cosine(&mean), best, item.cosine(last)]);
        }
    }
    out
}

/// A vector and its length, which is computed once for many comparisons.
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
    use super::*;

    #[test]
    fn embeddings_of_any_length_are_compared_by_cosine() {
        for dim in [2, COLOR_DESCRIPTOR_DIM, 64] {
            let along = |axis: usize, length: f32| -> ImageEmbedding {
                (0..dim).map(|i| if i == axis { length } else { 0.0 }).collect()
            };
            let (first, second, item) = (along(0, 2.0), along(1, 0.5), along(0, 7.0));
            let found = features(&[Some(&item), None], &[(&first, 1.0), (&second, 4.0)]);
            let mean = 2.0 / 8f32.sqrt();
            assert!((found.row(0)[0] - mean).abs() < 1e-6, "{dim}: {found:?}");
            assert_eq!(
                found.row(0)[1..],
                [1.0, 0.0],
                "{dim}: the nearest is the first, the last has nothing in common"
            );
            assert!(found.row(1).iter().all(|value| value.is_nan()));
        }
    }
}
