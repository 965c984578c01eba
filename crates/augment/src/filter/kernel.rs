//! Symmetric kernels in 256ths.

/// The middle weight and those of its neighbours outwards; the middle and twice the others sum to 256.
pub(crate) type Kernel = Vec<u16>;

/// A Gaussian of `sigma` pixels, as far as its weights are not 0.
pub(crate) fn gaussian_kernel(sigma: f64) -> Kernel {
    if sigma <= 0.0 {
        return vec![256];
    }
    let reach = libm::ceil(4.0 * sigma) as usize;
    let weights: Vec<f64> = (0..=reach).map(|d| libm::exp(-0.5 * (d as f64 / sigma) * (d as f64 / sigma))).collect();
    let sum = weights[0] + 2.0 * weights[1..].iter().sum::<f64>();
    whole(weights.iter().map(|weight| weight / sum * 256.0))
}

/// The mean of 2 `radius` + 1 pixels.
pub(crate) fn box_kernel(radius: u32) -> Kernel {
    let each = 256.0 / f64::from(2 * radius + 1);
    whole((0..=radius).map(|_| each))
}

/// Rounds outwards to inwards, handing on what was lost; what is left over is the middle's.
fn whole(weights: impl DoubleEndedIterator<Item = f64>) -> Kernel {
    let mut lost = 0.0;
    let mut kernel: Kernel = weights
        .rev()
        .map(|weight| {
            let rounded = libm::round(weight + lost);
            lost += weight - rounded;
            rounded as u16
        })
        .skip_while(|weight| *weight == 0)
        .collect();
    kernel.reverse();
    let others: u16 = kernel.iter().skip(1).sum();
    match kernel.first_mut() {
        Some(middle) => *middle = 256 - 2 * others,
        None => kernel.push(256),
    }
    kernel
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_sum_to_one_and_fall_outwards() {
        for sigma in [0.0, 0.01, 0.3, 0.8, 1.5, 3.0, 10.0, 20.0] {
            let kernel = gaussian_kernel(sigma);
            assert_eq!(kernel[0] + 2 * kernel[1..].iter().sum::<u16>(), 256);
            assert!(kernel.windows(2).all(|pair| pair[0] + 2 >= pair[1]), "{sigma}: {kernel:?}");
        }
        assert_eq!(gaussian_kernel(0.0), [256]);
        assert_eq!(box_kernel(0), [256]);
        assert!((1..=60).all(|radius| box_kernel(radius).len() == radius as usize + 1));
    }
}
