//! Conditional batch normalisation: the generator's way to condition on a class.

use burn::{
    module::{Module, Param},
    nn::{BatchNorm, BatchNormConfig},
    tensor::{Device, Tensor},
};

use crate::{conv3x3::film, linear};

/// A batch normalisation (Ioffe & Szegedy 2015) whose gain and bias depend on the class (de Vries et al. 2017). At inference it is
/// one affine map per channel and class.
#[derive(Module, Debug)]
pub struct ConditionalNorm {
    /// Running statistics; its own affine parameters are unused.
    norm: BatchNorm,
    /// `[classes, channels]`
    gain: Param<Tensor<2>>,
    /// `[classes, channels]`
    bias: Param<Tensor<2>>,
}

impl ConditionalNorm {
    /// A normalisation with gain 1 and bias 0 for every class.
    pub fn init(channels: usize, classes: usize, device: &Device) -> Self {
        let table = |value: f32| Param::from_tensor(Tensor::full([classes, channels], value, device));
        Self { norm: BatchNormConfig::new(channels).init(device), gain: table(1.0), bias: table(0.0) }
    }

    /// Normalises and applies ReLU: by batch statistics on an autodiff device, by running statistics elsewhere.
    ///
    /// # Shapes
    /// - `x` and output `[channels, batch, side, side]`
    /// - classes `[batch, classes]`, one-hot
    pub fn forward(&self, x: Tensor<4>, classes: &Tensor<2>) -> Tensor<4> {
        let of = |table: &Param<Tensor<2>>| linear::product(classes.clone(), table.val()).transpose(); // [channels, batch]
        let (gain, bias) = (of(&self.gain), of(&self.bias));
        // Browsers do not train.
        #[cfg(not(target_family = "wasm"))]
        if x.device().is_autodiff() {
            return film(self.normalise_batch(x), gain, bias, 0.0);
        }
        let norm = &self.norm;
        let scale = (norm.running_var.value() + norm.epsilon).sqrt().recip().unsqueeze_dim::<2>(1);
        let gain = gain * scale;
        let bias = bias - norm.running_mean.value().unsqueeze_dim::<2>(1) * gain.clone();
        film(x, gain, bias, 0.0)
    }

    #[cfg(not(target_family = "wasm"))]
    fn normalise_batch(&self, x: Tensor<4>) -> Tensor<4> {
        use windowshop_convolution::{BatchNormParams, Epilogue};

        use crate::batch_norm;

        let device = x.device();
        let [channels] = self.norm.gamma.dims();
        let params = BatchNormParams {
            gamma: Tensor::ones([channels], &device),
            beta: Tensor::zeros([channels], &device),
            epsilon: self.norm.epsilon as f32,
        };
        batch_norm::train(&self.norm, x, params, Epilogue::NONE)
    }
}
