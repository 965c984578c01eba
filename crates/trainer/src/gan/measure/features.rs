//! Pictures as points, and how far points lie from each other.

use anyhow::bail;
use burn::tensor::{Device, Tensor};
use windowshop_features::photo;
use windowshop_schema::{GanConfig, manifest::PhotoSpec};

use crate::image::{learner, model::ImageModel};

/// Rows compared with all others at once.
const ROWS: usize = 256;

/// Points of one length, a row each.
#[derive(Clone)]
pub struct Points {
    /// `[points, dim]`
    values: Tensor<2>,
    /// `[points, 1]`, squared.
    lengths: Tensor<2>,
}

impl Points {
    /// Pooled features of pictures `[channels, size, size]` by an encoder, which are first brought to its own size and colours.
    pub fn of(encoder: &ImageModel, pictures: &[Vec<u8>], made_as: &GanConfig, device: &Device) -> Self {
        let spec = &encoder.card.photo;
        let mut chunks = Vec::new();
        for some in pictures.chunks(ROWS) {
            let pixels: Vec<f32> = some
                .iter()
                .flat_map(|picture| photo::normalise(&seen(picture, made_as, spec), spec).collect::<Vec<f32>>())
                .collect();
            chunks.push(encoder.network.encoder.forward(learner::tensor(pixels, some.len(), spec, device)));
        }
        Self::new(Tensor::cat(chunks, 0))
    }

    /// `[points, dim]`
    pub fn new(values: Tensor<2>) -> Self {
        let lengths = values.clone().powi_scalar(2).sum_dim(1);
        Self { values, lengths }
    }

    /// Points of numbers that are there.
    #[cfg(test)]
    pub fn from_rows(rows: Vec<f32>, dim: usize, device: &Device) -> Self {
        let count = rows.len() / dim;
        Self::new(Tensor::from_data(burn::tensor::TensorData::new(rows, [count, dim]), device))
    }

    pub fn len(&self) -> usize {
        self.values.dims()[0]
    }

    pub fn dim(&self) -> usize {
        self.values.dims()[1]
    }

    /// `[points, dim]`
    pub fn values(&self) -> Vec<f32> {
        read(self.values.clone())
    }

    /// Calls `each(number, distances)` for every point: its distances to all of `others`.
    pub fn distances(&self, others: &Self, mut each: impl FnMut(usize, &[f32])) {
        let to = others.lengths.clone().transpose(); // [1, others]
        self.products(others, |first, products| {
            let own = self.lengths.clone().narrow(0, first, products.dims()[0]);
            let squared = own + to.clone() - products * 2.0;
            let distances = read(squared.clamp_min(0.0).sqrt());
            for (i, row) in distances.chunks_exact(others.len()).enumerate() {
                each(first + i, row);
            }
        });
    }

    /// Calls `each(first point, [some points, others])` with scalar products.
    pub fn products(&self, others: &Self, mut each: impl FnMut(usize, Tensor<2>)) {
        let turned = others.values.clone().transpose();
        for first in (0..self.len()).step_by(ROWS) {
            let some = self.values.clone().narrow(0, first, ROWS.min(self.len() - first));
            each(first, some.matmul(turned.clone()));
        }
    }
}

/// A picture `[channels, size, size]` in the size and the colours that an encoder reads.
pub fn seen(picture: &[u8], made_as: &GanConfig, spec: &PhotoSpec) -> Vec<u8> {
    let rgb = interleaved(picture, made_as.channels);
    photo::square(&rgb, made_as.size, made_as.size, spec.size, spec.channels)
}

/// The numbers of a tensor.
pub fn read(tensor: Tensor<2>) -> Vec<f32> {
    tensor.into_data().try_to_vec().expect("features are f32")
}

/// Red, green and blue of each pixel.
fn interleaved(planes: &[u8], channels: usize) -> Vec<u8> {
    let plane = planes.len() / channels;
    (0..plane).flat_map(|at| (0..3).map(move |c| planes[(c % channels) * plane + at])).collect()
}

/// Refuses an encoder that has learned from other categories.
pub fn check(encoder: &ImageModel, classes: &[String]) -> anyhow::Result<()> {
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

    #[test]
    fn distances_are_those_of_the_plane() {
        let points = Points::from_rows(vec![0.0, 0.0, 3.0, 4.0], 2, &Device::flex());
        let mut found = Vec::new();
        points
            .distances(&Points::from_rows(vec![3.0, 0.0], 2, &Device::flex()), |i, row| found.push((i, row.to_vec())));
        assert_eq!(found, [(0, vec![3.0]), (1, vec![4.0])]);
    }

    #[test]
    fn planes_become_pixels_and_grey_becomes_three_of_a_kind() {
        assert_eq!(interleaved(&[1, 2, 3, 4, 5, 6], 3), [1, 3, 5, 2, 4, 6]);
        assert_eq!(interleaved(&[7, 8], 1), [7, 7, 7, 8, 8, 8]);
    }
}
