//! The inputs of the image network as a file, to train another model on.

use std::path::Path;

use safetensors::{Dtype, tensor::TensorView};
use windowshop_metrics::classification::Predictions;
use windowshop_schema::manifest::PhotoSpec;

use super::image_dataset::ImageDataset;

/// Writes safetensors: `pixels` `[photos, channels, size, size]` (u8), `labels` and `named` `[photos]` (i32).
pub fn write(path: &Path, images: &ImageDataset, spec: &PhotoSpec, predictions: &Predictions) -> anyhow::Result<()> {
    let photos = images.pixels.len();
    let pixels = images.pixels.concat();
    let bytes = |numbers: &mut dyn Iterator<Item = usize>| numbers.flat_map(|n| (n as i32).to_le_bytes()).collect();
    let labels: Vec<u8> = bytes(&mut images.labels.iter().copied());
    let named: Vec<u8> = bytes(&mut (0..photos).map(|row| predictions.predicted(row)));
    let tensors = [
        ("pixels", TensorView::new(Dtype::U8, vec![photos, spec.channels, spec.size, spec.size], &pixels)?),
        ("labels", TensorView::new(Dtype::I32, vec![photos], &labels)?),
        ("named", TensorView::new(Dtype::I32, vec![photos], &named)?),
    ];
    Ok(windowshop_files::write(path, safetensors::serialize(tensors, None)?)?)
}
