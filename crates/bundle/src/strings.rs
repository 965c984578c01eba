//! Lists of strings: their concatenated UTF-8, deflated, and the length of each in bytes.

use crate::{
    archive::{Reader, Writer},
    fault::Fault,
    integers, packed,
};

/// Adds `strings` as `<name>.bytes` and `<name>.lengths`.
pub(crate) fn put(writer: &mut Writer, name: &str, strings: &[String]) -> Result<(), Fault> {
    let bytes: Vec<u8> = strings.iter().flat_map(|s| s.bytes()).collect();
    if u32::try_from(bytes.len()).is_err() {
        return Err(Fault::of(name, format!("{} bytes of text", bytes.len()), "less than 4 GiB"));
    }
    let lengths: Vec<u32> = strings.iter().map(|s| s.len() as u32).collect();
    packed::put(writer, format!("{name}.bytes"), &bytes);
    integers::put(writer, &format!("{name}.lengths"), &lengths);
    Ok(())
}

/// Takes strings written by [`put`]; an empty list if the file has none.
pub(crate) fn take(reader: &mut Reader<'_>, name: &str) -> Result<Vec<String>, Fault> {
    let (bytes_name, lengths_name) = (format!("{name}.bytes"), format!("{name}.lengths"));
    if !reader.has(&bytes_name) {
        return Ok(Vec::new());
    }
    let bytes = packed::take(reader, &bytes_name)?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|error| Fault::of(&bytes_name, format!("no UTF-8 at byte {}", error.valid_up_to()), "UTF-8"))?;
    let offsets = integers::offsets(&lengths_name, &integers::take(reader, &lengths_name)?, text.len())?;
    offsets
        .windows(2)
        .map(|ends| text.get(ends[0] as usize..ends[1] as usize).map(str::to_owned))
        .collect::<Option<_>>()
        .ok_or_else(|| Fault::of(lengths_name, "a length that splits a character", "lengths of whole strings"))
}
