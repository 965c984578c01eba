//! The normalisation of a generator that is told a category.

use burn::{
    module::{Module, Param},
    nn::{BatchNorm, BatchNormConfig},
    tensor::{Device, Tensor},
};

use crate::{convolution::modulate, linear};

/// A batch normalisation (Ioffe & Szegedy 2015) whose stretch and shift are those of a category (de Vries et al. 2017). Once trained
/// it is a factor and a summand for each channel of a category.
#[derive(Module, Debug)]
pub struct ConditionalNorm {
    /// What training has seen; its own stretch and shift are not used.
    norm: BatchNorm,
    /// `[classes, channels]`
    gain: Param<Tensor<2>>,
    /// `[classes, channels]`
    bias: Param<Tensor<2>>,
}

impl ConditionalNorm {
    /// One that changes nothing.
    pub fn init(channels: usize, classes: usize, device: &Device) -> Self {
        let table = |value: f32| Param::from_tensor(Tensor::full([classes, channels], value, device));
        Self { norm: BatchNormConfig::new(channels).init(device), gain: table(1.0), bias: table(0.0) }
    }

    /// Normalises, and cuts what is below zero.
    ///
    /// # Shapes
    /// - `x` and output `[channels, pictures, side, side]`
    /// - classes `[pictures, classes]`
    pub fn forward(&self, x: Tensor<4>, classes: &Tensor<2>) -> Tensor<4> {
        let of = |table: &Param<Tensor<2>>| linear::product(classes.clone(), table.val()).transpose(); // [channels, pictures]
        let (gain, bias) = (of(&self.gain), of(&self.bias));
        // A page does not learn.
        #[cfg(not(target_family = "wasm"))]
        if x.device().is_autodiff() {
            return self.learn(x, gain, bias);
        }
        let norm = &self.norm;
        let factor = (norm.running_var.value() + norm.epsilon).sqrt().recip().unsqueeze_dim::<2>(1);
        let gain = gain * factor;
        let bias = bias - norm.running_mean.value().unsqueeze_dim::<2>(1) * gain.clone();
        modulate(x, gain, bias, 0.0)
    }

    /// By the statistics of the batch, which are remembered.
    #[cfg(not(target_family = "wasm"))]
    fn learn(&self, x: Tensor<4>, gain: Tensor<2>, bias: Tensor<2>) -> Tensor<4> {
        use windowshop_convolution::{Scale, Then, normalise};

        let norm = &self.norm;
        let device = x.device();
        let [channels] = norm.gamma.dims();
        let plain = Scale {
            gamma: Tensor::ones([channels], &device),
            beta: Tensor::zeros([channels], &device),
            epsilon: norm.epsilon as f32,
        };
        let normalised = normalise(x, plain, Then::NOTHING);
        for (running, batch) in [(&norm.running_mean, normalised.mean), (&norm.running_var, normalised.variance)] {
            let value = running.value_sync() * (1.0 - norm.momentum) + batch.detach() * norm.momentum;
            running.update(value.detach());
        }
        modulate(normalised.output, gain, bias, 0.0)
    }
}
