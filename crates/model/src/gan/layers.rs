//! Layers of the discriminators and of the MLP baseline.

use burn::{
    module::Module,
    nn::{
        Linear, LinearConfig, PaddingConfig2d,
        conv::{Conv2d, Conv2dConfig},
    },
    tensor::{Device, Tensor},
};
use windowshop_convolution::{Window, conv2d, film};

use super::spectral_norm::SpectralNorm;

/// Negative slope of every leaky ReLU.
pub const LEAKY_SLOPE: f32 = 0.2;

/// A convolution, spectrally normalised if configured, and a leaky ReLU.
#[derive(Module, Debug)]
pub struct DiscriminatorConv {
    conv: Conv2d,
    spectral: Option<SpectralNorm>,
}

impl DiscriminatorConv {
    /// Kernel 4 and stride 2 where `downsample`, else kernel 3 and stride 1; padding 1.
    pub fn init(inputs: usize, outputs: usize, downsample: bool, spectral: bool, device: &Device) -> Self {
        let (kernel, stride) = if downsample { (4, 2) } else { (3, 1) };
        let conv = Conv2dConfig::new([inputs, outputs], [kernel, kernel])
            .with_stride([stride, stride])
            .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
            .init(device);
        Self { conv, spectral: spectral.then(|| SpectralNorm::init(outputs, device)) }
    }

    /// `[outputs, inputs, kernel, kernel]`
    #[cfg(test)]
    pub fn weight(&self) -> Tensor<4> {
        self.conv.weight.val()
    }

    /// # Shapes
    /// - `x` `[inputs, batch, side, side]`, output `[outputs, batch, side', side']`
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let weight = self.conv.weight.val();
        let weight = match &self.spectral {
            Some(spectral) => {
                let shape = weight.dims();
                spectral.divide(weight.flatten::<2>(1, 3)).reshape(shape)
            }
            None => weight,
        };
        let x = conv2d(x, weight, Window::symmetric(self.conv.kernel_size[0], self.conv.stride[0], 1));
        let [channels, batch, ..] = x.dims();
        let bias = self.conv.bias.as_ref().expect("the layer has a bias").val();
        let bias = bias.unsqueeze_dim::<2>(1).expand([channels, batch]);
        let gain = Tensor::ones([channels, batch], &x.device());
        film(x, gain, bias, LEAKY_SLOPE)
    }
}

/// A linear layer, spectrally normalised if configured.
#[derive(Module, Debug)]
pub struct DiscriminatorLinear {
    linear: Linear,
    spectral: Option<SpectralNorm>,
}

impl DiscriminatorLinear {
    pub fn init(inputs: usize, outputs: usize, spectral: bool, device: &Device) -> Self {
        Self {
            linear: LinearConfig::new(inputs, outputs).init(device),
            spectral: spectral.then(|| SpectralNorm::init(inputs, device)),
        }
    }

    /// # Shapes
    /// - `x` `[batch, inputs]`, output `[batch, outputs]`
    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let weight = self.linear.weight.val(); // [inputs, outputs]
        let weight = match &self.spectral {
            Some(spectral) => spectral.divide(weight),
            None => weight,
        };
        x.matmul(weight) + self.linear.bias.as_ref().expect("the layer has a bias").val().unsqueeze::<2>()
    }
}

/// Linear layers with random weights between consecutive `widths`.
pub fn mlp_layers(widths: &[usize], device: &Device) -> Vec<Linear> {
    widths.windows(2).map(|pair| LinearConfig::new(pair[0], pair[1]).init(device)).collect()
}
