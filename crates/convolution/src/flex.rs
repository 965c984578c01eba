//! Tensors of burn's CPU device as slices, and back.

use burn::{
    backend::{Autodiff, Flex, autodiff::ops::NodeGuard},
    tensor::{Shape, Tensor, TensorData},
};
use burn_flex::FlexTensor;

/// The CPU device with gradients.
pub type Learning = Autodiff<Flex>;

/// A tensor of the CPU device.
pub enum Cpu {
    /// No gradient is asked for.
    Plain(FlexTensor),
    /// A node of the graph of gradients.
    Tracked(FlexTensor, NodeGuard),
}

/// The tensor behind a [`Tensor`], if it is on the CPU device.
pub fn cpu<const D: usize>(tensor: &Tensor<D>) -> Option<Cpu> {
    if let Ok(tensor) = tensor.clone().try_into_primitive::<Learning>() {
        let (values, node) = tensor.into_parts();
        return Some(Cpu::Tracked(contiguous(values), node));
    }
    tensor.clone().try_into_primitive::<Flex>().ok().map(|values| Cpu::Plain(contiguous(values)))
}

/// The numbers of a tensor that came from [`cpu`] or [`tensor`].
pub fn slice(tensor: &FlexTensor) -> &[f32] {
    tensor.as_slice::<f32>().expect("contiguous f32")
}

pub fn contiguous(tensor: FlexTensor) -> FlexTensor {
    if tensor.as_slice::<f32>().is_some() { tensor } else { tensor.to_contiguous() }
}

pub fn tensor<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> FlexTensor {
    debug_assert_eq!(values.len(), shape.iter().product::<usize>());
    FlexTensor::from_data(TensorData::new(values, Shape::from(shape)))
}
