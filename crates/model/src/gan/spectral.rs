//! A matrix divided by its largest singular value (Miyato et al. 2018), which one step of the power method follows.

use burn::{
    module::{Module, RunningState},
    tensor::{Device, Tensor},
};

/// Below every length.
const EPSILON: f32 = 1e-12;

/// See the module's text.
#[derive(Module, Debug)]
pub struct SpectralNorm {
    /// The left singular vector as far as it is known, `[rows]`.
    left: RunningState<Tensor<1>>,
}

impl SpectralNorm {
    /// For matrices of so many rows.
    pub fn init(rows: usize, device: &Device) -> Self {
        Self { left: RunningState::new(unit(Tensor::ones([rows], device))) }
    }

    /// On a device that differentiates each call takes a step.
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
    fn after_a_few_calls_the_largest_singular_value_is_one() {
        let device = Device::flex().autodiff();
        // 3 and 4 along two axes, turned by a right angle.
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
