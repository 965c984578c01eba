//! The Fréchet distance between normal distributions fitted to real and generated samples (Heusel et al. 2017, eq. 6):
//! `|m₁ - m₂|² + tr(C₁ + C₂ - 2 (C₁ C₂)^½)`, squared as FID is. At least 0; lower is better.

use super::{
    Points,
    eigen::{cholesky, eigenvalues},
};
use crate::{
    bootstrap::Estimate,
    jackknife::{GROUPS, estimate, group},
};

/// Sums that give the mean and the covariance.
#[derive(Clone)]
struct Moments {
    count: f64,
    sum: Vec<f64>,
    /// `[dim, dim]`, lower triangle.
    products: Vec<f64>,
}

/// The squared Fréchet distance; `None` for fewer than two points per jackknife group.
pub fn frechet<P: Points>(real: &P, generated: &P) -> Option<Estimate> {
    if real.len().min(generated.len()) < 2 * GROUPS {
        return None;
    }
    let ((real, real_groups), (generated, generated_groups)) = (moments(real), moments(generated));
    let without = |i: usize| distance(&real.minus(&real_groups[i]), &generated.minus(&generated_groups[i]));
    Some(estimate(distance(&real, &generated), &(0..GROUPS).map(without).collect::<Vec<_>>()))
}

/// The moments of all points and of each jackknife group.
fn moments(points: &impl Points) -> (Moments, Vec<Moments>) {
    let dim = points.dim();
    let mut groups = vec![Moments::new(dim); GROUPS];
    for (number, point) in points.values().chunks_exact(dim).enumerate() {
        groups[group(number)].add(point);
    }
    let mut all = Moments::new(dim);
    groups.iter().for_each(|group| all.combine(group, 1.0));
    (all, groups)
}

impl Moments {
    fn new(dim: usize) -> Self {
        Self { count: 0.0, sum: vec![0.0; dim], products: vec![0.0; dim * dim] }
    }

    fn add(&mut self, point: &[f32]) {
        self.count += 1.0;
        let dim = point.len();
        for (i, value) in point.iter().enumerate() {
            let value = f64::from(*value);
            self.sum[i] += value;
            let line = &mut self.products[i * dim..][..=i];
            line.iter_mut().zip(point).for_each(|(sum, other)| *sum += value * f64::from(*other));
        }
    }

    fn combine(&mut self, other: &Self, sign: f64) {
        self.count += sign * other.count;
        self.sum.iter_mut().zip(&other.sum).for_each(|(a, b)| *a += sign * b);
        self.products.iter_mut().zip(&other.products).for_each(|(a, b)| *a += sign * b);
    }

    fn minus(&self, other: &Self) -> Self {
        let mut rest = self.clone();
        rest.combine(other, -1.0);
        rest
    }

    fn mean(&self) -> Vec<f64> {
        self.sum.iter().map(|sum| sum / self.count).collect()
    }

    fn covariance(&self) -> Vec<f64> {
        let (dim, mean) = (self.sum.len(), self.mean());
        let value = |at: usize| {
            let (i, j) = (at / dim, at % dim);
            let product = self.products[i.max(j) * dim + i.min(j)];
            (product - self.count * mean[i] * mean[j]) / (self.count - 1.0)
        };
        (0..dim * dim).map(value).collect()
    }
}

fn distance(a: &Moments, b: &Moments) -> f64 {
    let dim = a.sum.len();
    let between: f64 = a.mean().iter().zip(b.mean()).map(|(a, b)| (a - b).powi(2)).sum();
    let (first, second) = (a.covariance(), b.covariance());
    let trace = |matrix: &[f64]| (0..dim).map(|i| matrix[i * dim + i]).sum::<f64>();
    // C₁ C₂ = L Lᵀ C₂ has the eigenvalues of Lᵀ C₂ L, which is symmetric.
    let l = cholesky(&first, dim);
    let symmetric = product(&transposed(&product(&second, &l, dim), dim), &l, dim);
    let roots: f64 = eigenvalues(symmetric, dim).iter().map(|value| value.max(0.0).sqrt()).sum();
    (between + trace(&first) + trace(&second) - 2.0 * roots).max(0.0)
}

fn product(a: &[f64], b: &[f64], dim: usize) -> Vec<f64> {
    let mut out = vec![0.0; dim * dim];
    for (out, a) in out.chunks_exact_mut(dim).zip(a.chunks_exact(dim)) {
        for (a, b) in a.iter().zip(b.chunks_exact(dim)) {
            out.iter_mut().zip(b).for_each(|(out, b)| *out += a * b);
        }
    }
    out
}

fn transposed(a: &[f64], dim: usize) -> Vec<f64> {
    (0..dim * dim).map(|at| a[at % dim * dim + at / dim]).collect()
}

#[cfg(test)]
mod tests {
    use windowshop_features::latent::latent;

    use super::{super::tests::Rows, *};

    /// Normal points with these deviations and means.
    fn normal(seed: u64, std: [f32; 2], mean: [f32; 2]) -> Rows {
        let values: Vec<f32> = (0..4_000)
            .flat_map(|i| {
                let drawn = latent(seed << 32 | i, 2);
                [0, 1].map(|axis| drawn[axis] * std[axis] + mean[axis])
            })
            .collect();
        Rows { values, dim: 2 }
    }

    #[test]
    fn normal_distributions_have_the_distance_of_the_closed_form() {
        let found = frechet(&normal(1, [1.0, 2.0], [0.0, 0.0]), &normal(2, [3.0, 1.0], [1.0, -2.0])).unwrap();
        // |m|² + Σ (σ₁ - σ₂)²
        let expected = 5.0 + 4.0 + 1.0;
        assert!((found.value / expected - 1.0).abs() < 0.05, "{found:?}");
        assert!(found.ci95[0] < expected && expected < found.ci95[1], "{found:?}");
    }

    #[test]
    fn equal_samples_have_distance_0_and_degenerate_covariances_are_measured() {
        let flat = normal(1, [1.0, 0.0], [3.0, 0.0]);
        assert!(frechet(&flat, &flat).unwrap().value < 1e-9);
        let other = frechet(&flat, &normal(1, [2.0, 0.0], [3.0, 0.0])).unwrap().value;
        assert!((other - 1.0).abs() < 0.05, "{other}");
        assert!(frechet(&flat, &Rows { values: vec![0.0; 20], dim: 2 }).is_none());
    }
}
