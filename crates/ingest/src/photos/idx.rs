//! IDX files of images and labels, the format of MNIST (LeCun et al. 1998), also gzipped.

use std::fs;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;

use super::rows::PhotoRows;
use crate::decoded_image::check_sides;
use crate::error::{IngestError, shown};

const GZIP: [u8; 2] = [0x1f, 0x8b];
/// Element type "unsigned byte" in an IDX header.
const UNSIGNED_BYTE: u8 = 8;
/// Largest uncompressed size.
const MAX_BYTES: u64 = 4 << 30;

/// Extents and bytes of an IDX file.
struct Idx {
    extents: Vec<usize>,
    bytes: Vec<u8>,
}

/// Reads images `[n, height, width]` (grey) or `[n, height, width, 3]` and labels `[n]`.
pub(super) fn read(
    [images, labels]: [&Path; 2],
    classes: &[String],
    is_test: bool,
    rows: &mut PhotoRows,
) -> Result<(), IngestError> {
    let stored = Idx::open(images, "photos.images")?;
    let numbers = Idx::open(labels, "photos.labels")?;
    let (count, shape) = match stored.extents[..] {
        [count, height, width] => (count, [width, height, 1]),
        [count, height, width, 3] => (count, [width, height, 3]),
        _ => {
            return Err(malformed(
                images,
                format!("images of extents {:?}, expected [n, height, width] or [n, height, width, 3]", stored.extents),
            ));
        }
    };
    if numbers.extents != [count] {
        return Err(malformed(
            labels,
            format!("labels of extents {:?}, expected [{count}], one per image", numbers.extents),
        ));
    }
    let checked = check_sides(shape[0] as u32, shape[1] as u32);
    for (i, (pixels, &number)) in
        stored.bytes.chunks_exact(shape.iter().product::<usize>().max(1)).zip(&numbers.bytes).enumerate()
    {
        let named = classes.get(usize::from(number)).cloned();
        let checked = match (&named, classes.is_empty()) {
            (None, false) => Err("the label is above the number of classes"),
            _ => checked.map(|()| pixels),
        };
        let label = named.unwrap_or_else(|| number.to_string());
        rows.push(&label, is_test, &format!("image {} labelled {number}", i + 1), shape, checked)?;
    }
    Ok(())
}

impl Idx {
    fn open(path: &Path, setting: &str) -> Result<Self, IngestError> {
        if !path.is_file() {
            return Err(IngestError::MissingFile { setting: setting.into(), path: shown(path) });
        }
        let packed = fs::read(path).map_err(IngestError::io(path))?;
        let mut bytes = Vec::new();
        if packed.starts_with(&GZIP) {
            GzDecoder::new(packed.as_slice())
                .take(MAX_BYTES)
                .read_to_end(&mut bytes)
                .map_err(|error| malformed(path, format!("a damaged gzip file ({error})")))?;
        } else {
            bytes = packed;
        }
        let &[0, 0, UNSIGNED_BYTE, axes] = bytes.get(..4).unwrap_or_default() else {
            return Err(malformed(path, "no IDX header of unsigned bytes".into()));
        };
        let start = 4 + 4 * usize::from(axes);
        let header = bytes.get(4..start).ok_or_else(|| malformed(path, "an IDX header that ends early".into()))?;
        let extents: Vec<usize> =
            header.chunks_exact(4).map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]) as usize).collect();
        let size = extents.iter().try_fold(1_usize, |size, extent| size.checked_mul(*extent));
        if size != Some(bytes.len() - start) {
            return Err(malformed(path, format!("{} bytes for extents {extents:?}", bytes.len() - start)));
        }
        bytes.drain(..start);
        Ok(Self { extents, bytes })
    }
}

fn malformed(path: &Path, found: String) -> IngestError {
    IngestError::Malformed { path: shown(path), found }
}
