//! The kernel distance (KID, Bińkowski et al. 2018): the unbiased squared maximum mean discrepancy under the kernel
//! `(x·y / dim + 1)³`. Lower is better; samples of one distribution have 0 in expectation, so values below 0 occur.

use super::Points;
use crate::{
    bootstrap::Estimate,
    jackknife::{GROUPS, estimate, group},
};

/// Sums of the kernel over pairs of points, by their jackknife groups.
type Sums = [[f64; GROUPS]; GROUPS];

/// The kernel distance; `None` for fewer than two points per jackknife group.
pub fn kernel<P: Points>(real: &P, generated: &P) -> Option<Estimate> {
    if real.len().min(generated.len()) < 2 * GROUPS {
        return None;
    }
    let all = [(sums(real, real, true), counts(real)), (sums(generated, generated, true), counts(generated))];
    let across = sums(real, generated, false);
    let without = |left_out: Option<usize>| {
        let [within_real, within_generated] = all.each_ref().map(|(sums, counts)| {
            let n = counts.iter().sum::<f64>() - left_out.map_or(0.0, |group| counts[group]);
            (total(sums, left_out) / (n * (n - 1.0)), n)
        });
        within_real.0 + within_generated.0 - 2.0 * total(&across, left_out) / (within_real.1 * within_generated.1)
    };
    Some(estimate(without(None), &(0..GROUPS).map(|group| without(Some(group))).collect::<Vec<_>>()))
}

/// Number of points of each group.
fn counts(points: &impl Points) -> [f64; GROUPS] {
    let mut counts = [0.0; GROUPS];
    (0..points.len()).for_each(|point| counts[group(point)] += 1.0);
    counts
}

/// With `same`, a point makes no pair with itself.
fn sums<P: Points>(a: &P, b: &P, same: bool) -> Sums {
    let mut sums = [[0.0; GROUPS]; GROUPS];
    let dim = a.dim() as f64;
    a.products(b, |i, products| {
        let line = &mut sums[group(i)];
        for (j, product) in products.iter().enumerate() {
            if !(same && i == j) {
                line[group(j)] += (f64::from(*product) / dim + 1.0).powi(3);
            }
        }
    });
    sums
}

/// The sum over all pairs, without those of the group left out.
fn total(sums: &Sums, left_out: Option<usize>) -> f64 {
    let kept = |group: &usize| Some(*group) != left_out;
    (0..GROUPS).filter(kept).map(|i| (0..GROUPS).filter(kept).map(|j| sums[i][j]).sum::<f64>()).sum()
}

#[cfg(test)]
mod tests {
    use windowshop_features::latent::latent;

    use super::{super::tests::Rows, *};

    fn points(values: Vec<f32>) -> Rows {
        Rows { values, dim: 1 }
    }

    #[test]
    fn point_masses_have_the_distance_of_the_closed_form() {
        // All real points at 1, all generated ones at 0: k(1, 1) + k(0, 0) - 2 k(1, 0) = 8 + 1 - 2.
        let found = kernel(&points(vec![1.0; 60]), &points(vec![0.0; 50])).unwrap();
        assert!((found.value - 7.0).abs() < 1e-9 && (found.ci95[1] - 7.0).abs() < 1e-9, "{found:?}");
        assert!(kernel(&points(vec![1.0; 60]), &points(vec![0.0; 10])).is_none());
    }

    #[test]
    fn samples_of_one_distribution_have_0_in_their_interval() {
        let normal = |seed: u64, mean: f32| points((0..2_000).map(|i| latent(seed << 32 | i, 1)[0] + mean).collect());
        let same = kernel(&normal(1, 0.0), &normal(2, 0.0)).unwrap();
        assert!(same.ci95[0] < 0.0 && 0.0 < same.ci95[1], "{same:?}");
        assert!(kernel(&normal(1, 0.0), &normal(2, 1.0)).unwrap().ci95[0] > 0.0);
    }
}
