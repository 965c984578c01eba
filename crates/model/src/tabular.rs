//! Generates table rows of a class: a conditional variational autoencoder (Kingma & Welling 2014; for tables, Xu et al. 2019) with an
//! adversarial loss on its decoder (VAE-GAN, Larsen et al. 2016).
//!
//! A row is the concatenation of one-hot codes, one per column: `[rows, codes]`, `codes` being the sum over columns.

use burn::{
    module::Module,
    tensor::{
        Device, Distribution, Tensor,
        activation::{log_softmax, softmax, softplus},
    },
};
use windowshop_schema::TabularConfig;

use crate::mlp::{Mlp, MlpConfig};

/// Temperature of the Gumbel-softmax (Jang et al. 2017).
const TEMPERATURE: f64 = 0.7;

/// Log-variances are clamped to ± this, against overflow of the exponential.
const MAX_LOG_VARIANCE: f64 = 8.0;

/// Encoder, decoder (the generator) and discriminator.
#[derive(Module, Debug)]
pub struct Tabular {
    encoder: Mlp,
    decoder: Mlp,
    discriminator: Mlp,
}

/// Weights of the loss terms; reconstruction has weight 1.
#[derive(Clone, Copy, Debug)]
pub struct TabularLossWeights {
    /// Of the KL divergence of the latents from the standard normal prior.
    pub kl: f64,
    /// Of the adversarial loss.
    pub adversarial: f64,
}

impl Tabular {
    /// Networks with random weights; `codes` is the number of codes of each column.
    pub fn init(config: &TabularConfig, codes: &[usize], classes: usize, device: &Device) -> Self {
        let TabularConfig { latent_dim, hidden_dim, layers, dropout } = *config;
        let row: usize = codes.iter().sum();
        let network = |input: usize, output: usize, dropout: f64| {
            let mut widths = vec![hidden_dim; layers + 2];
            (widths[0], widths[layers + 1]) = (input + classes, output);
            MlpConfig::new(widths).with_dropout(dropout).init(device)
        };
        Self {
            encoder: network(row, 2 * latent_dim, dropout),
            decoder: network(latent_dim, row, 0.0),
            discriminator: network(row, 1, dropout),
        }
    }

    /// Logits of each column's codes.
    ///
    /// # Shapes
    /// - latents `[rows, latent_dim]`, classes `[rows, classes]`; output `[rows, codes]`
    pub fn decode(&self, latents: Tensor<2>, classes: Tensor<2>) -> Tensor<2> {
        self.decoder.forward(Tensor::cat(vec![latents, classes], 1))
    }

    /// The negative evidence lower bound (Kingma & Welling 2014, eq. 10): reconstruction cross entropy plus `kl` times the KL divergence
    /// from the prior, the mean over rows. Lower is better. Latents are sampled if `sample`, else the posterior mean.
    ///
    /// # Shapes
    /// - rows `[rows, codes]`, classes `[rows, classes]`; output `[1]`, nats per row
    pub fn negative_elbo(
        &self,
        rows: Tensor<2>,
        classes: Tensor<2>,
        codes: &[usize],
        kl: f64,
        sample: bool,
    ) -> Tensor<1> {
        let encoded = self.encoder.forward(Tensor::cat(vec![rows.clone(), classes.clone()], 1));
        let halves = encoded.chunk(2, 1);
        let (mean, log_variance) = (halves[0].clone(), halves[1].clone().clamp(-MAX_LOG_VARIANCE, MAX_LOG_VARIANCE));
        let latents = if sample {
            let noise = Tensor::random(mean.dims(), Distribution::Normal(0.0, 1.0), &mean.device());
            mean.clone() + noise * (log_variance.clone() * 0.5).exp()
        } else {
            mean.clone()
        };
        let scores = self.decode(latents, classes);
        let count = rows.dims()[0] as f64;
        let log_p = by_column(scores, codes, |column| log_softmax(column, 1));
        let reconstruction = (log_p * rows).sum().neg() / count;
        let divergence = (mean.powi_scalar(2) + log_variance.clone().exp() - log_variance - 1.0).sum() / (2.0 * count);
        reconstruction + divergence * kl
    }

    /// The training loss: negative ELBO plus the non-saturating adversarial losses (Goodfellow et al. 2014) of generator and discriminator.
    /// Lower is better.
    ///
    /// # Shapes
    /// - rows `[rows, codes]`, classes `[rows, classes]`, latents `[rows, latent_dim]` to generate from; output `[1]`
    pub fn loss(
        &self,
        rows: Tensor<2>,
        classes: Tensor<2>,
        latents: Tensor<2>,
        codes: &[usize],
        weights: TabularLossWeights,
    ) -> Tensor<1> {
        let elbo_loss = self.negative_elbo(rows.clone(), classes.clone(), codes, weights.kl, true);
        if weights.adversarial == 0.0 {
            return elbo_loss;
        }
        let generated = sample_codes(self.decode(latents, classes.clone()), codes);
        // The generator's term leaves the discriminator fixed, the discriminator's term the generator.
        let realness = |network: &Mlp, rows: Tensor<2>| network.forward(Tensor::cat(vec![rows, classes.clone()], 1));
        let frozen = self.discriminator.clone().no_grad();
        let fooled = softplus(realness(&frozen, generated.clone()).neg(), 1.0).mean();
        let discriminated = softplus(realness(&self.discriminator, rows).neg(), 1.0)
            + softplus(realness(&self.discriminator, generated.detach()), 1.0);
        elbo_loss + fooled * weights.adversarial + discriminated.mean() * weights.adversarial
    }
}

/// Samples one code per column by straight-through Gumbel-softmax (Jang et al. 2017).
fn sample_codes(scores: Tensor<2>, codes: &[usize]) -> Tensor<2> {
    let uniform = Tensor::<2>::random(scores.dims(), Distribution::Uniform(1e-6, 1.0 - 1e-6), &scores.device());
    let noisy = (scores - uniform.log().neg().log()) / TEMPERATURE;
    by_column(noisy, codes, |column| {
        let soft = softmax(column, 1);
        let max = soft.clone().max_dim(1);
        let hard = soft.clone().greater_equal(max.expand(soft.dims())).float();
        (hard - soft.clone()).detach() + soft
    })
}

fn by_column(rows: Tensor<2>, codes: &[usize], apply: impl Fn(Tensor<2>) -> Tensor<2>) -> Tensor<2> {
    let mut start = 0;
    let columns = codes.iter().map(|&count| {
        let column = rows.clone().narrow(1, start, count);
        start += count;
        apply(column)
    });
    Tensor::cat(columns.collect(), 1)
}

#[cfg(test)]
mod tests {
    use burn::{
        optim::{AdamWConfig, GradientsParams},
        tensor::TensorData,
    };

    use super::*;

    const CODES: [usize; 3] = [2, 3, 4];

    fn rows(count: usize, device: &Device) -> (Tensor<2>, Tensor<2>) {
        // The second column follows the first, the class follows the third.
        let (mut values, mut classes) = (Vec::new(), Vec::new());
        for row in 0..count {
            let (a, c) = (row % 2, row / 2 % 4);
            let one = |at: usize, of: usize| (0..of).map(move |i| f32::from(u8::from(i == at)));
            values.extend(one(a, 2).chain(one(2 * a, 3)).chain(one(c, 4)));
            classes.extend(one(c / 2, 2));
        }
        let tensor = |values, width| Tensor::from_data(TensorData::new(values, [count, width]), device);
        (tensor(values, 9), tensor(classes, 2))
    }

    fn value(tensor: Tensor<1>) -> f32 {
        tensor.into_data().try_to_vec::<f32>().unwrap()[0]
    }

    #[test]
    fn sampled_rows_have_one_code_per_column_at_the_frequencies_of_the_softmax() {
        let device = Device::flex();
        device.seed(1);
        let scores =
            Tensor::<2>::from_data([[0.0, 2.0, -9.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0]], &device).repeat_dim(0, 4_000);
        let generated = sample_codes(scores, &CODES);
        let shares = generated.clone().mean_dim(0).into_data().try_to_vec::<f32>().unwrap();
        let second = 2f32.exp() / (1.0 + 2f32.exp());
        for (found, expected) in shares.iter().zip([1.0 - second, second, 0.0, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25]) {
            assert!((found - expected).abs() < 0.03, "{shares:?}");
        }
        let sums = generated.sum_dim(1).into_data().try_to_vec::<f32>().unwrap();
        assert!(sums.iter().all(|sum| (sum - 3.0).abs() < 1e-4));
    }

    /// With zero weights every code of a column is equally likely and the KL divergence is 0.
    #[test]
    fn the_negative_elbo_of_zero_weights_is_the_entropy_of_uniform_codes() {
        let device = Device::flex();
        let network = Tabular::init(&TabularConfig::default(), &CODES, 2, &device);
        let zero = crate::weights::save(&network)
            .into_iter()
            .map(|(name, mut weight)| {
                weight.values.fill(0.0);
                (name, weight)
            })
            .collect();
        let network = crate::weights::load(network, &zero, &device).unwrap();
        let (rows, classes) = rows(8, &device);
        let found = value(network.negative_elbo(rows, classes, &CODES, 1.0, false));
        assert!((found - (2f32.ln() + 3f32.ln() + 4f32.ln())).abs() < 1e-4, "{found}");
    }

    #[test]
    fn generated_rows_follow_the_dependencies_of_the_table() {
        let device = Device::flex().autodiff();
        device.seed(1);
        let config = TabularConfig { latent_dim: 4, hidden_dim: 32, layers: 1, dropout: 0.0 };
        let mut network = Tabular::init(&config, &CODES, 2, &device);
        let mut optimizer = AdamWConfig::new().init();
        let (real, classes) = rows(64, &device);
        for step in 0..300 {
            device.seed(step);
            let latents = Tensor::random([64, 4], Distribution::Normal(0.0, 1.0), &device);
            let weights = TabularLossWeights { kl: 0.5, adversarial: 0.1 };
            let loss = network.loss(real.clone(), classes.clone(), latents, &CODES, weights);
            let gradients = GradientsParams::from_grads(loss.backward(), &network);
            network = optimizer.step(1e-2, network, gradients);
        }
        let latents = Tensor::random([400, 4], Distribution::Normal(0.0, 1.0), &device);
        let classes = classes.repeat_dim(0, 7).narrow(0, 0, 400);
        let generated =
            sample_codes(network.decode(latents, classes.clone()), &CODES).into_data().try_to_vec::<f32>().unwrap();
        let classes = classes.into_data().try_to_vec::<f32>().unwrap();
        let follows = |row: &[f32], class: &[f32]| {
            let third = row[5..].iter().position(|v| *v > 0.5).unwrap();
            (row[0] > 0.5) == (row[2] > 0.5) && row[3] < 0.5 && class[third / 2] > 0.5
        };
        let right = generated.chunks(9).zip(classes.chunks(2)).filter(|(row, class)| follows(row, class)).count();
        assert!(right > 340, "{right} of 400 rows follow the rules of the table");
    }
}
