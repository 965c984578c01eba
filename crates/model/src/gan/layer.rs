//! What the convolutional networks are made of.

use burn::{
    module::{Module, Param},
    nn::{
        BatchNorm, BatchNormConfig, Linear, LinearConfig, PaddingConfig2d,
        conv::{Conv2d, Conv2dConfig},
    },
    tensor::{Device, Tensor},
};
use windowshop_convolution::{Scale, Then, Window, convolve, modulate, normalise};

use super::{LEAK, spectral::SpectralNorm};

/// A convolution whose output has the input's places.
pub fn conv3(inputs: usize, outputs: usize, bias: bool, device: &Device) -> Conv2d {
    Conv2dConfig::new([inputs, outputs], [3, 3])
        .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
        .with_bias(bias)
        .init(device)
}

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
        let of = |table: &Param<Tensor<2>>| classes.clone().matmul(table.val()).transpose(); // [channels, pictures]
        let (gain, bias) = (of(&self.gain), of(&self.bias));
        let norm = &self.norm;
        let device = x.device();
        if !device.is_autodiff() {
            let factor = (norm.running_var.value() + norm.epsilon).sqrt().recip().unsqueeze_dim::<2>(1);
            let gain = gain * factor;
            let bias = bias - norm.running_mean.value().unsqueeze_dim::<2>(1) * gain.clone();
            return modulate(x, gain, bias, 0.0);
        }
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
