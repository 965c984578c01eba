//! Floating-point arrays in f32, f16, or int8 with one symmetric scale per row.

use half::f16;
use safetensors::Dtype;

use crate::{
    archive::{Entry, Reader, Writer},
    fault::Fault,
    precision::Precision,
    tensors::Tensor,
};

/// Ending of the name of the scales of an int8 array, one per row.
pub(crate) const SCALE: &str = ".scale";

const LARGEST_INT8: f32 = 127.0;

/// Adds an array. A vector has no rows to scale, so in int8 it stays f32.
pub(crate) fn put(writer: &mut Writer, name: &str, tensor: &Tensor, precision: Precision) {
    match precision {
        Precision::Int8 if tensor.shape.len() > 1 => put_int8(writer, name, tensor),
        Precision::F16 if fits_f16(&tensor.data) => put_f16(writer, name, &tensor.shape, &tensor.data),
        Precision::F32 | Precision::F16 | Precision::Int8 => put_f32(writer, name, &tensor.shape, &tensor.data),
    }
}

/// Adds a vector of statistics: f16 in the smaller precisions.
pub(crate) fn put_vector(writer: &mut Writer, name: &str, values: &[f32], precision: Precision) {
    if precision != Precision::F32 && fits_f16(values) {
        put_f16(writer, name, &[values.len()], values);
    } else {
        put_f32(writer, name, &[values.len()], values);
    }
}

/// Adds an array in f32.
pub(crate) fn put_f32(writer: &mut Writer, name: &str, shape: &[usize], values: &[f32]) {
    writer.put(name, Dtype::F32, shape, values.iter().flat_map(|v| v.to_le_bytes()).collect());
}

fn put_f16(writer: &mut Writer, name: &str, shape: &[usize], values: &[f32]) {
    writer.put(name, Dtype::F16, shape, values.iter().flat_map(|v| f16::from_f32(*v).to_le_bytes()).collect());
}

fn put_int8(writer: &mut Writer, name: &str, tensor: &Tensor) {
    let rows = tensor.shape[0];
    let columns = tensor.data.len().checked_div(rows).unwrap_or(0).max(1);
    let mut bytes = Vec::with_capacity(tensor.data.len());
    let mut scales = Vec::with_capacity(rows);
    for row in tensor.data.chunks(columns) {
        let largest = row.iter().fold(0.0_f32, |m, v| m.max(v.abs()));
        let scale = largest / LARGEST_INT8;
        let step = if scale > 0.0 { scale } else { 1.0 };
        bytes.extend(row.iter().map(|v| (v / step).round().clamp(-LARGEST_INT8, LARGEST_INT8) as i8 as u8));
        scales.push(scale);
    }
    scales.resize(rows, 0.0);
    writer.put(name, Dtype::I8, &tensor.shape, bytes);
    put_f32(writer, &format!("{name}{SCALE}"), &[rows], &scales);
}

/// Takes an array written by [`put`] or [`put_vector`].
pub(crate) fn take(reader: &mut Reader<'_>, name: &str) -> Result<Tensor, Fault> {
    let entry = reader.take(name)?;
    let data = match entry.dtype {
        Dtype::F32 => f32s(&entry),
        Dtype::F16 => f16s(&entry),
        Dtype::I8 => take_int8(reader, &entry)?,
        _ => return Err(entry.wrong_type("F32, F16 or I8")),
    };
    Ok(Tensor { shape: entry.shape, data })
}

/// Takes a vector of floating-point numbers.
pub(crate) fn take_vector(reader: &mut Reader<'_>, name: &str) -> Result<Vec<f32>, Fault> {
    let entry = reader.take(name)?;
    entry.expect_shape(&[entry.shape.iter().product()])?;
    match entry.dtype {
        Dtype::F32 => Ok(f32s(&entry)),
        Dtype::F16 => Ok(f16s(&entry)),
        _ => Err(entry.wrong_type("F32 or F16")),
    }
}

/// Fails on a number that is not finite.
pub(crate) fn check_finite(name: &str, values: &[f32]) -> Result<(), Fault> {
    match values.iter().position(|v| !v.is_finite()) {
        None => Ok(()),
        Some(at) => Err(Fault::of(name, format!("{} at position {at}", values[at]), "finite numbers")),
    }
}

fn take_int8(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Result<Vec<f32>, Fault> {
    let [rows, .., _] = entry.shape[..] else {
        return Err(Fault::of(&entry.name, format!("int8 of shape {:?}", entry.shape), "at least two dimensions"));
    };
    let scale_entry = reader.take(&format!("{}{SCALE}", entry.name))?;
    if scale_entry.dtype != Dtype::F32 {
        return Err(scale_entry.wrong_type("F32"));
    }
    scale_entry.expect_shape(&[rows])?;
    let scales = f32s(&scale_entry);
    check_finite(&scale_entry.name, &scales)?;
    let columns = entry.bytes.len().checked_div(rows).unwrap_or(0).max(1);
    let row = |(bytes, scale): (&[u8], f32)| bytes.iter().map(move |b| f32::from(*b as i8) * scale).collect::<Vec<_>>();
    Ok(entry.bytes.chunks(columns).zip(scales).flat_map(row).collect())
}

fn f32s(entry: &Entry<'_>) -> Vec<f32> {
    entry.bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}

fn f16s(entry: &Entry<'_>) -> Vec<f32> {
    entry.bytes.chunks_exact(2).map(|b| f16::from_le_bytes([b[0], b[1]]).to_f32()).collect()
}

fn fits_f16(values: &[f32]) -> bool {
    values.iter().all(|v| v.is_nan() || v.abs() <= f16::MAX.to_f32())
}
