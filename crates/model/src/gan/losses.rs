//! What generator and discriminator play for. Scores are `[pictures]`, higher is more real; every loss is `[1]`.

use burn::tensor::{Tensor, TensorData, activation::softplus};
use windowshop_features::latent::latent;
use windowshop_schema::GanLoss;

use super::Discriminator;

/// What the discriminator lowers.
pub fn discriminator(loss: GanLoss, real: Tensor<1>, made: Tensor<1>) -> Tensor<1> {
    match loss {
        // -log σ(D(real)) - log(1 - σ(D(made))), Goodfellow et al. 2014, eq. 1.
        GanLoss::NonSaturating => (softplus(real.neg(), 1.0) + softplus(made, 1.0)).mean(),
        // -log σ(D(real) - D(made)), Jolicoeur-Martineau 2018, eq. 8.
        GanLoss::Relativistic => softplus(made - real, 1.0).mean(),
    }
}

/// What the generator lowers.
pub fn generator(loss: GanLoss, real: Tensor<1>, made: Tensor<1>) -> Tensor<1> {
    match loss {
        // -log σ(D(made)), Goodfellow et al. 2014, section 3.
        GanLoss::NonSaturating => softplus(made.neg(), 1.0).mean(),
        // -log σ(D(made) - D(real)), Jolicoeur-Martineau 2018, eq. 9.
        GanLoss::Relativistic => softplus(real - made, 1.0).mean(),
    }
}

/// Length of a step from a picture to where its surroundings are looked at: long enough for f32, short for a network.
const STEP: f32 = 0.01;

/// The mean of |∇D|² at real pictures (R1, Mescheder et al. 2018, eq. 9), by differences: `(D(x + s e) - D(x - s e))² / 4s²` with normal
/// e has that mean. It needs first derivatives only.
///
/// # Shapes
/// - pictures `[channels, pictures, size, size]`, classes `[pictures, classes]`; output `[1]`
pub fn steepness(discriminator: &Discriminator, pictures: Tensor<4>, classes: Tensor<2>, seed: u64) -> Tensor<1> {
    let shape = pictures.dims();
    let away = latent(seed, shape.iter().product());
    let away = Tensor::from_data(TensorData::new(away, shape), &pictures.device()) * STEP;
    let both = Tensor::cat(vec![pictures.clone() + away.clone(), pictures - away], 1);
    let scores = discriminator.forward(both, Tensor::cat(vec![classes.clone(), classes], 0));
    let [ahead, behind] = halves(scores);
    ((ahead - behind) / (2.0 * STEP)).powi_scalar(2).mean()
}

/// Scores of pictures that were judged together.
pub fn halves(scores: Tensor<1>) -> [Tensor<1>; 2] {
    let half = scores.dims()[0] / 2;
    [0, 1].map(|part| scores.clone().narrow(0, part * half, half))
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;
    use windowshop_schema::GanConfig;

    use super::{super::one_hot, *};

    fn value(loss: Tensor<1>) -> f32 {
        loss.into_data().try_to_vec::<f32>().unwrap()[0]
    }

    #[test]
    fn losses_are_those_of_their_papers() {
        let device = Device::flex();
        let [real, made] = [[1.0, 0.0], [-1.0, 0.5]].map(|scores| Tensor::<1>::from_data(scores, &device));
        let log_sigmoid = |x: f32| -(1.0 + (-x).exp()).ln();
        let mean = |a: f32, b: f32| -(a + b) / 2.0;
        let cases = [
            (
                discriminator(GanLoss::NonSaturating, real.clone(), made.clone()),
                mean(log_sigmoid(1.0) + log_sigmoid(1.0), log_sigmoid(0.0) + log_sigmoid(-0.5)),
            ),
            (generator(GanLoss::NonSaturating, real.clone(), made.clone()), mean(log_sigmoid(-1.0), log_sigmoid(0.5))),
            (
                discriminator(GanLoss::Relativistic, real.clone(), made.clone()),
                mean(log_sigmoid(2.0), log_sigmoid(-0.5)),
            ),
            (generator(GanLoss::Relativistic, real, made), mean(log_sigmoid(-2.0), log_sigmoid(0.5))),
        ];
        for (i, (found, expected)) in cases.into_iter().enumerate() {
            let found = value(found);
            assert!((found - expected).abs() < 1e-5, "case {i}: {found}, expected {expected}");
        }
    }

    #[test]
    fn steepness_is_the_squared_gradient_and_has_a_gradient_itself() {
        let device = Device::flex().autodiff();
        device.seed(3);
        let config = GanConfig { size: 8, channels: 1, discriminator_width: 4, ..GanConfig::default() };
        let network = Discriminator::init(&config, 2, &device);
        let classes = one_hot(&[0, 1], 2, &device);
        let pixels: Vec<f32> = (0..128).map(|i| (i as f32 * 0.7).sin()).collect();
        let pictures = Tensor::<4>::from_data(TensorData::new(pixels, [1, 2, 8, 8]), &device).require_grad();
        let gradients = network.forward(pictures.clone(), classes.clone()).sum().backward();
        let exact = value(pictures.grad(&gradients).unwrap().powi_scalar(2).sum()) / 2.0;
        let draws = 400;
        let pictures = pictures.detach();
        let drawn = |seed| value(steepness(&network, pictures.clone(), classes.clone(), seed));
        let found = (0..draws).map(drawn).sum::<f32>() / draws as f32;
        assert!((found / exact - 1.0).abs() < 0.15, "{found}, exactly {exact}");
        let Discriminator::Convolutional(ref inner) = network else { unreachable!() };
        let gradients = steepness(&network, pictures, classes, 1).backward();
        assert!(inner.first_weight().grad(&gradients).is_some(), "the penalty reaches the first layer");
    }
}
