//! Convolutional layers of a generator as everything but a browser has them: those of `windowshop-convolution`.

use burn::{
    nn::{
        PaddingConfig2d,
        conv::{Conv2d, Conv2dConfig},
    },
    tensor::{Device, Tensor},
};
use windowshop_convolution::{Then, Window, convolve, shift};

pub use windowshop_convolution::{double, modulate};

/// A layer with random weights, whose output has the input's places.
pub fn conv3(inputs: usize, outputs: usize, bias: bool, device: &Device) -> Conv2d {
    Conv2dConfig::new([inputs, outputs], [3, 3])
        .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
        .with_bias(bias)
        .init(device)
}

/// # Shapes
/// - `x` `[inputs, pictures, side, side]`, output `[outputs, pictures, side, side]`
pub fn forward(layer: &Conv2d, x: Tensor<4>) -> Tensor<4> {
    let wide = convolve(x, layer.weight.val(), Window::centred(3, 1, 1));
    match &layer.bias {
        Some(bias) => shift(wide, bias.val(), Then::NOTHING),
        None => wide,
    }
}

#[cfg(test)]
#[path = "browser.rs"]
mod browser;

#[cfg(test)]
mod tests {
    use super::*;

    fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
        tensor.into_data().try_to_vec().unwrap()
    }

    #[test]
    fn a_browser_computes_the_same_layers() {
        let device = Device::flex();
        device.seed(3);
        let numbers = |shape: [usize; 4]| {
            let values: Vec<f32> =
                (0..shape.iter().product()).map(|i: usize| ((i * 7 % 23) as f32 - 11.0) / 7.0).collect();
            Tensor::<4>::from_data(burn::tensor::TensorData::new(values, shape), &device)
        };
        let near = |a: Tensor<4>, b: Tensor<4>| {
            assert_eq!(a.dims(), b.dims());
            assert!(values(a).iter().zip(values(b)).all(|(a, b)| (a - b).abs() < 1e-4));
        };
        let x = numbers([5, 2, 6, 6]);
        for bias in [true, false] {
            let layer = conv3(5, 3, bias, &device);
            near(browser::forward(&layer, x.clone()), forward(&layer, x.clone()));
            assert_eq!(browser::conv3(5, 3, bias, &device).weight.dims(), layer.weight.dims());
        }
        near(browser::double(x.clone()), double(x.clone()));
        let table = |scale: f32| numbers([5, 2, 1, 1]).reshape([5, 2]) * scale;
        let [gain, bias] = [1.0, -0.5].map(table);
        near(browser::modulate(x.clone(), gain.clone(), bias.clone(), 0.0), modulate(x, gain, bias, 0.0));
    }
}
