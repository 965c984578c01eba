//! A folder with a subfolder of photos per category.

use std::fs;
use std::path::{Path, PathBuf};

use super::rows::{MAX_FILE_BYTES, PhotoRows};
use crate::decoded_image::DecodedImage;
use crate::error::{IngestError, shown};

/// Reads every file of every subfolder, in the order of names.
pub(super) fn read(folder: &Path, setting: &str, is_test: bool, rows: &mut PhotoRows) -> Result<(), IngestError> {
    if !folder.is_dir() {
        return Err(IngestError::MissingFile { setting: setting.into(), path: shown(folder) });
    }
    let categories: Vec<PathBuf> = sorted(folder)?.into_iter().filter(|path| path.is_dir()).collect();
    if categories.is_empty() {
        return Err(IngestError::Store(format!(
            "{setting}: {} has no subfolders: expected one for each category, named after it",
            shown(folder)
        )));
    }
    for category in categories {
        let label = name(&category);
        for file in sorted(&category)?.into_iter().filter(|path| path.is_file()) {
            let sample = format!("{label}/{}", name(&file));
            let length = fs::metadata(&file).map_err(IngestError::io(&file))?.len();
            if length > MAX_FILE_BYTES {
                rows.push(&label, is_test, &sample, [0; 3], Err("the file is larger than 64 MiB"))?;
                continue;
            }
            let bytes = fs::read(&file).map_err(IngestError::io(&file))?;
            let checked = DecodedImage::decode(&bytes).map(|_| bytes.as_slice());
            rows.push(&label, is_test, &sample, [0; 3], checked)?;
        }
    }
    Ok(())
}

/// The paths in a folder, sorted, without hidden ones.
fn sorted(folder: &Path) -> Result<Vec<PathBuf>, IngestError> {
    let entries = fs::read_dir(folder).map_err(IngestError::io(folder))?;
    let mut paths =
        entries.map(|e| e.map(|e| e.path())).collect::<Result<Vec<_>, _>>().map_err(IngestError::io(folder))?;
    paths.retain(|path| !name(path).starts_with('.'));
    paths.sort();
    Ok(paths)
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
