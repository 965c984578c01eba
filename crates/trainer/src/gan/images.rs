//! Photos as tensors of the networks, and generated images as pixels.

use burn::tensor::{Device, Tensor, TensorData};
use windowshop_features::{latent::latent, photo};
use windowshop_model::{Discriminator, Generator, one_hot};
use windowshop_schema::{GanConfig, manifest::PhotoSpec};

use crate::{image::image_dataset::ImageDataset, learning::batches::shuffled};

/// Images per batch.
const BATCH: usize = 128;

/// Photos in the size and channels of the generator, without normalisation.
pub fn spec(model: &GanConfig) -> PhotoSpec {
    let GanConfig { size, channels, .. } = *model;
    PhotoSpec { size, channels, mean: vec![0.0; channels], std: vec![1.0; channels] }
}

/// Separates the choice of photos from other draws.
const CHOICE: u64 = 0x6368_6f69_6365;

/// A random choice of at most `most` photos; 0 takes all.
pub fn chosen(all: &[usize], most: usize, seed: u64) -> Vec<usize> {
    let most = if most == 0 { all.len() } else { most };
    shuffled(all.len(), seed ^ CHOICE, 0).into_iter().take(most).map(|i| all[i]).collect()
}

/// Photos as a tensor `[channels, photos, size, size]`, −1 to 1.
pub fn tensor(images: &ImageDataset, photos: &[usize], model: &GanConfig, device: &Device) -> Tensor<4> {
    let plane = model.size * model.size;
    let values = (0..model.channels).flat_map(|channel| {
        photos.iter().flat_map(move |&photo| {
            images.pixels[photo][channel * plane..][..plane].iter().map(|&value| f32::from(value) / 127.5 - 1.0)
        })
    });
    let data = TensorData::new(values.collect(), [model.channels, photos.len(), model.size, model.size]);
    Tensor::from_data(data, device)
}

/// The pixels of each image, `[channels, size, size]`, 0 to 255.
pub fn pixels(batch: Tensor<4>) -> Vec<Vec<u8>> {
    let [channels, count, height, width] = batch.dims();
    let plane = height * width;
    let values = batch.into_data().try_to_vec::<f32>().expect("images are f32");
    let image = |i: usize| {
        (0..channels).flat_map(move |channel| (channel * count + i) * plane..(channel * count + i + 1) * plane)
    };
    (0..count).map(|i| image(i).map(|at| photo::byte(values[at])).collect()).collect()
}

/// Latents `[seeds, dim]`.
pub fn latents(seeds: impl Iterator<Item = u64>, dim: usize, device: &Device) -> Tensor<2> {
    let rows: Vec<f32> = seeds.flat_map(|seed| latent(seed, dim)).collect();
    let count = rows.len() / dim;
    Tensor::from_data(TensorData::new(rows, [count, dim]), device)
}

/// Generates an image for each label and seed in `wanted`; calls `each` with every batch.
pub fn make(
    generator: &Generator,
    model: &GanConfig,
    classes: usize,
    wanted: &[(usize, u64)],
    device: &Device,
    mut each: impl FnMut(Tensor<4>, &[(usize, u64)]),
) {
    for some in wanted.chunks(BATCH) {
        let labels: Vec<usize> = some.iter().map(|(label, _)| *label).collect();
        let latents = latents(some.iter().map(|(_, seed)| *seed), model.latent_dim, device);
        each(generator.forward(latents, one_hot(&labels, classes, device)), some);
    }
}

/// The discriminator's scores of some photos.
pub fn scores(
    discriminator: &Discriminator,
    images: &ImageDataset,
    photos: &[usize],
    model: &GanConfig,
    device: &Device,
) -> Vec<f32> {
    photos
        .chunks(BATCH)
        .flat_map(|some| {
            let labels: Vec<usize> = some.iter().map(|&photo| images.labels[photo]).collect();
            let classes = one_hot(&labels, images.classes.len(), device);
            values(discriminator.forward(tensor(images, some, model, device), classes))
        })
        .collect()
}

/// The elements of a tensor.
pub fn values(tensor: Tensor<1>) -> Vec<f32> {
    tensor.into_data().try_to_vec().expect("scores are f32")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_invert_tensor() {
        let photos: Vec<Vec<u8>> = (0..3).map(|i| (0..3 * 16).map(|at| (at * 5 + i * 7) as u8).collect()).collect();
        let images = ImageDataset::whole(vec!["a".into()], photos.clone(), vec![0; 3]);
        let model = GanConfig { size: 4, channels: 3, ..GanConfig::default() };
        let tensor = tensor(&images, &[2, 0], &model, &Device::flex());
        assert_eq!(pixels(tensor), [photos[2].clone(), photos[0].clone()]);
    }
}
