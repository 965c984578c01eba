//! `trainer train gan`

use anyhow::bail;
use burn::{module::Module, tensor::Device};
use serde_json::json;
use windowshop_model::{Gan, weights::Weights};
use windowshop_schema::{
    GanConfig, GanTrainConfig, NetworkKind,
    dims::MAX_GENERATED_SIDE,
    manifest::{GeneratorCard, ModelCard},
    store::Train,
};

use super::event;
use crate::{
    config,
    gan::{FEW_TRAINING_PHOTOS, images, model, training::GanObjective},
    image::image_dataset::ImageDataset,
    learning::{
        optimise::{Procedure, Training},
        split::Split,
    },
    network_file,
    progress::Progress,
    run::SAMPLES,
    task::{Description, Job, Outcome, Output, Task, TaskName},
};

/// Bytes of a parameter while training: weight, gradient, two moments and average, in f32.
const BYTES_PER_PARAMETER: usize = 20;

/// Photos by category.
pub struct GanTask {
    images: ImageDataset,
    /// Rows of the training photos.
    photos: Vec<usize>,
}

impl GanTask {
    fn objective<'a>(&'a self, job: &'a Job<'_, Self>) -> GanObjective<'a> {
        GanObjective {
            config: &job.config,
            images: &self.images,
            photos: &self.photos,
            seed: job.args.seed,
            device: &job.device,
            samples: job.args.out.join(SAMPLES),
        }
    }
}

impl Task for GanTask {
    const NAME: TaskName = TaskName::Gan;
    type Config = GanTrainConfig;
    type Network = Gan;
    type Trained = Weights;

    fn settings(store: &Train) -> &GanTrainConfig {
        &store.gan
    }

    fn check(config: &GanTrainConfig) -> anyhow::Result<()> {
        let GanConfig { size, channels, latent_dim, width, discriminator_width, .. } = config.model;
        if !(8..=MAX_GENERATED_SIDE).contains(&size) || !size.is_multiple_of(4) || !matches!(channels, 1 | 3) {
            bail!(
                "model: size {size}, channels {channels}: expected a side of 8 to {MAX_GENERATED_SIDE} pixels that 4 divides, such as 32 or 64, and 1 (grey) or 3 channels"
            );
        }
        if latent_dim == 0 || width == 0 || discriminator_width == 0 {
            bail!(
                "model: latent_dim {latent_dim}, width {width}, discriminator_width {discriminator_width}: expected at least 1 each"
            );
        }
        for (name, rate) in [
            ("learning_rate", config.learning_rate),
            ("discriminator_learning_rate", config.discriminator_learning_rate),
        ] {
            if rate <= 0.0 {
                bail!("{name} {rate}: expected more than 0");
            }
        }
        if config.r1 < 0.0 || config.r1_every == 0 {
            bail!(
                "r1 {}, r1_every {}: expected a weight of at least 0 and an interval of at least 1 step",
                config.r1,
                config.r1_every
            );
        }
        for (name, share) in [("translation", config.translation), ("colour", config.colour), ("cutout", config.cutout)]
        {
            if !(0.0..=1.0).contains(&share) {
                bail!("{name} {share}: expected a share from 0 to 1");
            }
        }
        for (name, share) in
            [("momentum", config.momentum), ("scale_decay", config.scale_decay), ("ema_decay", config.ema_decay)]
        {
            config::check_share(name, share)?;
        }
        if config.batch < 2 {
            bail!("batch {}: expected at least 2: images are normalised by their batch", config.batch);
        }
        Ok(())
    }

    fn prepare(job: &Job<'_, Self>) -> anyhow::Result<Self> {
        let Job { args, dataset, config, cut, .. } = job;
        if dataset.photos.is_empty() {
            bail!(
                "{}: no photos in this dataset: a generator learns from photos; add a [photos] section to store.toml and ingest again",
                args.training.data.display()
            );
        }
        let images = ImageDataset::new(&dataset.photos, &images::spec(&config.model), cut, config.samples_per_class)?;
        let photos = images::chosen(images.split(Split::Train), config.photos, args.seed);
        if photos.len() < config.batch {
            bail!(
                "{} photos for training, fewer than a batch of {}: the discriminator would see all of them at every step and overfit; give more photos, or a smaller batch",
                photos.len(),
                config.batch
            );
        }
        if photos.len() <= FEW_TRAINING_PHOTOS {
            eprintln!(
                "warning: {} training photos: with {FEW_TRAINING_PHOTOS} or fewer the discriminator begins to overfit within 300 steps (docs/decisions/0017-conditional-gan-for-product-images.md); watch validation_overfitting, and keep translation, colour and cutout on",
                photos.len()
            );
        }
        Ok(Self { images, photos })
    }

    fn init(&self, job: &Job<'_, Self>, device: &Device) -> Gan {
        Gan::init(&job.config.model, self.images.classes.len(), device)
    }

    fn estimate(&self, job: &Job<'_, Self>, start: &Gan) -> String {
        let (parameters, generator) = (start.num_params(), start.generator.num_params());
        format!(
            "photos      {} to train on, {} categories\nparameters  {parameters}, {generator} of them the generator's: {} KiB in f16\nmemory      about {} MiB for photos, weights and optimizer\ntime        {} steps of {} photos\ndisk        about {} MiB for the checkpoint and the run's network",
            self.photos.len(),
            self.images.classes.len(),
            (generator * 2) >> 10,
            (parameters * BYTES_PER_PARAMETER + self.images.pixels.iter().map(Vec::len).sum::<usize>()) >> 20,
            self.objective(job).steps() * job.config.epochs,
            job.config.batch,
            (parameters * BYTES_PER_PARAMETER) >> 20,
        )
    }

    fn description(&self, _job: &Job<'_, Self>) -> Description {
        let [validation, test] = [Split::Validation, Split::Test].map(|split| self.images.split(split).len());
        Description {
            sizes: [self.photos.len(), validation, test],
            limit: "Generated images resemble the training photos and share their bias; none shows a product that can be bought.",
            event: event([("classes", json!(self.images.classes))]),
            ..Description::default()
        }
    }

    fn train(
        &self,
        job: &Job<'_, Self>,
        training: &Training<'_>,
        start: &Gan,
        progress: &mut Progress,
    ) -> anyhow::Result<Weights> {
        training.run_procedure(&self.objective(job), start.clone(), progress)
    }

    /// Writes the card without metrics: `trainer evaluate gan` measures a generator, with an image network as encoder.
    fn evaluate(
        self,
        job: &Job<'_, Self>,
        _start: &Gan,
        generator: Weights,
        card: ModelCard,
    ) -> anyhow::Result<Outcome> {
        let card = GeneratorCard {
            model: job.config.model.clone(),
            classes: self.images.classes.clone(),
            metrics: Default::default(),
            card,
        };
        let file = model::to_file(&card, &generator)?;
        if !job.args.quiet {
            println!("samples: {}", job.args.out.join(SAMPLES).display());
        }
        Ok(Outcome {
            output: Output::Bundle(Box::new(network_file::bundle(NetworkKind::Generator, &job.dataset.name, file))),
            test: None,
            next: format!("{} --encoder IMAGE_RUN", job.evaluation()),
        })
    }
}
