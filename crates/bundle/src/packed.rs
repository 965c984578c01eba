//! Deflated bytes, for text, item numbers and codes. Floating-point numbers do not compress.

use miniz_oxide::{deflate::compress_to_vec, inflate::decompress_to_vec_with_limit};
use safetensors::Dtype;

use crate::{
    archive::{Reader, Writer},
    fault::Fault,
};

const LEVEL: u8 = 9;
/// Largest number of bytes per stored byte. Deflate allows a thousand, which would let a hostile file exhaust memory.
const LARGEST_RATIO: usize = 64;

/// Adds bytes.
pub(crate) fn put(writer: &mut Writer, name: impl Into<String>, bytes: &[u8]) {
    let mut packed = compress_to_vec(bytes, LEVEL);
    if packed.len() * LARGEST_RATIO < bytes.len() {
        packed = compress_to_vec(bytes, 0);
    }
    writer.put(name, Dtype::U8, &[packed.len()], packed);
}

/// Takes bytes written by [`put`].
pub(crate) fn take(reader: &mut Reader<'_>, name: &str) -> Result<Vec<u8>, Fault> {
    let entry = reader.take(name)?;
    if entry.dtype != Dtype::U8 {
        return Err(entry.wrong_type("U8"));
    }
    decompress_to_vec_with_limit(entry.bytes, entry.bytes.len().saturating_mul(LARGEST_RATIO)).map_err(|error| {
        let found = format!("{} bytes that deflate cannot unpack ({:?})", entry.bytes.len(), error.status);
        Fault::of(name, found, format!("deflated bytes, at most {LARGEST_RATIO} from each"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(writer: &Writer) -> Result<Vec<u8>, Fault> {
        let file = writer.finish().unwrap();
        take(&mut Reader::open(&file).unwrap(), "bytes")
    }

    #[test]
    fn bytes_of_any_compressibility_survive_the_round_trip() {
        for bytes in [vec![], vec![7], vec![0; 1 << 20], (0..=255).cycle().take(10_000).collect::<Vec<u8>>()] {
            let mut writer = Writer::default();
            put(&mut writer, "bytes", &bytes);
            assert_eq!(taken(&writer).unwrap(), bytes);
        }
    }

    #[test]
    fn a_deflate_bomb_is_refused() {
        let bomb = compress_to_vec(&vec![0; 1 << 20], LEVEL);
        let mut writer = Writer::default();
        writer.put("bytes", Dtype::U8, &[bomb.len()], bomb);
        assert!(format!("{:?}", taken(&writer).unwrap_err()).contains("at most 64 from each"));
    }
}
