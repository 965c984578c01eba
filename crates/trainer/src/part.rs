//! A network in a file of its own: where a run or an exported folder has it, written whole or not at all.

use std::path::{Path, PathBuf};

use anyhow::Context;
use windowshop_bundle::{NetworkFile, Precision};
use windowshop_schema::Part;

/// Where a run or an exported folder keeps a part; `model` may be the file itself.
pub fn path(part: Part, model: &Path) -> PathBuf {
    if model.is_file() { model.to_owned() } else { model.join(part.file()) }
}

/// The part that a run or an exported folder has.
pub fn found(folder: &Path) -> Option<Part> {
    Part::ALL.into_iter().find(|part| folder.join(part.file()).exists())
}

/// How a part is exported where nobody says: tables lose nothing in int8.
pub fn usual_precision(part: Part) -> Precision {
    match part {
        Part::Sentiment | Part::Sequence => Precision::Int8,
        Part::Intent | Part::Image => Precision::F16,
    }
}

/// Writes the file; returns its size in bytes.
pub fn write(part: Part, folder: &Path, file: &NetworkFile, precision: Precision) -> anyhow::Result<u64> {
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let bytes = file.encode(part.file(), precision)?;
    let next = folder.join(format!("{}.next", part.file()));
    std::fs::write(&next, &bytes).with_context(|| next.display().to_string())?;
    std::fs::rename(&next, folder.join(part.file()))?;
    Ok(bytes.len() as u64)
}

/// Reads the file as the codec has it, and its size in bytes.
pub fn read(part: Part, model: &Path) -> anyhow::Result<(NetworkFile, u64)> {
    let path = path(part, model);
    let bytes = std::fs::read(&path).with_context(|| {
        format!(
            "{}: cannot be read; expected the folder of a finished run of `trainer train {}`",
            path.display(),
            part.task()
        )
    })?;
    Ok((NetworkFile::decode(&path.display().to_string(), &bytes)?, bytes.len() as u64))
}
