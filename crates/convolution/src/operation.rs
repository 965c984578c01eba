//! Operations of this crate as nodes of burn's graph of gradients.

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

/// What an operation keeps of its forward pass, and what it makes of the output's gradient.
pub trait Gradient: Clone + Debug + Send + 'static {
    /// A gradient for each input, in their order; none for one that is not `wanted` may be left out.
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

/// The output of an operation on tracked inputs; `kept` is asked for only where gradients will be.
pub fn track<G: Gradient, const N: usize, const D: usize>(
    nodes: [NodeGuard; N],
    out: FlexTensor,
    kept: impl FnOnce() -> G,
) -> Tensor<D> {
    let tracked = match Operation::<G>(PhantomData).prepare::<NoCheckpointing>(nodes).compute_bound().stateful() {
        OpsKind::Tracked(prep) => prep.finish(kept(), out),
        OpsKind::UnTracked(prep) => prep.finish(out),
    };
    Tensor::from_primitive::<Autodiff<Flex>>(tracked)
}
