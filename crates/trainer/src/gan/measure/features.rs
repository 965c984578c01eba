//! Images as points of an encoder's feature space.

use anyhow::bail;
use burn::tensor::{Device, Tensor};
use windowshop_features::photo;
use windowshop_metrics::samples::Points;
use windowshop_schema::{GanConfig, manifest::PhotoSpec};

use crate::image::{learner, model::ImageModel};

/// Images per forward pass, and points compared with all others at once.
const BATCH: usize = 256;

/// Feature vectors of images.
#[derive(Clone)]
pub struct ImageFeatures {
    /// `[points, dim]`
    values: Tensor<2>,
    /// Squared lengths, `[points, 1]`.
    squared_norms: Tensor<2>,
}

impl ImageFeatures {
    /// Pooled features of images `[channels, size, size]` of a generator's size, resized to the encoder's input.
    pub fn extract(encoder: &ImageModel, images: &[Vec<u8>], config: &GanConfig, device: &Device) -> Self {
        let spec = &encoder.card.photo;
        let mut batches = Vec::new();
        for batch in images.chunks(BATCH) {
            let pixels: Vec<f32> = batch
                .iter()
                .flat_map(|image| photo::normalise(&encoder_input(image, config, spec), spec).collect::<Vec<f32>>())
                .collect();
            batches.push(encoder.network.encoder.forward(learner::tensor(pixels, batch.len(), spec, device)));
        }
        Self::new(Tensor::cat(batches, 0))
    }

    /// From feature vectors `[points, dim]`.
    pub fn new(values: Tensor<2>) -> Self {
        let squared_norms = values.clone().powi_scalar(2).sum_dim(1);
        Self { values, squared_norms }
    }

    /// Calls `each(first point, products)` for batches of points, with their scalar products with `others`, `[batch, others]`.
    fn product_batches(&self, others: &Self, mut each: impl FnMut(usize, Tensor<2>)) {
        let transposed = others.values.clone().transpose();
        for first in (0..self.len()).step_by(BATCH) {
            let batch = self.values.clone().narrow(0, first, BATCH.min(self.len() - first));
            each(first, batch.matmul(transposed.clone()));
        }
    }
}

impl Points for ImageFeatures {
    fn len(&self) -> usize {
        self.values.dims()[0]
    }

    fn dim(&self) -> usize {
        self.values.dims()[1]
    }

    fn values(&self) -> Vec<f32> {
        read(self.values.clone())
    }

    fn distances(&self, others: &Self, mut each: impl FnMut(usize, &[f32])) {
        let other_norms = others.squared_norms.clone().transpose(); // [1, others]
        self.product_batches(others, |first, products| {
            let own_norms = self.squared_norms.clone().narrow(0, first, products.dims()[0]);
            let squared = own_norms + other_norms.clone() - products * 2.0;
            let distances = read(squared.clamp_min(0.0).sqrt());
            for (i, row) in distances.chunks_exact(others.len()).enumerate() {
                each(first + i, row);
            }
        });
    }

    fn products(&self, others: &Self, mut each: impl FnMut(usize, &[f32])) {
        self.product_batches(others, |first, products| {
            for (i, row) in read(products).chunks_exact(others.len()).enumerate() {
                each(first + i, row);
            }
        });
    }
}

/// An image `[channels, size, size]` of a generator, as RGB or grey pixels of the encoder's input size.
pub fn encoder_input(image: &[u8], config: &GanConfig, spec: &PhotoSpec) -> Vec<u8> {
    let rgb = interleaved(image, config.channels);
    photo::square(&rgb, config.size, config.size, spec.size, spec.channels)
}

fn read(tensor: Tensor<2>) -> Vec<f32> {
    tensor.into_data().try_to_vec().expect("features are f32")
}

/// Planes `[channels, pixels]` as RGB `[pixels, 3]`; grey is repeated.
fn interleaved(planes: &[u8], channels: usize) -> Vec<u8> {
    let plane = planes.len() / channels;
    (0..plane).flat_map(|at| (0..3).map(move |c| planes[(c % channels) * plane + at])).collect()
}

/// Checks that the encoder was trained on all of `classes`.
pub fn check_classes(encoder: &ImageModel, classes: &[String]) -> anyhow::Result<()> {
    if let Some(unknown) = classes.iter().find(|class| !encoder.card.classes.contains(class)) {
        bail!(
            "--encoder: it knows {}, but not {unknown}: expected a run of `trainer train image` on the generator's dataset",
            encoder.card.classes.join(", ")
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(rows: Vec<f32>) -> ImageFeatures {
        let count = rows.len() / 2;
        let data = burn::tensor::TensorData::new(rows, [count, 2]);
        ImageFeatures::new(Tensor::from_data(data, &Device::flex()))
    }

    #[test]
    fn distances_are_euclidean() {
        let mut found = Vec::new();
        points(vec![0.0, 0.0, 3.0, 4.0]).distances(&points(vec![3.0, 0.0]), |i, row| found.push((i, row.to_vec())));
        assert_eq!(found, [(0, vec![3.0]), (1, vec![4.0])]);
    }

    #[test]
    fn planes_are_interleaved_and_grey_is_repeated() {
        assert_eq!(interleaved(&[1, 2, 3, 4, 5, 6], 3), [1, 3, 5, 2, 4, 6]);
        assert_eq!(interleaved(&[7, 8], 1), [7, 7, 7, 8, 8, 8]);
    }
}
