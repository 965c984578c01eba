//! Arrays of unsigned integers in one, two or four bytes each: as many as the largest needs.

use safetensors::Dtype;

use crate::{
    archive::{Reader, Writer},
    fault::Fault,
};

/// Adds a vector in the narrowest type.
pub(crate) fn put(writer: &mut Writer, name: &str, values: &[u32]) {
    let largest = values.iter().copied().max().unwrap_or(0);
    let (dtype, width) = match largest {
        0..=0xff => (Dtype::U8, 1),
        0x100..=0xffff => (Dtype::U16, 2),
        _ => (Dtype::U32, 4),
    };
    let bytes = values.iter().flat_map(|v| v.to_le_bytes().into_iter().take(width)).collect();
    writer.put(name, dtype, &[values.len()], bytes);
}

/// Takes a vector written by [`put`].
pub(crate) fn take(reader: &mut Reader<'_>, name: &str) -> Result<Vec<u32>, Fault> {
    let entry = reader.take(name)?;
    entry.expect_shape(&[entry.shape.iter().product()])?;
    let width = match entry.dtype {
        Dtype::U8 => 1,
        Dtype::U16 => 2,
        Dtype::U32 => 4,
        _ => return Err(entry.wrong_type("U8, U16 or U32")),
    };
    let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |sum, byte| (sum << 8) | u32::from(*byte));
    Ok(entry.bytes.chunks_exact(width).map(number).collect())
}

/// Cumulative sums of `counts`, starting with 0. Fails unless the last equals `total`.
pub(crate) fn offsets(name: &str, counts: &[u32], total: usize) -> Result<Vec<u32>, Fault> {
    let mut offsets = Vec::with_capacity(counts.len() + 1);
    let mut sum = 0_u32;
    offsets.push(sum);
    for count in counts {
        sum = sum.checked_add(*count).ok_or_else(|| Fault::of(name, "a sum above 2^32", total.to_string()))?;
        offsets.push(sum);
    }
    if sum as usize != total {
        return Err(Fault::of(name, format!("a sum of {sum}"), total.to_string()));
    }
    Ok(offsets)
}
