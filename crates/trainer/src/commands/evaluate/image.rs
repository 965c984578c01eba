//! `trainer evaluate image`

use anyhow::bail;
use serde_json::json;
use windowshop_augment::Key;
use windowshop_ingest::Photo;
use windowshop_metrics::retrieval;
use windowshop_schema::NetworkKind;

use super::{Args, Opened, print};
use crate::{
    augmentation, device,
    image::{
        augment,
        image_dataset::{ImageDataset, photos, split_of},
        learner::Seen,
        model::ImageModel,
        rows, views,
    },
};

#[derive(Debug, clap::Args)]
pub struct ImageArgs {
    #[command(flatten)]
    pub args: Args,
    /// Average over so many views of each photo: the photo, and what --policy makes of it; prints the gain.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=64))]
    views: u32,
    /// How views differ from the photo: a JSON file, or a policy by name.
    #[arg(long, default_value = "views")]
    policy: String,
}

/// `trainer evaluate image`
pub fn image(ImageArgs { args, views, policy }: &ImageArgs) -> anyhow::Result<()> {
    if args.dump.is_some() {
        bail!("--dump: an image network reads pixels; --rows writes them with what it says about them");
    }
    let views_policy = augmentation::policy::photos(policy)?;
    let opened = Opened::new(args, Some(NetworkKind::Image))?;
    let device = device::open(args.device)?;
    let ImageModel { card, network, bytes } = ImageModel::open(&args.model, &device)?;
    augment::check(&views_policy, policy, card.photo.size)?;
    let all = photos(&opened.dataset)?;
    let own_test = all.iter().any(|photo| photo.is_test);
    let wanted = |photo: &&Photo| match (opened.split, &opened.info) {
        (Some(wanted), Some(info)) => split_of(photo, own_test, &info.cut) == wanted,
        // Photos that were set aside for testing are what is tested.
        _ => photo.is_test || !own_test,
    };
    let judged: Vec<Photo> = all.iter().filter(wanted).take(args.limit.unwrap_or(usize::MAX)).cloned().collect();
    let known: Vec<Photo> = judged.iter().filter(|photo| card.classes.contains(&photo.label)).cloned().collect();
    if known.is_empty() {
        bail!("{}: no photos of {} to evaluate", args.data.display(), card.classes.join(", "));
    }
    let images = ImageDataset::unsplit(&known, &card.classes, &card.photo)?;
    let places: Vec<usize> = (0..known.len()).collect();
    let seed = card.card.seed;
    let look = |images: &ImageDataset| Seen::read(&network, images, &places, &card.photo, card.temperature, &device);
    let view = |number: u32| {
        look(&images.changed(|photo, pixels| {
            let key = Key { seed, sample: photo as u64, epoch: number };
            augment::changed(&views_policy, pixels, &card.photo, key)
        }))
    };
    let plain = look(&images);
    let averaged = match *views {
        1 => None,
        _ => views::mean(std::iter::once(plain.clone()).chain((1..*views).map(view)).collect()),
    };
    let seen = averaged.as_ref().unwrap_or(&plain);
    if let Some(path) = &args.rows {
        rows::write(path, &images, &card.photo, &seen.predictions)?;
    }
    let mut evaluation = seen.predictions.evaluate(seed);
    let recall = retrieval::recall_at_1(&seen.embeddings, &images.labels, seed);
    evaluation.metrics.extend(recall.map(|recall| ("recall@1".to_owned(), recall)));
    if let Some(averaged) = &averaged {
        evaluation.metrics.extend(views::gains(&plain, averaged, seed));
    }
    let mut out = evaluation.to_json();
    out.insert("views".into(), json!(views));
    let damaged = opened.dataset.report.dropped_rows("photos");
    out.insert("n_skipped".into(), json!((judged.len() - known.len()) as u64 + damaged));
    out.insert("seed".into(), json!(seed));
    out.insert("model_bytes".into(), json!(bytes));
    out.insert("classes".into(), json!(card.classes));
    out.insert("split".into(), json!(opened.split));
    print(&out, args.json);
    Ok(())
}
