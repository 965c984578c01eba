//! Synthetic images beside the photos that a network learns from.

use std::path::Path;

use anyhow::bail;
use burn::tensor::Device;
use windowshop_schema::{ImageTrainConfig, manifest::PhotoSpec};

use super::{
    measure::{evaluation::generate, features::encoder_input},
    model::GeneratorModel,
};
use crate::{
    image::image_dataset::ImageDataset,
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
    images: &mut ImageDataset,
    spec: &PhotoSpec,
    device: &Device,
) -> anyhow::Result<()> {
    if config.generated.is_empty() {
        return Ok(());
    }
    let folder = Path::new(&config.generated);
    let model = GeneratorModel::open(folder, device)?;
    run::refuse_stranger(folder, dataset, cut, config.samples_per_class)?;
    if model.card.classes != images.classes {
        bail!(
            "generated = \"{}\": it makes pictures of {}, these are of {}; train it on these photos",
            config.generated,
            model.card.classes.join(", "),
            images.classes.join(", ")
        );
    }
    let real: Vec<usize> = images.split(Split::Train).iter().map(|&photo| images.labels[photo]).collect();
    let labels = made_up(&real, images.classes.len(), config.generated_share);
    let made = generate(&model, &labels, cut.seed ^ LEARNED, device);
    let made = made.iter().map(|picture| encoder_input(picture, &model.card.model, spec));
    images.expand(made.zip(labels), config.generated_only);
    Ok(())
}
