//! `ranker.safetensors`: the ranker's weights.

use crate::{
    archive::{Reader, Writer},
    fault::Fault,
    floats,
    precision::Precision,
    tensors::{Tensor, Tensors},
};

/// The file's bytes.
pub(crate) fn encode(tensors: &Tensors, precision: Precision) -> Result<Vec<u8>, Fault> {
    check(tensors)?;
    let mut writer = Writer::default();
    for (name, tensor) in &tensors.0 {
        floats::put(&mut writer, name, tensor, precision);
    }
    writer.finish()
}

/// The weights in a file of that bundle format.
pub(crate) fn decode(bytes: &[u8], format: u32) -> Result<Tensors, Fault> {
    let mut reader = Reader::open_format(bytes, format)?;
    let mut tensors = Tensors::default();
    for name in reader.names() {
        if !name.ends_with(floats::SCALE) {
            let tensor = floats::take(&mut reader, &name)?;
            tensors.0.insert(name, tensor);
        }
    }
    reader.finish()?;
    check(&tensors)?;
    Ok(tensors)
}

fn check(tensors: &Tensors) -> Result<(), Fault> {
    for (name, Tensor { shape, data }) in &tensors.0 {
        if name.is_empty() || name.starts_with("__") || name.ends_with(floats::SCALE) {
            return Err(Fault::of(name, "a reserved name", "a name without a leading `__` or a trailing `.scale`"));
        }
        let size = shape.iter().try_fold(1_usize, |size, extent| size.checked_mul(*extent));
        if size != Some(data.len()) {
            return Err(Fault::of(name, format!("{} values", data.len()), format!("as many as shape {shape:?} holds")));
        }
        floats::check_finite(name, data)?;
    }
    Ok(())
}
