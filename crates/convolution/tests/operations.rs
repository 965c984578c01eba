//! The operations on the CPU device say what burn's own say on the reference device, and so do their gradients.

use burn::{
    backend::{Autodiff, Flex},
    tensor::{Device, Tensor, TensorData, Tolerance},
};
use windowshop_convolution::{Scale, Then, Window, convolve, convolve_channels, double, modulate, normalise, shift};

/// Numbers that look drawn: the same on every device.
fn drawn<const D: usize>(seed: u64, shape: [usize; D], device: &Device) -> Tensor<D> {
    let len: usize = shape.iter().product();
    let value =
        |i: u64| ((i + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15 ^ (seed << 17)) >> 40) as f32 / (1 << 23) as f32 - 1.0;
    let values: Vec<f32> = (0..len as u64).map(value).collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

#[allow(deprecated)]
fn devices() -> [Device; 2] {
    [Device::flex().autodiff(), Device::ndarray().autodiff()]
}

fn alike(found: &[TensorData], expected: &[TensorData], what: &str) {
    assert_eq!(found.len(), expected.len());
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        println!("{what}, {i}");
        found.assert_approx_eq::<f32>(expected, Tolerance::rel_abs(1e-3, 1e-4));
    }
}

/// Output and gradients of a convolution.
fn convolution(x: [usize; 4], outputs: usize, window: Window, device: &Device) -> Vec<TensorData> {
    let weight = drawn(2, [outputs, x[0], window.kernel, window.kernel], device).require_grad();
    let x = drawn(1, x, device).require_grad();
    let out = convolve(x.clone(), weight.clone(), window);
    let wanted = drawn(3, out.dims(), device);
    let gradients = (out.clone() * wanted).sum().backward();
    vec![out.into_data(), x.grad(&gradients).unwrap().into_data(), weight.grad(&gradients).unwrap().into_data()]
}

#[test]
fn a_convolution_is_that_of_the_reference_device() {
    let windows = [
        Window::centred(3, 1, 1),
        Window::centred(3, 2, 1),
        Window::centred(1, 1, 0),
        Window::centred(1, 2, 0),
        Window::centred(6, 2, 2),
        Window { kernel: 3, stride: 2, before: 0, after: 1 },
    ];
    let [flex, reference] = devices();
    for window in windows {
        for shape in [[3, 5, 8, 8], [2, 1, 7, 6], [4, 70, 6, 6]] {
            let [found, expected] = [&flex, &reference].map(|device| convolution(shape, 5, window, device));
            alike(&found, &expected, &format!("{window:?} over {shape:?}"));
        }
    }
}

/// Output, statistics and gradients of a normalisation.
fn normalisation(shape: [usize; 4], shortcut: bool, most: Option<f32>, device: &Device) -> Vec<TensorData> {
    let [x, beside] = [1, 2].map(|seed| (drawn(seed, shape, device) * 2.0 + 0.5).require_grad());
    let gamma = (drawn(3, [shape[0]], device) + 1.5).require_grad();
    let beta = drawn(4, [shape[0]], device).require_grad();
    let scale = Scale { gamma: gamma.clone(), beta: beta.clone(), epsilon: 1e-5 };
    let found = normalise(x.clone(), scale, Then { beside: shortcut.then(|| beside.clone()), most });
    let gradients = (found.output.clone() * drawn(5, shape, device)).sum().backward();
    let mut all = vec![found.output.into_data(), found.mean.into_data(), found.variance.into_data()];
    all.push(x.grad(&gradients).unwrap().into_data());
    all.extend([gamma, beta].map(|t| t.grad(&gradients).unwrap().into_data()));
    all.extend(shortcut.then(|| beside.grad(&gradients).unwrap().into_data()));
    all
}

#[test]
fn a_normalisation_is_that_of_the_reference_device() {
    let [flex, reference] = devices();
    for shape in [[3, 5, 4, 4], [2, 1, 7, 5], [1, 40, 6, 6]] {
        for (shortcut, most) in [(false, None), (false, Some(f32::INFINITY)), (true, None), (true, Some(1.5))] {
            let [found, expected] = [&flex, &reference].map(|device| normalisation(shape, shortcut, most, device));
            alike(&found, &expected, &format!("{shape:?}, shortcut {shortcut}, most {most:?}"));
        }
    }
}

/// Output and gradients of a convolution of each channel by itself, its bias, a shortcut and a cut.
fn channels(x: [usize; 4], window: Window, device: &Device) -> Vec<TensorData> {
    let weight = drawn(2, [x[0], 1, window.kernel, window.kernel], device).require_grad();
    let bias = drawn(4, [x[0]], device).require_grad();
    let x = drawn(1, x, device).require_grad();
    let out = shift(convolve_channels(x.clone(), weight.clone(), window), bias.clone(), Then::NOTHING);
    let beside = drawn(5, out.dims(), device).require_grad();
    let out = shift(out, bias.clone(), Then::RELU6.after(beside.clone()));
    let gradients = (out.clone() * drawn(3, out.dims(), device)).sum().backward();
    let mut all = vec![out.into_data(), bias.grad(&gradients).unwrap().into_data()];
    all.extend([x, weight, beside].map(|tensor| tensor.grad(&gradients).unwrap().into_data()));
    all
}

#[test]
fn a_convolution_of_each_channel_is_that_of_the_reference_device() {
    let windows = [
        Window::centred(3, 1, 1),
        Window::centred(5, 1, 2),
        Window::centred(3, 2, 1),
        Window { kernel: 3, stride: 2, before: 0, after: 1 },
        Window { kernel: 5, stride: 2, before: 1, after: 2 },
    ];
    let [flex, reference] = devices();
    for window in windows {
        for shape in [[3, 5, 8, 8], [2, 1, 7, 6], [4, 3, 19, 20], [2, 2, 3, 3]] {
            let [found, expected] = [&flex, &reference].map(|device| channels(shape, window, device));
            alike(&found, &expected, &format!("{window:?} over {shape:?}"));
        }
    }
}

/// Output and gradients of photos at twice their side, stretched and moved by numbers of each photo.
fn modulation(shape: [usize; 4], slope: f32, device: &Device) -> Vec<TensorData> {
    let x = drawn(1, shape, device).require_grad();
    let [gain, bias] = [2, 3].map(|seed| drawn(seed, [shape[0], shape[1]], device).require_grad());
    let out = double(modulate(x.clone(), gain.clone(), bias.clone(), slope));
    let gradients = (out.clone() * drawn(4, out.dims(), device)).sum().backward();
    let mut all = vec![out.into_data(), x.grad(&gradients).unwrap().into_data()];
    all.extend([gain, bias].map(|tensor| tensor.grad(&gradients).unwrap().into_data()));
    all
}

#[test]
fn photos_that_are_modulated_and_doubled_are_those_of_the_reference_device() {
    let [flex, reference] = devices();
    for shape in [[3, 5, 4, 4], [2, 1, 7, 5], [1, 40, 6, 3]] {
        for slope in [0.0, 0.2, 1.0] {
            let [found, expected] = [&flex, &reference].map(|device| modulation(shape, slope, device));
            alike(&found, &expected, &format!("{shape:?}, slope {slope}"));
        }
    }
}

#[test]
fn what_is_used_twice_gets_both_gradients() {
    let [flex, reference] = devices();
    let [found, expected] = [&flex, &reference].map(|device| {
        let weight = drawn(1, [3, 3, 3, 3], device).require_grad();
        let x = drawn(2, [3, 2, 5, 5], device);
        let once = convolve(x, weight.clone(), Window::centred(3, 1, 1));
        let twice = convolve(once.clone(), weight.clone(), Window::centred(3, 1, 1)) + once;
        let gradients = twice.powi_scalar(2).sum().backward();
        vec![weight.grad(&gradients).unwrap().into_data()]
    });
    alike(&found, &expected, "a weight used twice");
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let [device, _] = devices();
    let all = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| convolution([8, 64, 14, 14], 16, Window::centred(3, 1, 1), &device))
    };
    assert_eq!(all(1), all(3));
}

#[test]
fn without_gradients_a_convolution_stays_on_the_cpu() {
    let device = Device::flex();
    let out = convolve(drawn(1, [1, 2, 4, 4], &device), drawn(2, [3, 1, 3, 3], &device), Window::centred(3, 1, 1));
    assert!(out.clone().try_into_primitive::<Flex>().is_ok());
    assert!(out.try_into_primitive::<Autodiff<Flex>>().is_err());
}
