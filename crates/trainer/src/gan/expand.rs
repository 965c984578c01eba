//! Made-up pictures beside the photos that a network learns from.

use std::path::Path;

use anyhow::bail;
use burn::tensor::Device;
use windowshop_schema::{ImageTrainConfig, manifest::PhotoSpec};

use super::{
    measure::{features::seen, judge::make},
    model::GeneratorModel,
};
use crate::{
    image::album::Album,
    learning::split::{Cut, Split, made_up},
    run,
};

/// Separates pictures to learn from from pictures to judge a generator by.
const LEARNED: u64 = 0x006c_6561_726e_6564;

/// Adds the pictures that the setting `generated` asks for to the training part.
pub fn expand(
    config: &ImageTrainConfig,
    dataset: &str,
    cut: Cut,
    album: &mut Album,
    spec: &PhotoSpec,
    device: &Device,
) -> anyhow::Result<()> {
    if config.generated.is_empty() {
        return Ok(());
    }
    let folder = Path::new(&config.generated);
    let model = GeneratorModel::open(folder, device)?;
    run::refuse_stranger(folder, dataset, cut, config.samples_per_class)?;
    if model.card.classes != album.classes {
        bail!(
            "generated = \"{}\": it makes pictures of {}, these are of {}; train it on these photos",
            config.generated,
            model.card.classes.join(", "),
            album.classes.join(", ")
        );
    }
    let real: Vec<usize> = album.part(Split::Train).iter().map(|&photo| album.labels[photo]).collect();
    let labels = made_up(&real, album.classes.len(), config.generated_share);
    let made = make(&model, &labels, cut.seed ^ LEARNED, device);
    let made = made.iter().map(|picture| seen(picture, &model.card.model, spec));
    album.expand(made.zip(labels), config.generated_only);
    Ok(())
}
