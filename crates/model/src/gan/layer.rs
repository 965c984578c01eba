//! What the discriminators are made of.

use burn::{
    module::Module,
    nn::{
        Linear, LinearConfig, PaddingConfig2d,
        conv::{Conv2d, Conv2dConfig},
    },
    tensor::{Device, Tensor},
};
use windowshop_convolution::{Window, convolve, modulate};

use super::{LEAK, spectral::SpectralNorm};

/// A convolution of a discriminator and the leaky cut behind it.
#[derive(Module, Debug)]
pub struct JudgingConv {
    conv: Conv2d,
    spectral: Option<SpectralNorm>,
}

impl JudgingConv {
    /// With `halve` a window of four pixels moves by two, else one of three by one.
    pub fn init(inputs: usize, outputs: usize, halve: bool, spectral: bool, device: &Device) -> Self {
        let (kernel, stride) = if halve { (4, 2) } else { (3, 1) };
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
    /// - `x` `[inputs, pictures, side, side]`, output `[outputs, pictures, side', side']`
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let weight = self.conv.weight.val();
        let weight = match &self.spectral {
            Some(spectral) => {
                let shape = weight.dims();
                spectral.divide(weight.flatten::<2>(1, 3)).reshape(shape)
            }
            None => weight,
        };
        let x = convolve(x, weight, Window::centred(self.conv.kernel_size[0], self.conv.stride[0], 1));
        let [channels, pictures, ..] = x.dims();
        let bias = self.conv.bias.as_ref().expect("a bias was asked for").val();
        let bias = bias.unsqueeze_dim::<2>(1).expand([channels, pictures]);
        let gain = Tensor::ones([channels, pictures], &x.device());
        modulate(x, gain, bias, LEAK)
    }
}

/// A linear layer of a discriminator.
#[derive(Module, Debug)]
pub struct JudgingLinear {
    linear: Linear,
    spectral: Option<SpectralNorm>,
}

impl JudgingLinear {
    pub fn init(inputs: usize, outputs: usize, spectral: bool, device: &Device) -> Self {
        Self {
            linear: LinearConfig::new(inputs, outputs).init(device),
            spectral: spectral.then(|| SpectralNorm::init(inputs, device)),
        }
    }

    /// # Shapes
    /// - `x` `[pictures, inputs]`, output `[pictures, outputs]`
    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let weight = self.linear.weight.val(); // [inputs, outputs]
        let weight = match &self.spectral {
            Some(spectral) => spectral.divide(weight),
            None => weight,
        };
        x.matmul(weight) + self.linear.bias.as_ref().expect("a bias was asked for").val().unsqueeze::<2>()
    }
}
