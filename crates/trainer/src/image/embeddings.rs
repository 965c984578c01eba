//! Image embeddings of a shop's items.

use anyhow::bail;
use burn::tensor::Device;
use windowshop_features::photo;
use windowshop_ingest::{Dataset, Photo};
use windowshop_schema::{dims::COLOR_DESCRIPTOR_DIM, statistics::Vectors};

use super::{learner::tensor, model::ImageModel};

/// Photos per batch.
const BATCH: usize = 64;

/// Returns the L2-normalised image embedding of each item, `[items, embedding_dim]`; zeros for an item without a photo.
///
/// # Errors
/// If no item has a photo, a photo cannot be decoded, or embeddings have the length of color descriptors.
pub fn embeddings(dataset: &Dataset, model: &ImageModel, device: &Device) -> anyhow::Result<Vectors> {
    let dim = model.card.model.embedding_dim;
    if dim == COLOR_DESCRIPTOR_DIM {
        bail!(
            "an embedding of {dim} numbers is as long as a color descriptor, so the page cannot tell them apart: train the image network with another model.embedding_dim"
        );
    }
    let mut embeddings = Vectors { dim, values: vec![0.0; dataset.items.len() * dim] };
    let (mut items, mut pixels, mut damaged) = (Vec::new(), Vec::new(), None);
    dataset.each_item_photo(|item, photo| {
        match normalised(&photo, model) {
            Some(values) => pixels.extend(values),
            None => return damaged = damaged.or(Some(item)),
        }
        items.push(item);
        if items.len() == BATCH {
            embed(&mut items, &mut pixels, model, device, &mut embeddings);
        }
    })?;
    if let Some(item) = damaged {
        bail!("item {}: its photo cannot be decoded: ingest again", dataset.items[item as usize].id);
    }
    if !items.is_empty() {
        embed(&mut items, &mut pixels, model, device, &mut embeddings);
    }
    if embeddings.values.iter().all(|value| *value == 0.0) {
        bail!(
            "the dataset has no photos of items: name their column as `image` in [catalogue] of store.toml and ingest again, or leave the setting out"
        );
    }
    Ok(embeddings)
}

/// The input of the network for a photo.
fn normalised(photo: &Photo, model: &ImageModel) -> Option<Vec<f32>> {
    let (image, spec) = (photo.decode()?, &model.card.photo);
    let square = photo::square(&image.rgb, image.width, image.height, spec.size, spec.channels);
    Some(photo::normalise(&square, spec).collect())
}

/// Embeds a batch of photos.
fn embed(items: &mut Vec<u32>, pixels: &mut Vec<f32>, model: &ImageModel, device: &Device, embeddings: &mut Vectors) {
    let photos = tensor(std::mem::take(pixels), items.len(), &model.card.photo, device);
    let found = model.network.forward(photos).embedding.into_data().try_to_vec::<f32>().expect("outputs are f32");
    for (item, embedding) in items.drain(..).zip(found.chunks_exact(embeddings.dim)) {
        embeddings.values[item as usize * embeddings.dim..][..embeddings.dim].copy_from_slice(embedding);
    }
}
