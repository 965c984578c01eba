//! Bundle folders on a disk.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};

use crate::{
    bundle::{MANIFEST_FILE, is_known},
    error::BundleError,
};

/// Reads one file of a bundle.
pub(crate) fn read(dir: &Path, name: &str) -> Result<Vec<u8>, BundleError> {
    let path = dir.join(name);
    fs::read(&path).map_err(|source| match source.kind() {
        ErrorKind::NotFound => BundleError::MissingFile { file: path.display().to_string() },
        _ => BundleError::Io { path, source },
    })
}

/// Writes a folder beside `dir`, then puts it in `dir`'s place.
pub(crate) fn write(dir: &Path, files: &[(String, Vec<u8>)]) -> Result<(), BundleError> {
    let dir = target(dir)?;
    let replaces = refuse_strangers(&dir)?;
    let next = beside(&dir, "next");
    let old = beside(&dir, "old");
    let result = write_all(&next, files).and_then(|()| swap(&dir, &next, &old, replaces));
    if result.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_dir_all(&next);
    }
    result
}

/// The folder itself, through links, with its parent made.
fn target(dir: &Path) -> Result<PathBuf, BundleError> {
    let refused = |source| BundleError::Io { path: dir.to_owned(), source };
    if let Ok(existing) = dir.canonicalize() {
        return Ok(existing);
    }
    let name =
        dir.file_name().ok_or_else(|| refused(io::Error::new(ErrorKind::InvalidInput, "the path names no folder")))?;
    let parent = match dir.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent).map_err(refused)?;
    Ok(parent.canonicalize().map_err(refused)?.join(name))
}

/// Is there an older bundle? Anything else in the folder is somebody's work and stays.
fn refuse_strangers(dir: &Path) -> Result<bool, BundleError> {
    let refused = |source| BundleError::Io { path: dir.to_owned(), source };
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(refused(error)),
    };
    for entry in entries {
        let found = entry.map_err(refused)?.file_name().to_string_lossy().into_owned();
        if found != MANIFEST_FILE && !is_known(&found) {
            return Err(BundleError::Occupied { dir: dir.to_owned(), found });
        }
    }
    Ok(true)
}

fn beside(dir: &Path, role: &str) -> PathBuf {
    let name = dir.file_name().unwrap_or_default().to_string_lossy();
    dir.with_file_name(format!(".{name}.{role}-{}", std::process::id()))
}

fn write_all(next: &Path, files: &[(String, Vec<u8>)]) -> Result<(), BundleError> {
    let refused = |path: &Path| {
        let path = path.to_owned();
        move |source| BundleError::Io { path, source }
    };
    if next.exists() {
        fs::remove_dir_all(next).map_err(refused(next))?;
    }
    fs::create_dir(next).map_err(refused(next))?;
    for (name, bytes) in files {
        let path = next.join(name);
        let written = File::create(&path).and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
        written.map_err(refused(&path))?;
    }
    sync_folder(next);
    Ok(())
}

fn swap(dir: &Path, next: &Path, old: &Path, replaces: bool) -> Result<(), BundleError> {
    let refused = |source| BundleError::Io { path: dir.to_owned(), source };
    if replaces {
        fs::rename(dir, old).map_err(refused)?;
    }
    if let Err(error) = fs::rename(next, dir) {
        if replaces {
            fs::rename(old, dir).map_err(refused)?;
        }
        return Err(refused(error));
    }
    if let Some(parent) = dir.parent() {
        sync_folder(parent);
    }
    if replaces {
        fs::remove_dir_all(old).map_err(|source| BundleError::Io { path: old.to_owned(), source })?;
    }
    Ok(())
}

/// Makes renames durable where folders can be opened; elsewhere the system does it in its own time.
fn sync_folder(dir: &Path) {
    if let Ok(folder) = File::open(dir) {
        let _ = folder.sync_all();
    }
}
