//! Outputs and gradients of this crate's operations on flex equal those of burn's operations on ndarray.

use burn::{
    backend::{Autodiff, Flex},
    tensor::{Device, Tensor, TensorData, Tolerance},
};
use windowshop_convolution::{
    BatchNormParams, Epilogue, Window, add_bias, batch_norm, conv2d, depthwise_conv2d, film, upsample_nearest2x,
};

/// Pseudo-random values in -1..1, the same on every device.
fn values<const D: usize>(seed: u64, shape: [usize; D], device: &Device) -> Tensor<D> {
    let len: usize = shape.iter().product();
    let value =
        |i: u64| ((i + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15 ^ (seed << 17)) >> 40) as f32 / (1 << 23) as f32 - 1.0;
    let data: Vec<f32> = (0..len as u64).map(value).collect();
    Tensor::from_data(TensorData::new(data, shape), device)
}

#[allow(deprecated)]
fn devices() -> [Device; 2] {
    [Device::flex().autodiff(), Device::ndarray().autodiff()]
}

fn assert_close(found: &[TensorData], expected: &[TensorData], what: &str) {
    assert_eq!(found.len(), expected.len());
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        println!("{what}, {i}");
        found.assert_approx_eq::<f32>(expected, Tolerance::rel_abs(1e-3, 1e-4));
    }
}

/// Output and gradients of a convolution.
fn convolved(x: [usize; 4], outputs: usize, window: Window, device: &Device) -> Vec<TensorData> {
    let weight = values(2, [outputs, x[0], window.kernel, window.kernel], device).require_grad();
    let x = values(1, x, device).require_grad();
    let out = conv2d(x.clone(), weight.clone(), window);
    let wanted = values(3, out.dims(), device);
    let gradients = (out.clone() * wanted).sum().backward();
    vec![out.into_data(), x.grad(&gradients).unwrap().into_data(), weight.grad(&gradients).unwrap().into_data()]
}

#[test]
fn conv2d_equals_the_reference_device() {
    let windows = [
        Window::symmetric(3, 1, 1),
        Window::symmetric(3, 2, 1),
        Window::symmetric(1, 1, 0),
        Window::symmetric(1, 2, 0),
        Window::symmetric(6, 2, 2),
        Window { kernel: 3, stride: 2, pad_before: 0, pad_after: 1 },
    ];
    let [flex, reference] = devices();
    for window in windows {
        for shape in [[3, 5, 8, 8], [2, 1, 7, 6], [4, 70, 6, 6]] {
            let [found, expected] = [&flex, &reference].map(|device| convolved(shape, 5, window, device));
            assert_close(&found, &expected, &format!("{window:?} over {shape:?}"));
        }
    }
}

/// Output, statistics and gradients of a batch normalisation.
fn normalised(shape: [usize; 4], with_residual: bool, clamp_max: Option<f32>, device: &Device) -> Vec<TensorData> {
    let [x, residual] = [1, 2].map(|seed| (values(seed, shape, device) * 2.0 + 0.5).require_grad());
    let gamma = (values(3, [shape[0]], device) + 1.5).require_grad();
    let beta = values(4, [shape[0]], device).require_grad();
    let params = BatchNormParams { gamma: gamma.clone(), beta: beta.clone(), epsilon: 1e-5 };
    let found =
        batch_norm(x.clone(), params, Epilogue { residual: with_residual.then(|| residual.clone()), clamp_max });
    let gradients = (found.output.clone() * values(5, shape, device)).sum().backward();
    let mut all = vec![found.output.into_data(), found.mean.into_data(), found.variance.into_data()];
    all.push(x.grad(&gradients).unwrap().into_data());
    all.extend([gamma, beta].map(|t| t.grad(&gradients).unwrap().into_data()));
    all.extend(with_residual.then(|| residual.grad(&gradients).unwrap().into_data()));
    all
}

#[test]
fn batch_norm_equals_the_reference_device() {
    let [flex, reference] = devices();
    for shape in [[3, 5, 4, 4], [2, 1, 7, 5], [1, 40, 6, 6]] {
        for (with_residual, clamp_max) in [(false, None), (false, Some(f32::INFINITY)), (true, None), (true, Some(1.5))]
        {
            let [found, expected] =
                [&flex, &reference].map(|device| normalised(shape, with_residual, clamp_max, device));
            assert_close(&found, &expected, &format!("{shape:?}, residual {with_residual}, clamp_max {clamp_max:?}"));
        }
    }
}

/// Output and gradients of a depthwise convolution, bias, residual and ReLU6.
fn depthwise(x: [usize; 4], window: Window, device: &Device) -> Vec<TensorData> {
    let weight = values(2, [x[0], 1, window.kernel, window.kernel], device).require_grad();
    let bias = values(4, [x[0]], device).require_grad();
    let x = values(1, x, device).require_grad();
    let out = add_bias(depthwise_conv2d(x.clone(), weight.clone(), window), bias.clone(), Epilogue::NONE);
    let residual = values(5, out.dims(), device).require_grad();
    let out = add_bias(out, bias.clone(), Epilogue::RELU6.with_residual(residual.clone()));
    let gradients = (out.clone() * values(3, out.dims(), device)).sum().backward();
    let mut all = vec![out.into_data(), bias.grad(&gradients).unwrap().into_data()];
    all.extend([x, weight, residual].map(|tensor| tensor.grad(&gradients).unwrap().into_data()));
    all
}

#[test]
fn depthwise_conv2d_with_bias_residual_and_relu6_equals_the_reference_device() {
    let windows = [
        Window::symmetric(3, 1, 1),
        Window::symmetric(5, 1, 2),
        Window::symmetric(3, 2, 1),
        Window { kernel: 3, stride: 2, pad_before: 0, pad_after: 1 },
        Window { kernel: 5, stride: 2, pad_before: 1, pad_after: 2 },
    ];
    let [flex, reference] = devices();
    for window in windows {
        for shape in [[3, 5, 8, 8], [2, 1, 7, 6], [4, 3, 19, 20], [2, 2, 3, 3]] {
            let [found, expected] = [&flex, &reference].map(|device| depthwise(shape, window, device));
            assert_close(&found, &expected, &format!("{window:?} over {shape:?}"));
        }
    }
}

/// Output and gradients of FiLM and upsampling.
fn film_upsampled(shape: [usize; 4], slope: f32, device: &Device) -> Vec<TensorData> {
    let x = values(1, shape, device).require_grad();
    let [gain, bias] = [2, 3].map(|seed| values(seed, [shape[0], shape[1]], device).require_grad());
    let out = upsample_nearest2x(film(x.clone(), gain.clone(), bias.clone(), slope));
    let gradients = (out.clone() * values(4, out.dims(), device)).sum().backward();
    let mut all = vec![out.into_data(), x.grad(&gradients).unwrap().into_data()];
    all.extend([gain, bias].map(|tensor| tensor.grad(&gradients).unwrap().into_data()));
    all
}

#[test]
fn film_and_upsampling_equal_the_reference_device() {
    let [flex, reference] = devices();
    for shape in [[3, 5, 4, 4], [2, 1, 7, 5], [1, 40, 6, 3]] {
        for slope in [0.0, 0.2, 1.0] {
            let [found, expected] = [&flex, &reference].map(|device| film_upsampled(shape, slope, device));
            assert_close(&found, &expected, &format!("{shape:?}, slope {slope}"));
        }
    }
}

#[test]
fn a_weight_that_is_used_twice_sums_both_gradients() {
    let [flex, reference] = devices();
    let [found, expected] = [&flex, &reference].map(|device| {
        let weight = values(1, [3, 3, 3, 3], device).require_grad();
        let x = values(2, [3, 2, 5, 5], device);
        let once = conv2d(x, weight.clone(), Window::symmetric(3, 1, 1));
        let twice = conv2d(once.clone(), weight.clone(), Window::symmetric(3, 1, 1)) + once;
        let gradients = twice.powi_scalar(2).sum().backward();
        vec![weight.grad(&gradients).unwrap().into_data()]
    });
    assert_close(&found, &expected, "a weight used twice");
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let [device, _] = devices();
    let all = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| convolved([8, 64, 14, 14], 16, Window::symmetric(3, 1, 1), &device))
    };
    assert_eq!(all(1), all(3));
}

#[test]
fn without_gradients_a_convolution_stays_on_the_cpu() {
    let device = Device::flex();
    let out = conv2d(values(1, [1, 2, 4, 4], &device), values(2, [3, 1, 3, 3], &device), Window::symmetric(3, 1, 1));
    assert!(out.clone().try_into_primitive::<Flex>().is_ok());
    assert!(out.try_into_primitive::<Autodiff<Flex>>().is_err());
}
