//! How the two networks take turns: a step of the discriminator, a step of the generator, an average of the generator; after
//! each pass a sheet of samples.

use std::{path::Path, time::Instant};

use anyhow::bail;
use burn::{
    module::Module,
    optim::{AdamConfig, GradientsParams, ModuleOptimizer},
    tensor::{Device, Tensor},
};
use serde_json::json;
use windowshop_features::hash::combine;
use windowshop_model::{
    Gan, Generator,
    gan::{diff_augment::DiffAugment, losses},
    one_hot,
    weights::{self, Weights},
};
use windowshop_schema::GanTrainConfig;

use super::{
    grid::{Cell, Grid},
    images::{self, values},
};
use crate::{
    image::image_dataset::ImageDataset,
    learning::{
        checkpoint::{self, Checkpoint},
        optimise::{average, shuffled},
        split::Split,
    },
    progress::Progress,
};

/// Samples of each category on a sheet.
const COLUMNS: usize = 10;
/// Most categories on a sheet.
const ROWS: usize = 12;
/// Photos that the discriminator is asked about after a pass.
const ASKED: usize = 512;
/// Separates the seeds of sheets from others.
const SHEET: u64 = 0x0073_6865_6574;
/// Of the epoch's draws, the one that shuffles.
const ORDER: u64 = 1 << 41;

/// Where the sheets of a run are.
pub const SAMPLES: &str = "samples";

/// What is learned from, how, and where it is kept.
pub struct GanTraining<'a> {
    pub config: &'a GanTrainConfig,
    pub images: &'a ImageDataset,
    /// Places of the photos that are learned from.
    pub photos: &'a [usize],
    pub seed: u64,
    pub device: &'a Device,
    pub run: &'a Path,
    /// Of the settings and the data: a run of others cannot be resumed.
    pub fingerprint: String,
    pub resume: bool,
}

/// What a step lowered.
#[derive(Clone, Copy, Debug)]
pub struct Losses {
    pub generator: f64,
    pub discriminator: f64,
    /// The mean of |∇D|², where it was asked for.
    pub steepness: Option<f64>,
}

impl GanTraining<'_> {
    /// Steps of an epoch: what is left of the photos after the last whole batch has its turn in another epoch.
    pub fn steps(&self) -> usize {
        (self.photos.len() / self.config.batch).max(1)
    }

    /// The optimizer of both networks: it keeps its state by parameter.
    pub fn optimizer(config: &GanTrainConfig) -> ModuleOptimizer {
        let (momentum, scale_decay) = (config.momentum as f32, config.scale_decay as f32);
        AdamConfig::new().with_beta_1(momentum).with_beta_2(scale_decay).with_epsilon(1e-8).init()
    }

    /// Trains until the epochs run out; returns the averaged generator.
    pub fn run(&self, start: &Gan, progress: &mut Progress) -> anyhow::Result<Weights> {
        let optimizer = Self::optimizer(self.config);
        let fresh = Checkpoint::start(start.clone(), optimizer.clone(), &self.fingerprint);
        let mut state = if self.resume { checkpoint::resume(self.run, fresh, progress)? } else { fresh };
        progress.set((state.position.epoch * self.steps()) as u64);
        while state.position.epoch < self.config.epochs {
            self.epoch(&mut state, progress)?;
            checkpoint::save(self.run, &state)?;
            // As in every training: a run that goes on cannot differ from one that was never interrupted.
            state = checkpoint::load(self.run, start.clone(), optimizer.clone())?.expect("a checkpoint was just saved");
        }
        progress.finish();
        Ok(kept(&state))
    }

    fn epoch(&self, state: &mut Checkpoint<Gan>, progress: &mut Progress) -> anyhow::Result<()> {
        let started = Instant::now();
        let number = state.position.epoch;
        let draw = combine(self.seed, number as u64);
        let order = shuffled(self.photos.len(), combine(draw, ORDER), number);
        let mut sums = [0.0; 3];
        let mut asked = 0;
        for (step, batch) in order.chunks(self.config.batch).take(self.steps()).enumerate() {
            let photos: Vec<usize> = batch.iter().map(|&i| self.photos[i]).collect();
            let losses = self.step(state, &photos, combine(draw, step as u64));
            let both = [losses.generator, losses.discriminator, losses.steepness.unwrap_or(0.0)];
            if both.iter().any(|loss| !loss.is_finite()) {
                bail!(
                    "the losses are {losses:?} at epoch {} step {step}: the last checkpoint is kept; lower learning_rate, or raise r1",
                    number + 1
                );
            }
            asked += usize::from(losses.steepness.is_some());
            sums.iter_mut().zip(both).for_each(|(sum, loss)| *sum += loss);
            progress.step(format!("epoch {} loss {:.3}, {:.3}", number + 1, losses.generator, losses.discriminator));
        }
        state.position.epoch += 1;
        let (seconds, steps) = (started.elapsed().as_secs_f64(), self.steps() as f64);
        let opinion = self.sheet(state)?;
        progress.event(&json!({
            "event": "epoch", "epoch": state.position.epoch,
            "loss": sums[0] / steps, "discriminator_loss": sums[1] / steps, "steepness": sums[2] / (asked.max(1) as f64),
            "validation_realism": opinion.realism, "validation_overfitting": opinion.overfitting,
            "seconds": started.elapsed().as_secs_f64(), "examples_per_second": steps * self.config.batch.min(self.photos.len()) as f64 / seconds,
        }))
    }

    /// A step of each network. `draw` decides every random number.
    pub fn step(&self, state: &mut Checkpoint<Gan>, photos: &[usize], draw: u64) -> Losses {
        let config = self.config;
        let device = self.device.clone().autodiff();
        let labels: Vec<usize> = photos.iter().map(|&photo| self.images.labels[photo]).collect();
        let classes = one_hot(&labels, self.images.classes.len(), &device);
        let augment = DiffAugment { translation: config.translation, colour: config.colour, cutout: config.cutout };
        let seen = |pictures: Tensor<4>, number: u64| augment.apply(pictures, combine(draw, number | 1 << 40));

        let real = images::tensor(self.images, photos, &config.model, &device);
        let seeds = (0..photos.len() as u64).map(|i| combine(draw, i));
        let latents = images::latents(seeds, config.model.latent_dim, &device);
        // SimulatedData once: the discriminator learns from the pictures, then the generator from what it says of the same ones.
        let made = state.network.generator.forward(latents, classes.clone());

        let judge = state.network.discriminator.clone();
        let real_seen = seen(real.clone(), 0);
        let both = Tensor::cat(vec![real_seen.clone(), seen(made.clone().detach(), 1)], 1);
        let twice = Tensor::cat(vec![classes.clone(), classes.clone()], 0);
        let [real_scores, made_scores] = losses::halves(judge.forward(both, twice));
        let loss = losses::discriminator(config.loss, real_scores, made_scores);
        let discriminator = scalar(&loss);
        let due = config.r1 > 0.0 && state.position.step.is_multiple_of(config.r1_every);
        let steepness =
            due.then(|| losses::gradient_penalty(&judge, real_seen, classes.clone(), combine(draw, 2 | 1 << 40)));
        let steep = steepness.as_ref().map(scalar);
        let loss = match steepness {
            Some(steepness) => loss + steepness * (config.r1 / 2.0 * config.r1_every as f64),
            None => loss,
        };
        let gradients = GradientsParams::from_grads(loss.backward(), &judge);
        let judge = state.optimizer.step(config.discriminator_learning_rate, judge, gradients);
        state.network.discriminator = judge.clone();

        let judge = judge.no_grad();
        let made_scores = judge.forward(seen(made, 3), classes.clone());
        let real_scores = match config.loss {
            windowshop_schema::GanLoss::NonSaturating => made_scores.clone().detach(),
            windowshop_schema::GanLoss::Relativistic => judge.forward(seen(real, 4), classes),
        };
        let loss = losses::generator(config.loss, real_scores, made_scores);
        let generator = scalar(&loss);
        let gradients = GradientsParams::from_grads(loss.backward(), &state.network.generator);
        state.network.generator =
            state.optimizer.step(config.learning_rate, state.network.generator.clone(), gradients);
        state.position.step += 1;
        if config.ema_decay > 0.0 {
            let now = weights::save(&state.network.generator);
            average(&mut state.average, now, config.ema_decay, state.position.step);
        }
        Losses { generator, discriminator, steepness: steep }
    }

    /// Writes the samples of a pass: always the same latents, one row a category.
    fn sheet(&self, state: &Checkpoint<Gan>) -> anyhow::Result<Opinion> {
        let (config, images) = (&self.config.model, self.images);
        let generator: Generator = weights::load(Module::valid(&state.network.generator), &kept(state), self.device)?;
        let judge = Module::valid(&state.network.discriminator);
        let asked = |photos: &[usize]| {
            mean(&images::scores(&judge, images, &photos[..photos.len().min(ASKED)], config, self.device))
        };
        let (learned, held) = (asked(self.photos), asked(images.split(Split::Validation)));
        let rows = images.classes.len().min(ROWS);
        let wanted: Vec<(usize, u64)> =
            (0..rows * COLUMNS).map(|i| (i / COLUMNS, combine(combine(self.seed, SHEET), i as u64))).collect();
        let mut cells = Vec::new();
        let mut made = Vec::new();
        images::make(&generator, config, images.classes.len(), &wanted, self.device, |pictures, wanted| {
            let labels: Vec<usize> = wanted.iter().map(|(label, _)| *label).collect();
            let classes = one_hot(&labels, images.classes.len(), self.device);
            let scores = values(judge.forward(pictures.clone(), classes));
            cells.extend(
                images::pixels(pictures)
                    .into_iter()
                    .zip(&scores)
                    .map(|(pixels, score)| Cell { pixels, number: realism(*score, held) }),
            );
            made.extend(scores);
        });
        let folder = self.run.join(SAMPLES);
        std::fs::create_dir_all(&folder)?;
        let path = folder.join(format!("epoch-{:04}.png", state.position.epoch));
        Grid::new(&cells, COLUMNS, config.size).save(&path)?;
        let realism = mean(&cells.iter().map(|cell| cell.number).collect::<Vec<_>>());
        let overfitting = (learned - held) / (learned - mean(&made));
        Ok(Opinion { realism, overfitting })
    }
}

/// What the discriminator says after a pass.
struct Opinion {
    /// The mean of the samples' [`realism`].
    realism: f32,
    /// Where the score of photos that were held back lies between those that were learned from, 0, and what was made, 1
    /// (Karras et al. 2020, eq. 1).
    overfitting: f32,
}

/// How real a picture looks beside photos that were held back, 0 to 1: σ(D(picture) - mean D(photo)), Jolicoeur-Martineau 2018,
/// eq. 14. A half is as real as they are.
fn realism(score: f32, held: f32) -> f32 {
    1.0 / (1.0 + (held - score).exp())
}

/// The generator that a run is judged by.
fn kept(state: &Checkpoint<Gan>) -> Weights {
    state.average.clone().unwrap_or_else(|| weights::save(&state.network.generator))
}

fn scalar(loss: &Tensor<1>) -> f64 {
    f64::from(values(loss.clone())[0])
}

fn mean(values: &[f32]) -> f32 {
    values.iter().sum::<f32>() / values.len() as f32
}

#[cfg(test)]
mod tests {
    use windowshop_schema::{GanConfig, GanLoss};

    use super::*;

    /// Bright left halves and bright upper halves, of 8 x 8 pixels.
    fn images() -> ImageDataset {
        let picture = |i: usize| {
            let bright = |at: usize| if i.is_multiple_of(2) { at % 8 < 4 } else { at < 32 };
            (0..64).map(|at| if bright(at) { 200 + (i % 50) as u8 } else { (i % 30) as u8 }).collect()
        };
        let labels = (0..48).map(|i| i % 2).collect();
        let names = vec!["left".to_owned(), "upper".to_owned()];
        let parts = [(Split::Train, (0..40).collect()), (Split::Validation, (40..48).collect())];
        ImageDataset::whole(names, (0..48).map(picture).collect(), labels).with_parts(parts)
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

    fn training<'a>(
        config: &'a GanTrainConfig,
        images: &'a ImageDataset,
        device: &'a Device,
        run: &'a Path,
    ) -> GanTraining<'a> {
        let photos = images.split(Split::Train);
        GanTraining { config, images, photos, seed: 1, device, run, fingerprint: "toy".into(), resume: true }
    }

    /// The same photos and draws again and again, and what one network lost each time.
    fn losses(state: &mut Checkpoint<Gan>, config: &GanTrainConfig, of: impl Fn(&Losses) -> f64) -> Vec<f64> {
        let (images, device) = (images(), Device::flex());
        let training = training(config, &images, &device, Path::new("."));
        let photos: Vec<usize> = (0..16).collect();
        (0..25).map(|_| of(&training.step(state, &photos, 7))).collect()
    }

    #[test]
    fn each_network_lowers_its_loss_while_the_other_stands_still() {
        let (still, moving) = (1e-12, 5e-3);
        for loss in [GanLoss::NonSaturating, GanLoss::Relativistic] {
            for spectral_norm in [false, true] {
                let mut config = GanTrainConfig { loss, ..config() };
                config.model.spectral_norm = spectral_norm;
                let mut state = Checkpoint::start(start(&config, &Device::flex()), GanTraining::optimizer(&config), "");
                let judging =
                    GanTrainConfig { learning_rate: still, discriminator_learning_rate: moving, ..config.clone() };
                let making = GanTrainConfig { learning_rate: moving, discriminator_learning_rate: still, ..config };
                let judged = losses(&mut state, &judging, |losses| losses.discriminator);
                let made = losses(&mut state, &making, |losses| losses.generator);
                for lost in [judged, made] {
                    assert!(lost[24] < 0.97 * lost[0], "{loss:?}, spectral {spectral_norm}: {lost:?}");
                }
            }
        }
    }

    #[test]
    fn a_run_that_was_stopped_and_went_on_ends_as_one_that_never_was() {
        let (images, device, folder) = (images(), Device::flex(), tempfile::tempdir().unwrap());
        let run = |name: &str, epochs: usize| {
            let run = folder.path().join(name);
            std::fs::create_dir_all(&run).unwrap();
            let config = GanTrainConfig { epochs, ..config() };
            training(&config, &images, &device, &run)
                .run(&start(&config, &device), &mut Progress::new(1, None).unwrap())
                .unwrap()
        };
        run("stopped", 1);
        assert_eq!(run("stopped", 2), run("whole", 2));
        assert!(folder.path().join("whole").join(SAMPLES).join("epoch-0002.png").exists());
        let config = config();
        let whole = folder.path().join("whole");
        let other = GanTraining { fingerprint: "other".into(), ..training(&config, &images, &device, &whole) };
        let error = other.run(&start(&config, &device), &mut Progress::new(1, None).unwrap()).unwrap_err();
        assert!(error.to_string().contains("other settings"), "{error}");
    }
}
