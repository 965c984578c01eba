//! The Fréchet distance of two clouds of points, each taken for normal (Heusel et al. 2017, eq. 6):
//! `|m₁ - m₂|² + tr(C₁ + C₂ - 2 (C₁ C₂)^½)`. Lower is better, 0 is the same. It is squared, as everybody reports it.

use super::{
    features::Points,
    groups::{GROUPS, estimate, group},
    spectrum::{eigenvalues, root},
};
use crate::learning::bootstrap::Estimate;

/// Sums of points that mean and covariance follow from.
#[derive(Clone)]
struct Moments {
    count: f64,
    sum: Vec<f64>,
    /// `[dim, dim]`, lower triangle.
    products: Vec<f64>,
}

/// `None` for fewer than two points a group.
pub fn frechet(real: &Points, made: &Points) -> Option<Estimate> {
    if real.len().min(made.len()) < 2 * GROUPS {
        return None;
    }
    let ((real, real_groups), (made, made_groups)) = (moments(real), moments(made));
    let without = |i: usize| distance(&real.less(&real_groups[i]), &made.less(&made_groups[i]));
    Some(estimate(distance(&real, &made), &(0..GROUPS).map(without).collect::<Vec<_>>()))
}

/// Of all points and of each group.
fn moments(points: &Points) -> (Moments, Vec<Moments>) {
    let dim = points.dim();
    let mut groups = vec![Moments::new(dim); GROUPS];
    for (number, point) in points.values().chunks_exact(dim).enumerate() {
        groups[group(number)].add(point);
    }
    let mut all = Moments::new(dim);
    groups.iter().for_each(|part| all.combine(part, 1.0));
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

    fn less(&self, other: &Self) -> Self {
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
    let l = root(&first, dim);
    let turned = product(&transposed(&product(&second, &l, dim), dim), &l, dim);
    let roots: f64 = eigenvalues(turned, dim).iter().map(|value| value.max(0.0).sqrt()).sum();
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
    use burn::tensor::Device;
    use windowshop_features::latent::latent;

    use super::*;

    /// Normal points with these deviations and means.
    fn cloud(seed: u64, std: [f32; 2], mean: [f32; 2]) -> Points {
        let rows: Vec<f32> = (0..4_000)
            .flat_map(|i| {
                let drawn = latent(seed << 32 | i, 2);
                [0, 1].map(|axis| drawn[axis] * std[axis] + mean[axis])
            })
            .collect();
        Points::from_rows(rows, 2, &Device::flex())
    }

    #[test]
    fn normal_clouds_have_the_distance_of_the_closed_form() {
        let found = frechet(&cloud(1, [1.0, 2.0], [0.0, 0.0]), &cloud(2, [3.0, 1.0], [1.0, -2.0])).unwrap();
        // |m|² + Σ (σ₁ - σ₂)²
        let expected = 5.0 + 4.0 + 1.0;
        assert!((found.value / expected - 1.0).abs() < 0.05, "{found:?}");
        assert!(found.ci95[0] < expected && expected < found.ci95[1], "{found:?}");
    }

    #[test]
    fn a_cloud_has_no_distance_to_itself_and_flat_ones_are_measured() {
        let flat = cloud(1, [1.0, 0.0], [3.0, 0.0]);
        assert!(frechet(&flat, &flat).unwrap().value < 1e-9);
        let other = frechet(&flat, &cloud(1, [2.0, 0.0], [3.0, 0.0])).unwrap().value;
        assert!((other - 1.0).abs() < 0.05, "{other}");
        assert!(frechet(&flat, &Points::from_rows(vec![0.0; 20], 2, &Device::flex())).is_none());
    }
}
