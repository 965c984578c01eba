//! Recall of the nearest photo's category.

use windowshop_metrics::bootstrap::{Estimate, Ratio};

/// Recall@1 (Song et al. 2016): the share of photos whose nearest other photo, by cosine of the unit-length embeddings
/// `[photos, dim]`, has their label. Higher is better; `None` for fewer than two photos.
pub fn recall_at_1(embeddings: &[f32], labels: &[usize], seed: u64) -> Option<Estimate> {
    let mut recall = Ratio::default();
    hits(embeddings, labels).into_iter().for_each(|hit| recall.add(f64::from(u8::from(hit)), 1.0));
    recall.estimate(seed, |ratio| ratio)
}

/// Whether the nearest other photo has the label of the photo, for each photo; empty for fewer than two photos.
pub fn hits(embeddings: &[f32], labels: &[usize]) -> Vec<bool> {
    if labels.len() < 2 {
        return Vec::new();
    }
    let dim = embeddings.len() / labels.len();
    let hit = |(i, own): (usize, &[f32])| {
        let mut nearest = (f32::MIN, 0);
        for (j, other) in embeddings.chunks_exact(dim).enumerate() {
            let similarity: f32 = own.iter().zip(other).map(|(a, b)| a * b).sum();
            if j != i && similarity > nearest.0 {
                nearest = (similarity, j);
            }
        }
        labels[nearest.1] == labels[i]
    };
    embeddings.chunks_exact(dim).enumerate().map(hit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_photo_is_not_its_own_neighbour() {
        let embeddings = [1.0, 0.0, 0.9, 0.1, 0.0, 1.0, 0.1, 0.9];
        assert_eq!(recall_at_1(&embeddings, &[0, 0, 1, 1], 1).unwrap().value, 1.0);
        assert_eq!(recall_at_1(&embeddings, &[0, 1, 0, 1], 1).unwrap().value, 0.0);
        assert!(recall_at_1(&[1.0], &[0], 1).is_none());
    }
}
