//! Product photos as square images with their class, split.

use std::{borrow::Cow, collections::HashMap};

use anyhow::bail;
use windowshop_features::{hash::hash, photo};
use windowshop_ingest::{Dataset, IngestError, Photo};
use windowshop_schema::manifest::PhotoSpec;

use crate::learning::split::{Cut, Split, limit_per_class};

const SEED: u64 = 47;

/// Labelled images.
pub struct ImageDataset {
    /// The categories, sorted.
    pub classes: Vec<String>,
    /// `[channels, size, size]` of each photo.
    pub pixels: Vec<Vec<u8>>,
    /// The class of each photo, an index into `classes`.
    pub labels: Vec<usize>,
    splits: HashMap<Split, Vec<usize>>,
}

/// The labelled photos of a dataset: those of `[photos]`, else those of the catalogue's items with their categories.
pub fn photos(dataset: &Dataset) -> Result<Cow<'_, [Photo]>, IngestError> {
    if !dataset.photos.is_empty() {
        return Ok(Cow::Borrowed(&dataset.photos));
    }
    let mut photos = Vec::new();
    dataset.each_item_photo(|_, photo| {
        if !photo.label.is_empty() {
            photos.push(photo);
        }
    })?;
    Ok(Cow::Owned(photos))
}

/// The split of a photo. The store's test photos are the test split, if there are any; other photos are split by content, so
/// that copies of a photo are in one split.
pub fn split_of(photo: &Photo, own_test: bool, cut: &Cut) -> Split {
    if photo.is_test {
        return Split::Test;
    }
    let test_share = if own_test { 0.0 } else { cut.test_share };
    Cut { test_share, ..*cut }.of(&hash(SEED, &photo.bytes).to_string())
}

impl ImageDataset {
    /// Reads and splits photos; the training split has at most `samples_per_class` of a category, 0 keeps all.
    ///
    /// # Errors
    /// If the training or validation split lacks a category, or a photo cannot be decoded.
    pub fn new(photos: &[Photo], spec: &PhotoSpec, cut: &Cut, samples_per_class: usize) -> anyhow::Result<Self> {
        let mut classes: Vec<String> = photos.iter().map(|photo| photo.label.clone()).collect();
        classes.sort_unstable();
        classes.dedup();
        let own_test = photos.iter().any(|photo| photo.is_test);
        let mut splits: HashMap<Split, Vec<usize>> = HashMap::new();
        for (i, photo) in photos.iter().enumerate() {
            splits.entry(split_of(photo, own_test, cut)).or_default().push(i);
        }
        let mut images = Self { splits, ..Self::unsplit(photos, &classes, spec)? };
        for wanted in [Split::Train, Split::Validation] {
            for (class, name) in classes.iter().enumerate() {
                if !images.split(wanted).iter().any(|&i| images.labels[i] == class) {
                    bail!(
                        "no photo of category {name} in the {wanted:?} split: give more photos, or another validation_share"
                    );
                }
            }
        }
        if let Some(train) = images.splits.get_mut(&Split::Train) {
            limit_per_class(train, &images.labels, samples_per_class, cut.seed);
        }
        Ok(images)
    }

    /// Adds images with their labels to the training split; with `alone` they replace its photos.
    pub fn expand(&mut self, images: impl Iterator<Item = (Vec<u8>, usize)>, alone: bool) {
        let train = self.splits.entry(Split::Train).or_default();
        if alone {
            train.clear();
        }
        for (pixels, label) in images {
            train.push(self.pixels.len());
            self.pixels.push(pixels);
            self.labels.push(label);
        }
    }

    /// The same photos with pixels changed by `change`, a function of index and pixels.
    pub fn changed(&self, change: impl Fn(usize, &[u8]) -> Vec<u8>) -> Self {
        Self {
            classes: self.classes.clone(),
            pixels: self.pixels.iter().enumerate().map(|(photo, pixels)| change(photo, pixels)).collect(),
            labels: self.labels.clone(),
            splits: self.splits.clone(),
        }
    }

    /// A dataset from images in memory, without splits.
    pub fn whole(classes: Vec<String>, pixels: Vec<Vec<u8>>, labels: Vec<usize>) -> Self {
        Self { classes, pixels, labels, splits: HashMap::new() }
    }

    /// Reads photos of known categories, without splits.
    pub fn unsplit(photos: &[Photo], classes: &[String], spec: &PhotoSpec) -> anyhow::Result<Self> {
        let mut images = Self::whole(classes.to_vec(), Vec::new(), Vec::new());
        for (i, known) in photos.iter().enumerate() {
            let Some(label) = classes.iter().position(|class| *class == known.label) else {
                bail!("photo {}: category {} is not among {}", i + 1, known.label, classes.join(", "));
            };
            let Some(image) = known.decode() else {
                bail!("photo {} of the dataset cannot be decoded: ingest it again", i + 1);
            };
            images.labels.push(label);
            images.pixels.push(photo::square(&image.rgb, image.width, image.height, spec.size, spec.channels));
        }
        Ok(images)
    }

    /// The same photos with the given splits.
    pub fn with_splits(self, splits: impl IntoIterator<Item = (Split, Vec<usize>)>) -> Self {
        Self { splits: splits.into_iter().collect(), ..self }
    }

    /// Indices of the photos of a split.
    pub fn split(&self, split: Split) -> &[usize] {
        self.splits.get(&split).map_or(&[], Vec::as_slice)
    }

    /// Mean and standard deviation of each channel over some photos, 0 to 1.
    pub fn statistics(&self, photos: &[usize], channels: usize) -> (Vec<f32>, Vec<f32>) {
        let mut sums = vec![[0.0f64; 3]; channels];
        for &i in photos {
            let plane = self.pixels[i].len() / channels;
            for (channel, sums) in sums.iter_mut().enumerate() {
                for &value in &self.pixels[i][channel * plane..][..plane] {
                    let value = f64::from(value) / 255.0;
                    sums.iter_mut().zip([1.0, value, value * value]).for_each(|(sum, v)| *sum += v);
                }
            }
        }
        let mean = |[n, sum, _]: &[f64; 3]| sum / n;
        let std = |sums: &[f64; 3]| (sums[2] / sums[0] - mean(sums).powi(2)).max(1e-6).sqrt();
        (sums.iter().map(|s| mean(s) as f32).collect(), sums.iter().map(|s| std(s) as f32).collect())
    }
}
