//! The data-copying test (Meehan et al. 2020): generated samples should be no nearer to the training samples than held-out samples are.

use super::Points;

/// The quantile of held-out distances below which a generated sample counts as a near copy.
const NEAR_COPY_QUANTILE: f64 = 0.01;

/// Results of the data-copying test; lower is better.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Copying {
    /// The share of pairs of a generated and a held-out sample in which the generated one is nearer to the training samples, ties
    /// counting ½: ½ without copying, 1 where all are copies, 0 where all are far away.
    pub copying: f64,
    /// `copying` as a z score (Mann & Whitney 1947): −C_T of the paper. Above 3 is evidence of copying.
    pub z: f64,
    /// The share of generated samples nearer to a training sample than the first percentile of held-out samples: 0.01 without copying.
    pub near_copies: f64,
}

/// Compares generated with held-out samples by their distance to the nearest training sample. `None` if one of the three is empty.
pub fn copying<P: Points>(training: &P, held_out: &P, generated: &P) -> Option<Copying> {
    if [training.len(), held_out.len(), generated.len()].contains(&0) {
        return None;
    }
    Some(compare(&nearest(held_out, training), &nearest(generated, training)))
}

/// The distance of each point to its nearest of `others`.
fn nearest<P: Points>(points: &P, others: &P) -> Vec<f32> {
    let mut found = Vec::with_capacity(points.len());
    points.distances(others, |_, row| found.push(row.iter().copied().fold(f32::INFINITY, f32::min)));
    found
}

/// Compares distances to the nearest training sample.
fn compare(held_out: &[f32], generated: &[f32]) -> Copying {
    let mut sorted = held_out.to_vec();
    sorted.sort_by(f32::total_cmp);
    let nearer = |distance: &f32| {
        let below = sorted.partition_point(|held_out| held_out < distance);
        let up_to = sorted.partition_point(|held_out| held_out <= distance);
        (sorted.len() - up_to) as f64 + (up_to - below) as f64 / 2.0
    };
    let (n, m) = (held_out.len() as f64, generated.len() as f64);
    let wins: f64 = generated.iter().map(nearer).sum();
    let deviation = (n * m * (n + m + 1.0) / 12.0).sqrt();
    let threshold = sorted[((sorted.len() - 1) as f64 * NEAR_COPY_QUANTILE) as usize];
    let near = generated.iter().filter(|distance| **distance < threshold).count();
    Copying { copying: wins / (n * m), z: (wins - n * m / 2.0) / deviation, near_copies: near as f64 / m }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::Rows, *};

    fn spread(first: f32) -> Rows {
        Rows { values: (0..200).map(|i| first + i as f32).collect(), dim: 1 }
    }

    #[test]
    fn copies_are_detected_and_fresh_samples_are_not() {
        let (training, held_out) = (spread(0.0), spread(0.4));
        let copied = copying(&training, &held_out, &spread(0.01)).unwrap();
        assert!(copied.copying > 0.99 && copied.z > 10.0 && copied.near_copies > 0.99, "{copied:?}");
        let fresh = copying(&training, &held_out, &spread(-0.4)).unwrap();
        assert!((fresh.copying - 0.5).abs() < 0.1 && fresh.near_copies < 0.02, "{fresh:?}");
        assert!(copying(&training, &held_out, &Rows { values: vec![], dim: 1 }).is_none());
    }

    #[test]
    fn the_share_of_pairs_matches_a_count_by_hand() {
        // The generated sample is nearer in two of six pairs, and as near in one.
        let found = compare(&[1.0, 2.0, 4.0], &[2.0, 3.0]);
        assert!((found.copying - 2.5 / 6.0).abs() < 1e-9, "{found:?}");
    }
}
