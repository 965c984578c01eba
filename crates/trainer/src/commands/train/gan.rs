//! `trainer train gan`

use anyhow::bail;
use burn::module::Module;
use serde_json::json;
use windowshop_model::Gan;
use windowshop_schema::{GanTrainConfig, NetworkKind, manifest::GeneratorCard};

use super::{Args, fresh_run};
use crate::{
    config, dataset, device,
    gan::{
        FEW_LEARNED, images, model,
        training::{GanTraining, SAMPLES},
    },
    image::image_dataset::ImageDataset,
    learning::split::Split,
    network_file,
    progress::Progress,
};

/// Weights, gradient, two moments and the average, in f32.
const BYTES_A_PARAMETER: usize = 20;
/// `trainer train gan`
pub fn gan(args: &Args) -> anyhow::Result<()> {
    let dataset = dataset::open(&args.data)?;
    if dataset.photos.is_empty() {
        bail!(
            "{}: no photos in this dataset: a generator learns from photos; add a [photos] section to store.toml and ingest again",
            args.data.display()
        );
    }
    let config: GanTrainConfig = config::training(&dataset.store.train.gan, args.config.as_deref(), &args.settings())?;
    config::check_gan(&config)?;
    let cut = args.cut(config.validation_share, config.test_share);
    let device = device::open(args.device)?;
    fresh_run(args)?;
    let model = &config.model;
    let images = ImageDataset::new(&dataset.photos, &images::spec(model), &cut, config.samples_per_class)?;
    let photos = images::chosen(images.split(Split::Train), config.photos, args.seed);
    if photos.len() < config.batch {
        bail!(
            "{} photos to learn from, fewer than a batch of {}: the discriminator would see all of them at every step and learn them by heart; give more photos, or a smaller batch",
            photos.len(),
            config.batch
        );
    }
    if photos.len() <= FEW_LEARNED {
        eprintln!(
            "warning: {} photos to learn from: of {FEW_LEARNED} or fewer the discriminator begins to know each by heart within 300 steps (docs/decisions/0017-conditional-gan-for-product-images.md); watch validation_overfitting, and keep translation, colour and cutout on",
            photos.len()
        );
    }
    let sizes = [photos.len(), images.split(Split::Validation).len(), images.split(Split::Test).len()];
    device.seed(args.seed);
    let start = Gan::init(model, images.classes.len(), &device.clone().autodiff());
    let (parameters, generator) = (start.num_params(), start.generator.num_params());
    let mut training = GanTraining {
        config: &config,
        images: &images,
        photos: &photos,
        seed: args.seed,
        device: &device,
        run: &args.out,
        fingerprint: String::new(),
        resume: args.resume,
    };
    let steps = training.steps() * config.epochs;
    if args.dry_run {
        println!(
            "photos      {} to learn from, {} categories\nparameters  {parameters}, {generator} of them the generator's: {} KiB in f16\nmemory      about {} MiB for photos, weights and optimizer\ntime        {steps} steps of {} photos\ndisk        about {} MiB for the checkpoint and the run's network",
            sizes[0],
            images.classes.len(),
            (generator * 2) >> 10,
            (parameters * BYTES_A_PARAMETER + images.pixels.iter().map(Vec::len).sum::<usize>()) >> 20,
            config.batch,
            (parameters * BYTES_A_PARAMETER) >> 20,
        );
        return Ok(());
    }
    let info = args.begin(NetworkKind::Generator.task(), &config, cut, &dataset, None)?;
    training.fingerprint = format!("{}-{}", info.dataset, serde_json::to_string(&(&config, info.seed))?);
    let log = args.out.join("log.jsonl");
    let mut progress = Progress::new(steps as u64, Some(&log))?;
    progress.event(&json!({
        "event": "start", "task": NetworkKind::Generator.task(), "parameters": parameters, "device": format!("{:?}", args.device),
        "train": sizes[0], "validation": sizes[1], "test": sizes[2], "classes": &images.classes, "seed": args.seed,
    }))?;
    let weights = training.run(&start, &mut progress)?;
    let card = GeneratorCard {
        model: model.clone(),
        classes: images.classes.clone(),
        metrics: Default::default(),
        card: args.model_card(
            &dataset,
            sizes,
            "What it makes looks like its photos, also where they are one-sided; no picture shows a product that can be bought.", &info,
        ),
    };
    network_file::write(NetworkKind::Generator, &args.out, &dataset.name, model::to_file(&card, &weights)?)?;
    if !args.quiet {
        println!("samples: {}", args.out.join(SAMPLES).display());
    }
    args.done(&format!("{} --encoder IMAGE_RUN", args.evaluation(NetworkKind::Generator)));
    Ok(())
}
