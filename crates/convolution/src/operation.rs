//! This crate's operations as nodes of burn's autodiff graph.

use std::{fmt::Debug, marker::PhantomData};

use burn::{
    backend::{
        Autodiff, Flex,
        autodiff::{
            checkpoint::{base::Checkpointer, strategy::NoCheckpointing},
            grads::Gradients,
            ops::{Backward, NodeGuard, Ops, OpsKind},
        },
    },
    tensor::Tensor,
};
use burn_flex::FlexTensor;

use crate::flex;

/// The backward pass of an operation, with the state that its forward pass saved.
pub trait Gradient: Clone + Debug + Send + 'static {
    /// The gradient of each input, in order. May be `None` where `wanted` is false.
    fn gradients(self, grad: FlexTensor, wanted: &[bool]) -> Vec<Option<FlexTensor>>;
}

#[derive(Debug)]
struct Operation<G>(PhantomData<G>);

impl<G: Gradient, const N: usize> Backward<Flex, N> for Operation<G> {
    type State = G;

    fn backward(self, ops: Ops<G, N>, grads: &mut Gradients, _: &mut Checkpointer) {
        let grad = flex::contiguous(grads.consume::<Flex>(&ops.node));
        let wanted = ops.parents.each_ref().map(Option::is_some);
        let found = ops.state.gradients(grad, &wanted);
        for (node, gradient) in ops.parents.into_iter().zip(found) {
            if let Some((node, gradient)) = node.zip(gradient) {
                grads.register::<Flex>(node.id, gradient);
            }
        }
    }
}

/// Registers the output of an operation on tracked inputs. `state` is only built if the graph needs gradients.
pub fn track<G: Gradient, const N: usize, const D: usize>(
    nodes: [NodeGuard; N],
    out: FlexTensor,
    state: impl FnOnce() -> G,
) -> Tensor<D> {
    let tracked = match Operation::<G>(PhantomData).prepare::<NoCheckpointing>(nodes).compute_bound().stateful() {
        OpsKind::Tracked(prep) => prep.finish(state(), out),
        OpsKind::UnTracked(prep) => prep.finish(out),
    };
    Tensor::from_primitive::<Autodiff<Flex>>(tracked)
}
