//! `trainer train image`

use std::sync::Arc;

use anyhow::bail;
use burn::{module::Module, tensor::Device};
use serde_json::json;
use windowshop_augment::AugmentPolicy;
use windowshop_metrics::{calibration, classification::Evaluation, retrieval};
use windowshop_model::{
    ImageClassifier, ImageEncoder,
    weights::{self, Weights},
};
use windowshop_schema::{
    ImageConfig, ImageNetwork, ImageTrainConfig, NetworkKind,
    manifest::{ImageCard, ModelCard, PhotoSpec},
    store::Train,
};

use super::{BYTES_PER_PARAMETER, event};
use crate::{
    ablation::expansion,
    config,
    gan::expand::expand,
    image::{
        augment::{self, Augmentation},
        image_dataset::{self, ImageDataset},
        learner::{ImagePredictions, PhotoLearner},
        model,
        transfer::{self, FeatureLearner, Features},
    },
    learning::{optimise::Training, schedule::Schedule, split::Split},
    network_file,
    progress::Progress,
    task::{Description, Job, Outcome, Output, Task, TaskName},
};

/// Photos by category, and how the network reads them.
pub struct ImageTask {
    images: Arc<ImageDataset>,
    spec: PhotoSpec,
    /// The augmentation that the settings name, in place of the usual one.
    policy: Option<AugmentPolicy>,
    /// Real training photos.
    real: usize,
}

/// A calibrated network and its outputs for the test photos.
pub struct Trained {
    weights: Weights,
    temperature: f32,
    test: ImagePredictions,
}

impl Task for ImageTask {
    const NAME: TaskName = TaskName::Image;
    type Config = ImageTrainConfig;
    type Network = ImageClassifier;
    type Trained = Trained;

    fn settings(store: &Train) -> &ImageTrainConfig {
        &store.image
    }

    fn check(config: &ImageTrainConfig) -> anyhow::Result<()> {
        let ImageConfig { network, size, channels, width, embedding_dim, hidden_dim, dropout, .. } = config.model;
        if !(8..=512).contains(&size) || !matches!(channels, 1 | 3) {
            bail!(
                "model: size {size}, channels {channels}: expected a side of 8 to 512 pixels and 1 (grey) or 3 channels"
            );
        }
        if network == ImageNetwork::EfficientnetLite0 && (channels != 3 || size < 64) {
            bail!("model: efficientnet_lite0 with channels {channels}, size {size}: expected 3 and at least 64");
        }
        if width == 0 || embedding_dim == 0 || hidden_dim == 0 {
            bail!(
                "model: width {width}, embedding_dim {embedding_dim}, hidden_dim {hidden_dim}: expected at least 1 each"
            );
        }
        config::check_share("model.dropout", dropout)?;
        if network == ImageNetwork::Light && config.tune_epochs > 0 {
            bail!(
                "tune_epochs {}: expected 0 with the light network: only a pretrained backbone is fine-tuned",
                config.tune_epochs
            );
        }
        for (name, share) in
            [("shift", config.shift), ("flip", config.flip), ("erase", config.erase), ("zoom", config.zoom)]
        {
            if !(0.0..=1.0).contains(&share) {
                bail!("{name} {share}: expected a share from 0 to 1");
            }
        }
        config::check_generated(&config.generated, config.generated_share, config.generated_only)
    }

    fn prepare(job: &Job<'_, Self>) -> anyhow::Result<Self> {
        let Job { args, dataset, config, cut, .. } = job;
        let photos = image_dataset::photos(dataset)?;
        if photos.is_empty() {
            bail!(
                "{}: no photos in this dataset: the image network learns from photos; add a [photos] section, or `image` and `category` in [catalogue], to store.toml and ingest again",
                args.training.data.display()
            );
        }
        let policy = augment::named(config)?;
        job.refuse_folds(photos.iter().any(|photo| photo.is_test), "the store names its test photos")?;
        let mut spec = model::spec(&config.model);
        let mut images = ImageDataset::new(&photos, &spec, cut, config.samples_per_class)?;
        if images.classes.len() < 2 {
            bail!(
                "all {} photos are of category {}: expected at least two to tell apart",
                photos.len(),
                images.classes.join("")
            );
        }
        if config.model.network == ImageNetwork::Light {
            (spec.mean, spec.std) = images.statistics(images.split(Split::Train), spec.channels);
        }
        let real = images.split(Split::Train).len();
        expand(config, &dataset.fingerprint, *cut, &mut images, &spec, &job.device)?;
        Ok(Self { images: Arc::new(images), spec, policy, real })
    }

    fn init(&self, job: &Job<'_, Self>, device: &Device) -> ImageClassifier {
        ImageClassifier::init(&job.config.model, self.images.classes.len(), device)
    }

    fn estimate(&self, job: &Job<'_, Self>, start: &ImageClassifier) -> String {
        let (parameters, photos) = (start.num_params(), self.images.split(Split::Train).len());
        format!(
            "photos      {photos} to train on\nparameters  {parameters}\nmemory      about {} MiB for photos, weights and optimizer\ntime        {} steps of {} photos\ndisk        about {} MiB for the checkpoint and the run's network",
            (parameters * BYTES_PER_PARAMETER + self.images.pixels.iter().map(Vec::len).sum::<usize>()) >> 20,
            photos.div_ceil(job.config.batch) * job.config.epochs,
            job.config.batch,
            (parameters * BYTES_PER_PARAMETER) >> 20,
        )
    }

    fn description(&self, job: &Job<'_, Self>) -> Description {
        let sizes = [Split::Train, Split::Validation, Split::Test].map(|split| self.images.split(split).len());
        Description {
            sizes,
            limit: "A photo of another category is assigned to the nearest known one.",
            expansion: expansion::of_photos(&job.config, self.real, sizes[0]),
            event: event([("real", json!(self.real)), ("classes", json!(self.images.classes))]),
            fingerprint: self.policy.as_ref().map(AugmentPolicy::to_json).unwrap_or_default(),
            ..Description::default()
        }
    }

    fn train(
        &self,
        job: &Job<'_, Self>,
        training: &Training<'_>,
        start: &ImageClassifier,
        progress: &mut Progress,
    ) -> anyhow::Result<Trained> {
        match job.config.model.network {
            ImageNetwork::Light => {
                let best = training.run(&self.learner(job), start.clone(), progress)?;
                self.calibrate(job, start, best)
            }
            ImageNetwork::EfficientnetLite0 => self.train_head(job, training, start, progress),
        }
    }

    fn evaluate(
        self,
        job: &Job<'_, Self>,
        _start: &ImageClassifier,
        trained: Trained,
        card: ModelCard,
    ) -> anyhow::Result<Outcome> {
        let evaluation = trained.evaluate(job.args.seed);
        let card = ImageCard {
            model: ImageConfig { backbone: String::new(), ..job.config.model.clone() },
            photo: self.spec,
            classes: self.images.classes.clone(),
            temperature: trained.temperature,
            metrics: evaluation.to_card(),
            card,
        };
        let file = model::to_file(&card, &trained.weights)?;
        Ok(Outcome {
            output: Output::Bundle(Box::new(network_file::bundle(NetworkKind::Image, &job.dataset.name, file))),
            test: Some(evaluation.to_json()),
            next: job.evaluation(),
        })
    }
}

impl ImageTask {
    fn learner<'a>(&'a self, job: &'a Job<'_, Self>) -> PhotoLearner<'a> {
        let augmentation = Augmentation::new(self.policy.clone(), &job.config, &self.spec);
        PhotoLearner::new(&job.config, &self.images, &self.spec, augmentation, &job.device)
    }

    /// Calibrates a whole network and evaluates it on the test photos.
    fn calibrate(&self, job: &Job<'_, Self>, start: &ImageClassifier, weights: Weights) -> anyhow::Result<Trained> {
        let network = weights::load(Module::valid(start), &weights, &job.device)?;
        let outputs = |split, temperature| {
            ImagePredictions::of_network(
                &network,
                &self.images,
                self.images.split(split),
                &self.spec,
                temperature,
                &job.device,
            )
        };
        let temperature = calibration::temperature(&outputs(Split::Validation, 1.0).predictions);
        Ok(Trained { weights, temperature, test: outputs(Split::Test, temperature) })
    }

    /// Trains the layers behind a frozen pretrained backbone; with `tune_epochs`, then the backbone with them.
    fn train_head(
        &self,
        job: &Job<'_, Self>,
        training: &Training<'_>,
        start: &ImageClassifier,
        progress: &mut Progress,
    ) -> anyhow::Result<Trained> {
        let (config, images, device) = (&job.config, &self.images, &job.device);
        let encoder = ImageEncoder::init(&config.model, device);
        let encoder = transfer::backbone(&config.model.backbone, encoder, device)?;
        let train = images.split(Split::Train);
        let policies = augment::views(self.policy.as_ref(), config.views.max(1));
        progress.restart(Features::steps(images.pixels.len(), train.len(), policies.len()) as u64);
        let step = || progress.step("features");
        let features = Features::read(&encoder, images, train, &policies, &self.spec, device, step);
        let learner = FeatureLearner::new(config, images, &features, device);
        let best = training.run(&learner, start.embedder.clone(), progress)?;
        let embedder = weights::load(Module::valid(&start.embedder), &best, device)?;
        if config.tune_epochs > 0 {
            let trained = weights::save(&ImageClassifier { encoder, embedder });
            return self.fine_tune(job, training, start, &trained, progress);
        }
        let outputs = |split, temperature| learner.predict(&embedder, images.split(split), temperature);
        let temperature = calibration::temperature(&outputs(Split::Validation, 1.0).predictions);
        let test = outputs(Split::Test, temperature);
        Ok(Trained { weights: weights::save(&ImageClassifier { encoder, embedder }), temperature, test })
    }

    /// Trains a pretrained backbone and the layers behind it together, at a low learning rate.
    fn fine_tune(
        &self,
        job: &Job<'_, Self>,
        training: &Training<'_>,
        start: &ImageClassifier,
        trained: &Weights,
        progress: &mut Progress,
    ) -> anyhow::Result<Trained> {
        let run = training.run.join("tune");
        std::fs::create_dir_all(&run)?;
        let schedule = Schedule {
            epochs: job.config.tune_epochs,
            learning_rate: job.config.tune_learning_rate,
            ..training.schedule.clone()
        };
        let tuning = Training { schedule, run: &run, fingerprint: training.fingerprint.clone(), ..*training };
        let network = weights::load(start.clone(), trained, &job.device.clone().autodiff())?;
        let best = tuning.run(&self.learner(job), network, progress)?;
        self.calibrate(job, start, best)
    }
}

impl Trained {
    fn evaluate(&self, seed: u64) -> Evaluation {
        let mut evaluation = self.test.predictions.evaluate(seed);
        let recall = retrieval::recall_at_1(&self.test.embeddings, &self.test.predictions.labels, seed);
        evaluation.metrics.extend(recall.map(|recall| ("recall@1".to_owned(), recall)));
        evaluation
    }
}
