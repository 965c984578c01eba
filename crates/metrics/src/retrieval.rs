//! Retrieval by embeddings: is the nearest other sample of the same class?

use crate::bootstrap::{Estimate, Ratio};

/// Recall@1 (Song et al. 2016): the share of samples whose nearest other sample, by cosine of the unit-length embeddings `[samples, dim]`, has
/// their label. Equally near samples count in expectation. Higher is better; `None` for fewer than two samples.
pub fn recall_at_1(embeddings: &[f32], labels: &[usize], seed: u64) -> Option<Estimate> {
    let mut recall = Ratio::default();
    hits(embeddings, labels).into_iter().for_each(|hit| recall.add(hit, 1.0));
    recall.estimate(seed, |ratio| ratio)
}

/// For each sample the share of its nearest other samples that have its label: 0 or 1 without ties. Empty for fewer than two samples.
pub fn hits(embeddings: &[f32], labels: &[usize]) -> Vec<f64> {
    if labels.len() < 2 {
        return Vec::new();
    }
    let dim = embeddings.len() / labels.len();
    let hit = |(i, own): (usize, &[f32])| {
        let mut highest = f32::MIN;
        let (mut hits, mut tied) = (0.0, 0.0);
        for (j, other) in embeddings.chunks_exact(dim).enumerate().filter(|(j, _)| *j != i) {
            let similarity: f32 = own.iter().zip(other).map(|(a, b)| a * b).sum();
            if similarity > highest {
                (highest, hits, tied) = (similarity, 0.0, 0.0);
            }
            if similarity == highest {
                hits += f64::from(u8::from(labels[j] == labels[i]));
                tied += 1.0;
            }
        }
        if tied > 0.0 { hits / tied } else { 0.0 }
    };
    embeddings.chunks_exact(dim).enumerate().map(hit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_not_its_own_neighbour() {
        let embeddings = [1.0, 0.0, 0.9, 0.1, 0.0, 1.0, 0.1, 0.9];
        assert_eq!(recall_at_1(&embeddings, &[0, 0, 1, 1], 1).unwrap().value, 1.0);
        assert_eq!(recall_at_1(&embeddings, &[0, 1, 0, 1], 1).unwrap().value, 0.0);
        assert!(recall_at_1(&[1.0], &[0], 1).is_none());
    }

    #[test]
    fn constant_embeddings_have_the_same_recall_whatever_the_order_of_the_samples() {
        let recall = |labels: &[usize]| recall_at_1(&[1.0; 6], labels, 1).unwrap().value;
        assert_eq!(recall(&[0, 0, 0, 1, 1, 1]), recall(&[0, 1, 0, 1, 0, 1]));
        assert!((recall(&[0, 0, 0, 1, 1, 1]) - 0.4).abs() < 1e-12);
    }
}
