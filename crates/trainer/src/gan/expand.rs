//! Generated images for the training split of an image network.

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
    learning::split::{Cut, Split, synthetic_labels},
    run,
};

/// Separates the seeds of training images from those of evaluation images.
const TRAINING: u64 = 0x006c_6561_726e_6564;

/// Adds generated images to the training split, as the setting `generated` states.
///
/// # Errors
/// If the generator was trained on other data or categories.
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
    run::check_generator(folder, dataset, cut, config.samples_per_class)?;
    if model.card.classes != images.classes {
        bail!(
            "generated = \"{}\": it generates images of the categories {}, and these photos have {}; train it on these photos",
            config.generated,
            model.card.classes.join(", "),
            images.classes.join(", ")
        );
    }
    let real: Vec<usize> = images.split(Split::Train).iter().map(|&photo| images.labels[photo]).collect();
    let labels = synthetic_labels(&real, images.classes.len(), config.generated_share);
    let generated = generate(&model, &labels, cut.seed ^ TRAINING, device);
    let generated = generated.iter().map(|image| encoder_input(image, &model.card.model, spec));
    images.expand(generated.zip(labels), config.generated_only);
    Ok(())
}
