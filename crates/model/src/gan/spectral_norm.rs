//! Spectral normalisation (Miyato et al. 2018) by one step of power iteration a call.

use burn::{
    module::{Module, RunningState},
    tensor::{Device, Tensor},
};

/// Added to norms against division by zero.
const EPSILON: f32 = 1e-12;

/// Divides a weight matrix by its largest singular value.
#[derive(Module, Debug)]
pub struct SpectralNorm {
    /// Estimate of the first left singular vector, `[rows]`.
    left: RunningState<Tensor<1>>,
}

impl SpectralNorm {
    /// For a matrix of `rows` rows.
    pub fn init(rows: usize, device: &Device) -> Self {
        Self { left: RunningState::new(unit(Tensor::ones([rows], device))) }
    }

    /// Divides by the estimated singular value. On an autodiff device the estimate of the singular vector is updated.
    ///
    /// # Shapes
    /// - weight and output `[rows, columns]`
    pub fn divide(&self, weight: Tensor<2>) -> Tensor<2> {
        let fixed = weight.clone().detach();
        let left = self.left.value_sync();
        let right = unit((left.unsqueeze_dim::<2>(0).matmul(fixed.clone())).squeeze_dim::<1>(0)); // [columns]
        let right = right.unsqueeze_dim::<2>(1); // [columns, 1]
        let left = unit(fixed.matmul(right.clone()).squeeze_dim::<1>(1)).detach();
        if weight.device().is_autodiff() {
            self.left.update(left.clone());
        }
        let largest = left.unsqueeze_dim::<2>(0).matmul(weight.clone()).matmul(right.detach()); // [1, 1]
        weight / largest
    }
}

fn unit(vector: Tensor<1>) -> Tensor<1> {
    let length = vector.clone().powi_scalar(2).sum().sqrt() + EPSILON;
    vector / length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_singular_value_converges_to_one() {
        let device = Device::flex().autodiff();
        // Singular values 3 and 4.
        let weight = Tensor::<2>::from_data([[0.0, 3.0], [-4.0, 0.0]], &device);
        let norm = SpectralNorm::init(2, &device);
        let mut divided = norm.divide(weight.clone());
        for _ in 0..20 {
            divided = norm.divide(weight.clone());
        }
        let found = divided.into_data().try_to_vec::<f32>().unwrap();
        for (found, expected) in found.iter().zip([0.0, 0.75, -1.0, 0.0]) {
            assert!((found - expected).abs() < 1e-3, "{found}, expected {expected}");
        }
    }
}
