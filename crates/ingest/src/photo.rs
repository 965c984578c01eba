//! The photos of a dataset.

use crate::decoded_image::DecodedImage;
use crate::error::IngestError;
use crate::format::Table;
use crate::parquet::{self, Folder};

/// A photo and its category.
#[derive(Clone, Debug, PartialEq)]
pub struct Photo {
    /// The category.
    pub label: String,
    /// Whether it is in the test split of the store.
    pub is_test: bool,
    /// The encoded file, or raw pixels.
    pub bytes: Vec<u8>,
    /// Width, height and channels of raw pixels.
    raw: Option<[usize; 3]>,
}

impl Photo {
    /// A photo in an encoded file.
    pub(crate) fn encoded(label: String, bytes: Vec<u8>) -> Self {
        Self { label, is_test: false, bytes, raw: None }
    }

    /// Decodes the photo. `None` if the bytes, valid at the ingest, are damaged.
    pub fn decode(&self) -> Option<DecodedImage> {
        match self.raw {
            Some([width, height, channels]) => Some(DecodedImage::raw(width, height, channels, &self.bytes)),
            None => DecodedImage::decode(&self.bytes).ok(),
        }
    }
}

/// Reads the photos of a dataset.
pub(crate) fn read(dir: &Folder) -> Result<Vec<Photo>, IngestError> {
    let mut photos = Vec::new();
    for rows in parquet::read(dir, Table::Photos)? {
        let (labels, tests, bytes) = (rows.texts("label")?, rows.flags("is_test")?, rows.bytes("bytes")?);
        let sizes = [rows.numbers("width")?, rows.numbers("height")?, rows.numbers("channels")?];
        for i in 0..rows.len() {
            let shape = [0, 1, 2].map(|k| sizes[k].value(i) as usize);
            let bytes = bytes.value(i);
            let whole = shape.iter().product::<usize>();
            if whole != 0 && whole != bytes.len() {
                return Err(IngestError::not_a_dataset(
                    &dir.path,
                    format!("photo {i} has {} bytes, expected {whole}", bytes.len()),
                ));
            }
            photos.push(Photo {
                label: labels.value(i).to_string(),
                is_test: tests.value(i),
                bytes: bytes.to_vec(),
                raw: (whole != 0).then_some(shape),
            });
        }
    }
    Ok(photos)
}
