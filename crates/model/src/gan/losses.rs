//! Adversarial losses over realness logits `[batch]`, higher is more real. Every loss is `[1]`, a mean over the batch, lower is
//! better. The batch must not be empty.

use burn::tensor::{Tensor, TensorData, activation::softplus};
use windowshop_features::latent::latent;
use windowshop_schema::GanLoss;

use super::Discriminator;

/// The discriminator's loss.
pub fn discriminator(loss: GanLoss, real: Tensor<1>, generated: Tensor<1>) -> Tensor<1> {
    match loss {
        // -log σ(D(real)) - log(1 - σ(D(generated))), Goodfellow et al. 2014, eq. 1.
        GanLoss::NonSaturating => (softplus(real.neg(), 1.0) + softplus(generated, 1.0)).mean(),
        // -log σ(D(real) - D(generated)), Jolicoeur-Martineau 2018, eq. 8.
        GanLoss::Relativistic => softplus(generated - real, 1.0).mean(),
    }
}

/// The generator's loss.
pub fn generator(loss: GanLoss, real: Tensor<1>, generated: Tensor<1>) -> Tensor<1> {
    match loss {
        // -log σ(D(generated)), Goodfellow et al. 2014, section 3.
        GanLoss::NonSaturating => softplus(generated.neg(), 1.0).mean(),
        // -log σ(D(generated) - D(real)), Jolicoeur-Martineau 2018, eq. 9.
        GanLoss::Relativistic => softplus(real - generated, 1.0).mean(),
    }
}

/// Standard deviation of the finite-difference step: well above f32 rounding, small against the pixel range of 2.
const STEP_STD: f32 = 0.01;

/// The R1 gradient penalty (Mescheder et al. 2018, eq. 9): the mean of |∇D|² at real images, lower is better. Estimated by central
/// differences along standard normal directions e, `(D(x + s e) - D(x - s e))² / 4s²`: only first derivatives are needed.
///
/// # Shapes
/// - images `[channels, batch, size, size]`, real; classes `[batch, classes]`; output `[1]`
pub fn gradient_penalty(discriminator: &Discriminator, images: Tensor<4>, classes: Tensor<2>, seed: u64) -> Tensor<1> {
    let shape = images.dims();
    let offset = latent(seed, shape.iter().product());
    let offset = Tensor::from_data(TensorData::new(offset, shape), &images.device()) * STEP_STD;
    let both = Tensor::cat(vec![images.clone() + offset.clone(), images - offset], 1);
    let scores = discriminator.forward(both, Tensor::cat(vec![classes.clone(), classes], 0));
    let [ahead, behind] = halves(scores);
    ((ahead - behind) / (2.0 * STEP_STD)).powi_scalar(2).mean()
}

/// Splits the scores of a concatenated batch in two, as `[first half, second half]`.
pub fn halves(scores: Tensor<1>) -> [Tensor<1>; 2] {
    let half = scores.dims()[0] / 2;
    [0, 1].map(|part| scores.clone().narrow(0, part * half, half))
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;
    use windowshop_schema::GanConfig;

    use super::*;
    use crate::one_hot;

    fn value(loss: Tensor<1>) -> f32 {
        loss.into_data().try_to_vec::<f32>().unwrap()[0]
    }

    #[test]
    fn losses_equal_the_equations_of_their_papers() {
        let device = Device::flex();
        let [real, generated] = [[1.0, 0.0], [-1.0, 0.5]].map(|scores| Tensor::<1>::from_data(scores, &device));
        let log_sigmoid = |x: f32| -(1.0 + (-x).exp()).ln();
        let mean = |a: f32, b: f32| -(a + b) / 2.0;
        let cases = [
            (
                discriminator(GanLoss::NonSaturating, real.clone(), generated.clone()),
                mean(log_sigmoid(1.0) + log_sigmoid(1.0), log_sigmoid(0.0) + log_sigmoid(-0.5)),
            ),
            (
                generator(GanLoss::NonSaturating, real.clone(), generated.clone()),
                mean(log_sigmoid(-1.0), log_sigmoid(0.5)),
            ),
            (
                discriminator(GanLoss::Relativistic, real.clone(), generated.clone()),
                mean(log_sigmoid(2.0), log_sigmoid(-0.5)),
            ),
            (generator(GanLoss::Relativistic, real, generated), mean(log_sigmoid(-2.0), log_sigmoid(0.5))),
        ];
        for (i, (found, expected)) in cases.into_iter().enumerate() {
            let found = value(found);
            assert!((found - expected).abs() < 1e-5, "case {i}: {found}, expected {expected}");
        }
    }

    #[test]
    fn the_gradient_penalty_estimates_the_squared_gradient_and_is_differentiable() {
        let device = Device::flex().autodiff();
        device.seed(3);
        let config = GanConfig { size: 8, channels: 1, discriminator_width: 4, ..GanConfig::default() };
        let network = Discriminator::init(&config, 2, &device);
        let classes = one_hot(&[0, 1], 2, &device);
        let pixels: Vec<f32> = (0..128).map(|i| (i as f32 * 0.7).sin()).collect();
        let images = Tensor::<4>::from_data(TensorData::new(pixels, [1, 2, 8, 8]), &device).require_grad();
        let gradients = network.forward(images.clone(), classes.clone()).sum().backward();
        let exact = value(images.grad(&gradients).unwrap().powi_scalar(2).sum()) / 2.0;
        let draws = 400;
        let images = images.detach();
        let estimate = |seed| value(gradient_penalty(&network, images.clone(), classes.clone(), seed));
        let found = (0..draws).map(estimate).sum::<f32>() / draws as f32;
        assert!((found / exact - 1.0).abs() < 0.15, "{found}, exactly {exact}");
        let Discriminator::Convolutional(ref inner) = network else { unreachable!() };
        let gradients = gradient_penalty(&network, images, classes, 1).backward();
        assert!(inner.first_weight().grad(&gradients).is_some(), "the penalty reaches the first layer");
    }
}
