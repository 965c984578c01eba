//! The property of burn's optimizer that checkpoints rely on.

use burn::{
    grad_clipping::GradientClippingConfig,
    nn::LinearConfig,
    optim::{AdamWConfig, GradientsParams},
    tensor::{Device, Tensor},
};

#[test]
fn a_restored_optimizer_takes_the_same_step_as_the_saved_one() {
    let device = Device::flex().autodiff();
    let config = AdamWConfig::new().with_grad_clipping(Some(GradientClippingConfig::Norm(5.0)));
    let (mut kept, mut layer) = (config.init(), LinearConfig::new(3, 2).init(&device));
    let gradients = |layer: &burn::nn::Linear| {
        let x = Tensor::<2>::from_data([[1.0, 2.0, -1.0], [0.5, -3.0, 2.0]], &device);
        GradientsParams::from_grads(layer.forward(x).powi_scalar(2).sum().backward(), layer)
    };
    layer = kept.step(0.01, layer.clone(), gradients(&layer));
    let mut loaded = config.init().from_bytes(kept.into_bytes().unwrap()).unwrap();
    let values = |layer: burn::nn::Linear| layer.weight.val().into_data().try_to_vec::<f32>().unwrap();
    let a = values(kept.step(0.01, layer.clone(), gradients(&layer)));
    let b = values(loaded.step(0.01, layer.clone(), gradients(&layer)));
    assert_eq!(a, b);
}
