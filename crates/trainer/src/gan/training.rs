//! GAN training: a step of the discriminator, a step of the generator, an average of the generator; after each epoch a sheet
//! of samples.

use std::path::PathBuf;

use burn::{
    module::Module,
    optim::{AdamConfig, GradientsParams, ModuleOptimizer},
    tensor::{Device, Tensor},
};
use windowshop_features::hash::combine;
use windowshop_model::{
    Gan, Generator,
    gan::{diff_augment::DiffAugment, losses},
    one_hot,
    weights::{self, Weights},
};
use windowshop_schema::{GanLoss, GanTrainConfig};

use super::{
    grid::{Cell, Grid},
    images::{self, values},
};
use crate::{
    image::image_dataset::ImageDataset,
    learning::{
        batches::shuffled,
        checkpoint::Checkpoint,
        optimise::{Losses, Procedure, Validation, average},
        split::Split,
    },
};

/// Samples of each category on a sheet.
const COLUMNS: usize = 10;
/// Most categories on a sheet.
const ROWS: usize = 12;
/// Most photos of a split that the discriminator scores after an epoch.
const SCORED: usize = 512;
/// Separates the seeds of sheets from others.
const SHEET: u64 = 0x0073_6865_6574;

/// The two networks of a GAN, their data and their settings.
pub struct GanObjective<'a> {
    pub config: &'a GanTrainConfig,
    pub images: &'a ImageDataset,
    /// Rows of the training photos.
    pub photos: &'a [usize],
    pub seed: u64,
    pub device: &'a Device,
    /// The folder of the sample sheets.
    pub samples: PathBuf,
}

impl GanObjective<'_> {
    /// Writes a sheet of samples: always the same latents, one row per category.
    fn sheet(&self, state: &Checkpoint<Gan>, weights: &Weights, epoch: usize) -> anyhow::Result<Realism> {
        let (config, images) = (&self.config.model, self.images);
        let generator: Generator = weights::load(Module::valid(&state.network.generator), weights, self.device)?;
        let discriminator = Module::valid(&state.network.discriminator);
        let mean_score = |photos: &[usize]| {
            mean(&images::scores(&discriminator, images, &photos[..photos.len().min(SCORED)], config, self.device))
        };
        let (trained, held_out) = (mean_score(self.photos), mean_score(images.split(Split::Validation)));
        let rows = images.classes.len().min(ROWS);
        let wanted: Vec<(usize, u64)> =
            (0..rows * COLUMNS).map(|i| (i / COLUMNS, combine(combine(self.seed, SHEET), i as u64))).collect();
        let mut cells = Vec::new();
        let mut generated = Vec::new();
        images::make(&generator, config, images.classes.len(), &wanted, self.device, |generated_images, wanted| {
            let labels: Vec<usize> = wanted.iter().map(|(label, _)| *label).collect();
            let classes = one_hot(&labels, images.classes.len(), self.device);
            let scores = values(discriminator.forward(generated_images.clone(), classes));
            cells.extend(
                images::pixels(generated_images)
                    .into_iter()
                    .zip(&scores)
                    .map(|(pixels, score)| Cell { pixels, number: realism(*score, held_out) }),
            );
            generated.extend(scores);
        });
        let folder = &self.samples;
        std::fs::create_dir_all(folder)?;
        let path = folder.join(format!("epoch-{epoch:04}.png"));
        Grid::new(&cells, COLUMNS, config.size).save(&path)?;
        let realism = mean(&cells.iter().map(|cell| cell.number).collect::<Vec<_>>());
        let overfitting = (trained - held_out) / (trained - mean(&generated));
        Ok(Realism { realism, overfitting })
    }
}

impl Procedure for GanObjective<'_> {
    type Network = Gan;

    const ADVICE: &'static str = "lower learning_rate, or raise r1";

    /// One optimizer for both networks: it keeps its state per parameter.
    fn optimizer(&self) -> ModuleOptimizer {
        let (momentum, scale_decay) = (self.config.momentum as f32, self.config.scale_decay as f32);
        AdamConfig::new().with_beta_1(momentum).with_beta_2(scale_decay).with_epsilon(1e-8).init()
    }

    /// Whole batches: the photos left over come up in another epoch.
    fn steps(&self) -> usize {
        (self.photos.len() / self.config.batch).max(1)
    }

    fn batches(&self, epoch: usize, draw: u64) -> Vec<Vec<usize>> {
        let order = shuffled(self.photos.len(), draw, epoch);
        let photos = |batch: &[usize]| batch.iter().map(|&i| self.photos[i]).collect();
        order.chunks(self.config.batch).take(self.steps()).map(photos).collect()
    }

    /// A step of the discriminator, then one of the generator. It leaves the device's seed alone: burn draws initial weights on
    /// first use, from the seed of the run.
    fn step(&self, state: &mut Checkpoint<Gan>, photos: &[usize], draw: u64) -> Losses {
        let config = self.config;
        let device = self.device.clone().autodiff();
        let labels: Vec<usize> = photos.iter().map(|&photo| self.images.labels[photo]).collect();
        let classes = one_hot(&labels, self.images.classes.len(), &device);
        let augment = DiffAugment { translation: config.translation, colour: config.colour, cutout: config.cutout };
        let augmented = |images: Tensor<4>, number: u64| augment.apply(images, combine(draw, number | 1 << 40));

        let real = images::tensor(self.images, photos, &config.model, &device);
        let seeds = (0..photos.len() as u64).map(|i| combine(draw, i));
        let latents = images::latents(seeds, config.model.latent_dim, &device);
        // Both networks learn from the same generated images, so they are generated once.
        let generated = state.network.generator.forward(latents, classes.clone());

        let network = state.network.discriminator.clone();
        let real_augmented = augmented(real.clone(), 0);
        let both = Tensor::cat(vec![real_augmented.clone(), augmented(generated.clone().detach(), 1)], 1);
        let twice = Tensor::cat(vec![classes.clone(), classes.clone()], 0);
        let [real_scores, generated_scores] = losses::halves(network.forward(both, twice));
        let loss = losses::discriminator(config.loss, real_scores, generated_scores);
        let discriminator_loss = scalar(&loss);
        let due = config.r1 > 0.0 && state.position.step.is_multiple_of(config.r1_every);
        let penalty = due
            .then(|| losses::gradient_penalty(&network, real_augmented, classes.clone(), combine(draw, 2 | 1 << 40)));
        let penalty_value = penalty.as_ref().map(scalar);
        let loss = match penalty {
            Some(penalty) => loss + penalty * (config.r1 / 2.0 * config.r1_every as f64),
            None => loss,
        };
        let gradients = GradientsParams::from_grads(loss.backward(), &network);
        let network = state.optimizer.step(config.discriminator_learning_rate, network, gradients);
        state.network.discriminator = network.clone();

        let network = network.no_grad();
        let generated_scores = network.forward(augmented(generated, 3), classes.clone());
        let real_scores = match config.loss {
            GanLoss::NonSaturating => generated_scores.clone().detach(),
            GanLoss::Relativistic => network.forward(augmented(real, 4), classes),
        };
        let loss = losses::generator(config.loss, real_scores, generated_scores);
        let generator_loss = scalar(&loss);
        let gradients = GradientsParams::from_grads(loss.backward(), &state.network.generator);
        state.network.generator =
            state.optimizer.step(config.learning_rate, state.network.generator.clone(), gradients);
        state.position.step += 1;
        if config.ema_decay > 0.0 {
            let now = weights::save(&state.network.generator);
            average(&mut state.average, now, config.ema_decay, state.position.step);
        }
        vec![
            ("loss", Some(generator_loss)),
            ("discriminator_loss", Some(discriminator_loss)),
            ("gradient_penalty", penalty_value),
        ]
    }

    fn candidate(&self, state: &Checkpoint<Gan>) -> Weights {
        state.average.clone().unwrap_or_else(|| weights::save(&state.network.generator))
    }

    /// Writes the sample sheet of the epoch.
    fn validate(&self, state: &Checkpoint<Gan>, candidate: &Weights, epoch: usize) -> anyhow::Result<Validation> {
        let Realism { realism, overfitting } = self.sheet(state, candidate, epoch)?;
        let metrics = [("realism", realism), ("overfitting", overfitting)];
        let metrics = metrics.map(|(name, value)| (name.to_owned(), f64::from(value))).into();
        Ok(Validation { selection_metric: None, metrics })
    }
}

/// Scores of the discriminator after an epoch.
struct Realism {
    /// Mean [`realism`] of the samples.
    realism: f32,
    /// Where the score of held-out photos lies between that of training photos, 0, and that of generated images, 1
    /// (Karras et al. 2020, eq. 1).
    overfitting: f32,
}

/// How real an image looks beside held-out photos, 0 to 1: σ(D(image) - mean D(photo)), Jolicoeur-Martineau 2018, eq. 14.
/// 0.5 is as real as they are.
fn realism(score: f32, held_out: f32) -> f32 {
    1.0 / (1.0 + (held_out - score).exp())
}

fn scalar(loss: &Tensor<1>) -> f64 {
    f64::from(values(loss.clone())[0])
}

fn mean(values: &[f32]) -> f32 {
    values.iter().sum::<f32>() / values.len() as f32
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use windowshop_schema::GanConfig;

    use super::*;
    use crate::{
        learning::{optimise::Training, schedule::Schedule},
        progress::Progress,
        run::SAMPLES,
    };

    /// Bright left halves and bright upper halves, of 8 x 8 pixels.
    fn images() -> ImageDataset {
        let image = |i: usize| {
            let bright = |at: usize| if i.is_multiple_of(2) { at % 8 < 4 } else { at < 32 };
            (0..64).map(|at| if bright(at) { 200 + (i % 50) as u8 } else { (i % 30) as u8 }).collect()
        };
        let labels = (0..48).map(|i| i % 2).collect();
        let names = vec!["left".to_owned(), "upper".to_owned()];
        let parts = [(Split::Train, (0..40).collect()), (Split::Validation, (40..48).collect())];
        ImageDataset::whole(names, (0..48).map(image).collect(), labels).with_splits(parts)
    }

    fn config() -> GanTrainConfig {
        let model =
            GanConfig { size: 8, channels: 1, latent_dim: 4, width: 4, discriminator_width: 4, ..GanConfig::default() };
        GanTrainConfig { model, epochs: 2, batch: 16, ..GanTrainConfig::default() }
    }

    fn start(config: &GanTrainConfig, device: &Device) -> Gan {
        device.seed(1);
        Gan::init(&config.model, 2, &device.clone().autodiff())
    }

    fn objective<'a>(
        config: &'a GanTrainConfig,
        images: &'a ImageDataset,
        device: &'a Device,
        run: &Path,
    ) -> GanObjective<'a> {
        let photos = images.split(Split::Train);
        GanObjective { config, images, photos, seed: 1, device, samples: run.join(SAMPLES) }
    }

    /// One loss of 25 steps on the same photos with the same draws.
    fn losses(state: &mut Checkpoint<Gan>, config: &GanTrainConfig, name: &str) -> Vec<f64> {
        let (images, device) = (images(), Device::flex());
        let objective = objective(config, &images, &device, Path::new("."));
        let photos: Vec<usize> = (0..16).collect();
        let step = |_| {
            let losses = objective.step(state, &photos, 7);
            losses.iter().find(|(found, _)| *found == name).and_then(|(_, loss)| *loss).unwrap()
        };
        (0..25).map(step).collect()
    }

    #[test]
    fn each_network_lowers_its_loss_while_the_other_is_frozen() {
        let (frozen, moving) = (1e-12, 5e-3);
        for loss in [GanLoss::NonSaturating, GanLoss::Relativistic] {
            for spectral_norm in [false, true] {
                let mut config = GanTrainConfig { loss, ..config() };
                config.model.spectral_norm = spectral_norm;
                let (images, device) = (images(), Device::flex());
                let optimizer = objective(&config, &images, &device, Path::new(".")).optimizer();
                let mut state = Checkpoint::start(start(&config, &device), optimizer, "");
                let discriminator =
                    GanTrainConfig { learning_rate: frozen, discriminator_learning_rate: moving, ..config.clone() };
                let generator = GanTrainConfig { learning_rate: moving, discriminator_learning_rate: frozen, ..config };
                let first = losses(&mut state, &discriminator, "discriminator_loss");
                let second = losses(&mut state, &generator, "loss");
                for values in [first, second] {
                    assert!(values[24] < 0.97 * values[0], "{loss:?}, spectral {spectral_norm}: {values:?}");
                }
            }
        }
    }

    #[test]
    fn a_resumed_run_equals_an_uninterrupted_one() {
        let (images, device, folder) = (images(), Device::flex(), tempfile::tempdir().unwrap());
        let train = |name: &str, epochs: usize, fingerprint: &str| {
            let run = folder.path().join(name);
            std::fs::create_dir_all(&run).unwrap();
            let config = GanTrainConfig { epochs, ..config() };
            let training = Training {
                schedule: Schedule::of(&config).unwrap(),
                seed: 1,
                device: &device,
                run: &run,
                fingerprint: fingerprint.into(),
                resume: true,
            };
            let objective = objective(&config, &images, &device, &run);
            training.run_procedure(&objective, start(&config, &device), &mut Progress::new(1, None).unwrap())
        };
        train("stopped", 1, "toy").unwrap();
        assert_eq!(train("stopped", 2, "toy").unwrap(), train("whole", 2, "toy").unwrap());
        assert!(folder.path().join("whole").join(SAMPLES).join("epoch-0002.png").exists());
        let error = train("whole", 2, "other").unwrap_err();
        assert!(error.to_string().contains("other settings"), "{error}");
    }
}
