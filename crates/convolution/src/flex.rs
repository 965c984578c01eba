//! Tensors of burn's flex device to slices and back.

use burn::{
    backend::{Autodiff, Flex, autodiff::ops::NodeGuard},
    tensor::{Shape, Tensor, TensorData},
};
use burn_flex::FlexTensor;

/// A tensor on the flex device.
pub enum Cpu {
    /// Without autodiff.
    Plain(FlexTensor),
    /// A node of the autodiff graph.
    Tracked(FlexTensor, NodeGuard),
}

/// The contiguous tensor behind `tensor`; `None` on any other device.
pub fn cpu<const D: usize>(tensor: &Tensor<D>) -> Option<Cpu> {
    if let Ok(tensor) = tensor.clone().try_into_primitive::<Autodiff<Flex>>() {
        let (values, node) = tensor.into_parts();
        return Some(Cpu::Tracked(contiguous(values), node));
    }
    tensor.clone().try_into_primitive::<Flex>().ok().map(|values| Cpu::Plain(contiguous(values)))
}

/// The values of a tensor from [`cpu`] or [`tensor`].
pub fn slice(tensor: &FlexTensor) -> &[f32] {
    tensor.as_slice::<f32>().expect("contiguous f32")
}

/// Copies only where strides require it.
pub fn contiguous(tensor: FlexTensor) -> FlexTensor {
    if tensor.as_slice::<f32>().is_some() { tensor } else { tensor.to_contiguous() }
}

/// A tensor of row-major `values`.
pub fn tensor<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> FlexTensor {
    debug_assert_eq!(values.len(), shape.iter().product::<usize>());
    FlexTensor::from_data(TensorData::new(values, Shape::from(shape)))
}
