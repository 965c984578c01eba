//! The generator's 3 x 3 convolution, upsampling and FiLM, by `windowshop-convolution`. A browser compiles `browser.rs` in its place.

use burn::{
    nn::{
        PaddingConfig2d,
        conv::{Conv2d, Conv2dConfig},
    },
    tensor::{Device, Tensor},
};
use windowshop_convolution::{Epilogue, Window, add_bias, conv2d};

pub use windowshop_convolution::{film, upsample_nearest2x};

/// A layer with random weights, stride 1 and padding 1.
pub fn init(inputs: usize, outputs: usize, bias: bool, device: &Device) -> Conv2d {
    Conv2dConfig::new([inputs, outputs], [3, 3])
        .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
        .with_bias(bias)
        .init(device)
}

/// # Shapes
/// - `x` `[inputs, batch, side, side]`, output `[outputs, batch, side, side]`
pub fn forward(layer: &Conv2d, x: Tensor<4>) -> Tensor<4> {
    let x = conv2d(x, layer.weight.val(), Window::symmetric(3, 1, 1));
    match &layer.bias {
        Some(bias) => add_bias(x, bias.val(), Epilogue::NONE),
        None => x,
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
    fn the_browser_twin_computes_the_same_layers() {
        let device = Device::flex();
        device.seed(3);
        let numbers = |shape: [usize; 4]| {
            let values: Vec<f32> =
                (0..shape.iter().product()).map(|i: usize| ((i * 7 % 23) as f32 - 11.0) / 7.0).collect();
            Tensor::<4>::from_data(burn::tensor::TensorData::new(values, shape), &device)
        };
        let assert_close = |a: Tensor<4>, b: Tensor<4>| {
            assert_eq!(a.dims(), b.dims());
            assert!(values(a).iter().zip(values(b)).all(|(a, b)| (a - b).abs() < 1e-4));
        };
        let x = numbers([5, 2, 6, 6]);
        for bias in [true, false] {
            let layer = init(5, 3, bias, &device);
            assert_close(browser::forward(&layer, x.clone()), forward(&layer, x.clone()));
            assert_eq!(browser::init(5, 3, bias, &device).weight.dims(), layer.weight.dims());
        }
        assert_close(browser::upsample_nearest2x(x.clone()), upsample_nearest2x(x.clone()));
        let table = |scale: f32| numbers([5, 2, 1, 1]).reshape([5, 2]) * scale;
        let [gain, bias] = [1.0, -0.5].map(table);
        assert_close(browser::film(x.clone(), gain.clone(), bias.clone(), 0.0), film(x, gain, bias, 0.0));
    }
}
