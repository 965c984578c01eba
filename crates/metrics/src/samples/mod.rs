//! Metrics of generated samples against real ones, in a feature space.

pub mod copying;
mod eigen;
pub mod frechet;
pub mod kernel;
pub mod manifold;

/// Samples as points of one dimension; an implementation may compute on an accelerator.
pub trait Points {
    /// Number of points.
    fn len(&self) -> usize;

    /// Whether there are no points.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Length of a point.
    fn dim(&self) -> usize;

    /// Coordinates, `[points, dim]`.
    fn values(&self) -> Vec<f32>;

    /// Calls `each(point, distances)` for every point, in order, with its Euclidean distances to `others`, `[others]`.
    fn distances(&self, others: &Self, each: impl FnMut(usize, &[f32]));

    /// Calls `each(point, products)` for every point, in order, with its scalar products with `others`, `[others]`.
    fn products(&self, others: &Self, each: impl FnMut(usize, &[f32]));
}

#[cfg(test)]
mod tests {
    use super::Points;

    /// Points in memory.
    #[derive(Clone)]
    pub struct Rows {
        pub values: Vec<f32>,
        pub dim: usize,
    }

    impl Rows {
        fn points(&self) -> impl Iterator<Item = &[f32]> {
            self.values.chunks_exact(self.dim)
        }

        fn rows(&self, others: &Self, value: impl Fn(f32, f32) -> f32, mut each: impl FnMut(usize, Vec<f32>)) {
            for (i, point) in self.points().enumerate() {
                let sum = |other: &[f32]| point.iter().zip(other).map(|(a, b)| value(*a, *b)).sum();
                each(i, others.points().map(sum).collect());
            }
        }
    }

    impl Points for Rows {
        fn len(&self) -> usize {
            self.values.len() / self.dim
        }

        fn dim(&self) -> usize {
            self.dim
        }

        fn values(&self) -> Vec<f32> {
            self.values.clone()
        }

        fn distances(&self, others: &Self, mut each: impl FnMut(usize, &[f32])) {
            self.rows(
                others,
                |a, b| (a - b).powi(2),
                |i, row| each(i, &row.iter().map(|v| v.sqrt()).collect::<Vec<_>>()),
            );
        }

        fn products(&self, others: &Self, mut each: impl FnMut(usize, &[f32])) {
            self.rows(others, |a, b| a * b, |i, row| each(i, &row));
        }
    }
}
