//! `trainer train image`

use std::sync::Arc;

use anyhow::bail;
use burn::{module::Module, tensor::Device};
use serde_json::json;
use windowshop_augment::AugmentPolicy;
use windowshop_metrics::{calibration, classification::Evaluation, retrieval};
use windowshop_model::{ImageClassifier, ImageEncoder, weights};
use windowshop_schema::{
    ImageNetwork, ImageTrainConfig, NetworkKind,
    manifest::{ImageCard, PhotoSpec},
};

use super::{Args, BYTES_A_PARAMETER, fresh_run};
use crate::{
    ablation::expansion,
    config, dataset, device,
    gan::expand::expand,
    image::{
        augment::{self, Augmentation},
        image_dataset::{self, ImageDataset},
        learner::{self, PhotoLearner, Seen},
        model,
        transfer::{self, FeatureLearner, Features},
    },
    learning::{
        optimise::{Schedule, Training},
        split::Split,
    },
    network_file,
    progress::Progress,
};

/// `trainer train image`
pub fn image(args: &Args) -> anyhow::Result<()> {
    let dataset = dataset::open(&args.data)?;
    let photos = image_dataset::photos(&dataset)?;
    if photos.is_empty() {
        bail!(
            "{}: no photos in this dataset: the image network learns from photos; add a [photos] section, or `image` and `category` in [catalogue], to store.toml and ingest again",
            args.data.display()
        );
    }
    let config: ImageTrainConfig =
        config::training(&dataset.store.train.image, args.config.as_deref(), &args.settings())?;
    config::check_image(&config)?;
    let policy = augment::named(&config)?;
    let cut = args.cut(config.validation_share, config.test_share);
    let device = device::open(args.device)?;
    let own_test = photos.iter().any(|photo| photo.is_test);
    args.refuse_folds(own_test, "the store names its test photos")?;
    fresh_run(args)?;
    let mut spec = model::spec(&config.model);
    let mut images = ImageDataset::new(&photos, &spec, &cut, config.samples_per_class)?;
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
    expand(&config, &dataset.fingerprint, cut, &mut images, &spec, &device)?;
    let images = Arc::new(images);
    let sizes = [Split::Train, Split::Validation, Split::Test].map(|split| images.split(split).len());
    device.seed(args.seed);
    let start = ImageClassifier::init(&config.model, images.classes.len(), &device.clone().autodiff());
    let parameters = start.num_params();
    let steps = sizes[0].div_ceil(config.batch) * config.epochs;
    if args.dry_run {
        println!(
            "photos      {} to train on\nparameters  {parameters}\nmemory      about {} MiB for photos, weights and optimizer\ntime        {steps} steps of {} photos\ndisk        about {} MiB for the checkpoint and the run's network",
            sizes[0],
            (parameters * BYTES_A_PARAMETER + images.pixels.iter().map(Vec::len).sum::<usize>()) >> 20,
            config.batch,
            (parameters * BYTES_A_PARAMETER) >> 20,
        );
        return Ok(());
    }
    let info =
        args.begin(NetworkKind::Image.task(), &config, cut, &dataset, expansion::of_photos(&config, real, sizes[0]))?;
    let training = Training {
        schedule: learner::schedule(&config),
        seed: args.seed,
        device: &device,
        run: &args.out,
        fingerprint: format!(
            "{}-{}{}",
            info.dataset,
            serde_json::to_string(&(&config, info.seed))?,
            policy.as_ref().map(AugmentPolicy::to_json).unwrap_or_default()
        ),
        resume: args.resume,
    };
    let log = args.out.join("log.jsonl");
    Progress::new(0, Some(&log))?.event(&json!({
        "event": "start", "task": "image", "parameters": parameters, "device": format!("{:?}", args.device),
        "train": sizes[0], "real": real, "validation": sizes[1], "test": sizes[2], "classes": &images.classes, "seed": args.seed,
    }))?;
    let lesson = Lesson {
        config: &config,
        images: &images,
        spec: &spec,
        policy,
        device: &device,
        training: &training,
        log: &log,
    };
    let learned = match config.model.network {
        ImageNetwork::Light => lesson.learn_photos(&start)?,
        ImageNetwork::EfficientnetLite0 => lesson.learn_features(&start)?,
    };
    let evaluation = learned.evaluate(args.seed);
    let card = ImageCard {
        model: windowshop_schema::ImageConfig { backbone: String::new(), ..config.model.clone() },
        photo: spec.clone(),
        classes: images.classes.clone(),
        temperature: learned.temperature,
        metrics: evaluation.to_card(),
        card: args.model_card(
            &dataset,
            sizes,
            "A photo of anything else is named after the nearest of the known categories.",
            &info,
        ),
    };
    network_file::write(NetworkKind::Image, &args.out, &dataset.name, model::to_file(&card, &learned.weights)?)?;
    let mut done = evaluation.to_json();
    done.insert("event".into(), "test".into());
    Progress::new(0, Some(&log))?.event(&done.into())?;
    args.done(&args.evaluation(NetworkKind::Image));
    Ok(())
}

/// What a training is made of.
struct Lesson<'a> {
    config: &'a ImageTrainConfig,
    images: &'a Arc<ImageDataset>,
    spec: &'a PhotoSpec,
    /// What the settings name instead of the usual changes.
    policy: Option<AugmentPolicy>,
    device: &'a Device,
    training: &'a Training<'a>,
    log: &'a std::path::Path,
}

/// A trained network and what it says about the test photos.
struct Learned {
    weights: weights::Weights,
    temperature: f32,
    test: Seen,
}

impl Lesson<'_> {
    fn photo_learner(&self) -> PhotoLearner<'_> {
        let augmentation = Augmentation::new(self.policy.clone(), self.config, self.spec);
        PhotoLearner::new(self.config, self.images, self.spec, augmentation, self.device)
    }

    /// The whole network learns.
    fn learn_photos(&self, start: &ImageClassifier) -> anyhow::Result<Learned> {
        let learner = self.photo_learner();
        let mut progress = Progress::new(self.steps(self.config.epochs), Some(self.log))?;
        let best = self.training.run(&learner, start.clone(), &mut progress)?;
        self.judge_photos(start, best)
    }

    /// What a whole network says.
    fn judge_photos(&self, start: &ImageClassifier, weights: weights::Weights) -> anyhow::Result<Learned> {
        let network = weights::load(Module::valid(start), &weights, self.device)?;
        let seen = |split, temperature| {
            Seen::read(&network, self.images, self.images.split(split), self.spec, temperature, self.device)
        };
        let temperature = calibration::temperature(&seen(Split::Validation, 1.0).predictions);
        Ok(Learned { weights, temperature, test: seen(Split::Test, temperature) })
    }

    /// The layers behind a pretrained backbone learn, then, where it is asked for, the backbone with them.
    fn learn_features(&self, start: &ImageClassifier) -> anyhow::Result<Learned> {
        let encoder = ImageEncoder::init(&self.config.model, self.device);
        let encoder = transfer::backbone(&self.config.model.backbone, encoder, self.device)?;
        let several = self.images.split(Split::Train);
        let policies = augment::views(self.policy.as_ref(), self.config.views.max(1));
        let reads = Features::steps(self.images.pixels.len(), several.len(), policies.len());
        let reading = Progress::new(reads as u64, None)?;
        let step = || reading.step("features");
        let features = Features::read(&encoder, self.images, several, &policies, self.spec, self.device, step);
        reading.finish();
        let learner = FeatureLearner::new(self.config, self.images, &features, self.device);
        let mut progress = Progress::new(self.steps(self.config.epochs), Some(self.log))?;
        let best = self.training.run(&learner, start.embedder.clone(), &mut progress)?;
        let embedder = weights::load(Module::valid(&start.embedder), &best, self.device)?;
        if self.config.tune_epochs > 0 {
            return self.tune(start, &weights::save(&ImageClassifier { encoder, embedder }));
        }
        let seen = |split, temperature| learner.seen(&embedder, self.images.split(split), temperature);
        let temperature = calibration::temperature(&seen(Split::Validation, 1.0).predictions);
        let test = seen(Split::Test, temperature);
        Ok(Learned { weights: weights::save(&ImageClassifier { encoder, embedder }), temperature, test })
    }

    /// A pretrained backbone and the layers behind it learn together, slowly.
    fn tune(&self, start: &ImageClassifier, learned: &weights::Weights) -> anyhow::Result<Learned> {
        let run = self.training.run.join("tune");
        std::fs::create_dir_all(&run)?;
        let schedule = Schedule {
            epochs: self.config.tune_epochs,
            learning_rate: self.config.tune_learning_rate,
            ..self.training.schedule.clone()
        };
        let training =
            Training { schedule, run: &run, fingerprint: self.training.fingerprint.clone(), ..*self.training };
        let learner = self.photo_learner();
        let network = weights::load(start.clone(), learned, &self.device.clone().autodiff())?;
        let mut progress = Progress::new(self.steps(self.config.tune_epochs), Some(self.log))?;
        let best = training.run(&learner, network, &mut progress)?;
        self.judge_photos(start, best)
    }

    fn steps(&self, epochs: usize) -> u64 {
        (self.training.steps(self.images.split(Split::Train).len()) * epochs) as u64
    }
}

impl Learned {
    fn evaluate(&self, seed: u64) -> Evaluation {
        let mut evaluation = self.test.predictions.evaluate(seed);
        let recall = retrieval::recall_at_1(&self.test.embeddings, &self.test.predictions.labels, seed);
        evaluation.metrics.extend(recall.map(|recall| ("recall@1".to_owned(), recall)));
        evaluation
    }
}
