//! `trainer evaluate image`

use anyhow::bail;
use serde_json::json;
use windowshop_ingest::Photo;
use windowshop_schema::Part;

use super::{Args, Opened, print};
use crate::{
    device,
    image::{
        album::{Album, part_of, photos},
        learner::Seen,
        model::ImageModel,
        retrieval, rows,
    },
};

/// `trainer evaluate image`
pub fn image(args: &Args) -> anyhow::Result<()> {
    if args.dump.is_some() {
        bail!("--dump: an image network reads pixels; --rows writes them with what it says about them");
    }
    let opened = Opened::new(args, Some(Part::Image))?;
    let device = device::open(args.device)?;
    let ImageModel { card, network, bytes } = ImageModel::open(&args.model, &device)?;
    let all = photos(&opened.dataset)?;
    let own_test = all.iter().any(|photo| photo.is_test);
    let wanted = |photo: &&Photo| match (opened.split, &opened.info) {
        (Some(wanted), Some(info)) => part_of(photo, own_test, &info.cut) == wanted,
        // Photos that were set aside for testing are what is tested.
        _ => photo.is_test || !own_test,
    };
    let judged: Vec<Photo> = all.iter().filter(wanted).take(args.limit.unwrap_or(usize::MAX)).cloned().collect();
    let known: Vec<Photo> = judged.iter().filter(|photo| card.classes.contains(&photo.label)).cloned().collect();
    if known.is_empty() {
        bail!("{}: no photos of {} to evaluate", args.data.display(), card.classes.join(", "));
    }
    let album = Album::unsplit(&known, &card.classes, &card.photo)?;
    let places: Vec<usize> = (0..known.len()).collect();
    let seen = Seen::look(&network, &album, &places, &card.photo, card.temperature, &device);
    if let Some(path) = &args.rows {
        rows::write(path, &album, &card.photo, &seen.predictions)?;
    }
    let mut evaluation = seen.predictions.evaluate(card.card.seed);
    let recall = retrieval::recall_at_1(&seen.embeddings, &album.labels, card.card.seed);
    evaluation.metrics.extend(recall.map(|recall| ("recall@1".to_owned(), recall)));
    let mut out = evaluation.to_json();
    let damaged = opened.dataset.report.dropped_rows("photos");
    out.insert("n_skipped".into(), json!((judged.len() - known.len()) as u64 + damaged));
    out.insert("seed".into(), json!(card.card.seed));
    out.insert("model_bytes".into(), json!(bytes));
    out.insert("classes".into(), json!(card.classes));
    out.insert("split".into(), json!(opened.split));
    print(&out, args.json);
    Ok(())
}
