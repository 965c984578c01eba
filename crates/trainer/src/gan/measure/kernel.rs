//! The kernel distance of two clouds of points (KID, Bińkowski et al. 2018): the unbiased squared maximum mean discrepancy under
//! the kernel `(x·y / dim + 1)³`. Lower is better; the same distribution has 0 on average, so values below 0 occur.

use super::{
    features::{Points, read},
    groups::{GROUPS, estimate, group},
};
use crate::learning::bootstrap::Estimate;

/// Sums of the kernel over pairs of points, by their groups.
type Sums = [[f64; GROUPS]; GROUPS];

/// `None` for fewer than two points a group.
pub fn kernel(real: &Points, made: &Points) -> Option<Estimate> {
    if real.len().min(made.len()) < 2 * GROUPS {
        return None;
    }
    let all = [(sums(real, real, true), counts(real)), (sums(made, made, true), counts(made))];
    let across = sums(real, made, false);
    let without = |left: Option<usize>| {
        let [within_real, within_made] = all.each_ref().map(|(sums, counts)| {
            let n = counts.iter().sum::<f64>() - left.map_or(0.0, |left| counts[left]);
            (total(sums, left) / (n * (n - 1.0)), n)
        });
        within_real.0 + within_made.0 - 2.0 * total(&across, left) / (within_real.1 * within_made.1)
    };
    Some(estimate(without(None), &(0..GROUPS).map(|left| without(Some(left))).collect::<Vec<_>>()))
}

/// Points of each group.
fn counts(points: &Points) -> [f64; GROUPS] {
    let mut counts = [0.0; GROUPS];
    (0..points.len()).for_each(|point| counts[group(point)] += 1.0);
    counts
}

/// `same`: a point is no pair with itself.
fn sums(a: &Points, b: &Points, same: bool) -> Sums {
    let mut sums = [[0.0; GROUPS]; GROUPS];
    let dim = a.dim() as f64;
    a.products(b, |first, products| {
        for (i, row) in read(products).chunks_exact(b.len()).enumerate() {
            let line = &mut sums[group(first + i)];
            for (j, product) in row.iter().enumerate() {
                if !(same && first + i == j) {
                    line[group(j)] += (f64::from(*product) / dim + 1.0).powi(3);
                }
            }
        }
    });
    sums
}

/// Without one group, if one is left out.
fn total(sums: &Sums, left: Option<usize>) -> f64 {
    let kept = |group: &usize| Some(*group) != left;
    (0..GROUPS).filter(kept).map(|i| (0..GROUPS).filter(kept).map(|j| sums[i][j]).sum::<f64>()).sum()
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;
    use windowshop_features::latent::latent;

    use super::*;

    fn points(rows: Vec<f32>) -> Points {
        Points::from_rows(rows, 1, &Device::flex())
    }

    #[test]
    fn two_values_have_the_distance_of_the_closed_form() {
        // All real points at 1, all made ones at 0: k(1, 1) + k(0, 0) - 2 k(1, 0) = 8 + 1 - 2.
        let found = kernel(&points(vec![1.0; 60]), &points(vec![0.0; 50])).unwrap();
        assert!((found.value - 7.0).abs() < 1e-9 && (found.ci95[1] - 7.0).abs() < 1e-9, "{found:?}");
        assert!(kernel(&points(vec![1.0; 60]), &points(vec![0.0; 10])).is_none());
    }

    #[test]
    fn clouds_of_one_distribution_are_at_zero_within_the_interval() {
        let cloud = |seed: u64, mean: f32| points((0..2_000).map(|i| latent(seed << 32 | i, 1)[0] + mean).collect());
        let same = kernel(&cloud(1, 0.0), &cloud(2, 0.0)).unwrap();
        assert!(same.ci95[0] < 0.0 && 0.0 < same.ci95[1], "{same:?}");
        assert!(kernel(&cloud(1, 0.0), &cloud(2, 1.0)).unwrap().ci95[0] > 0.0);
    }
}
