//! Bundle folders on a disk; not part of the engine.

use std::{
    fs,
    io::{self, ErrorKind},
    path::Path,
};

use windowshop_files::{NewFolder, naming};
use windowshop_schema::Manifest;

use crate::{
    bundle::Bundle,
    error::BundleError,
    fault::Fault,
    file_names::{MANIFEST_FILE, is_listed},
};

impl Bundle {
    /// Reads every file of a bundle folder.
    ///
    /// # Errors
    /// As [`Bundle::decode`], and `bundle_io` if the file system fails.
    pub fn read(dir: &Path) -> Result<(Manifest, Self), BundleError> {
        let text = String::from_utf8(read(dir, MANIFEST_FILE)?)
            .map_err(|_| Fault::whole("no UTF-8", "JSON").reading(MANIFEST_FILE))?;
        let manifest = Self::read_manifest(&text)?;
        let read = |name: &String| Ok((name.clone(), read(dir, name)?));
        let files = manifest.files.keys().map(read).collect::<Result<_, BundleError>>()?;
        let bundle = Self::decode(&manifest, &files)?;
        Ok((manifest, bundle))
    }

    /// Writes the files of [`Bundle::encode`] as a folder. An older bundle is replaced as a whole or not at all.
    ///
    /// # Errors
    /// `bundle_occupied` for a folder with other files, `bundle_io` if the file system fails.
    pub fn write(dir: &Path, files: &[(String, Vec<u8>)]) -> Result<(), BundleError> {
        refuse_other_files(dir)?;
        let folder = NewFolder::beside(dir)?;
        for (name, bytes) in files {
            let path = folder.path().join(name);
            fs::write(&path, bytes).map_err(naming(&path))?;
        }
        Ok(folder.replace()?)
    }
}

impl From<io::Error> for BundleError {
    fn from(source: io::Error) -> Self {
        BundleError::Io { source }
    }
}

fn read(dir: &Path, name: &str) -> Result<Vec<u8>, BundleError> {
    let path = dir.join(name);
    fs::read(&path).map_err(|source| match source.kind() {
        ErrorKind::NotFound => BundleError::MissingFile { file: path.display().to_string() },
        _ => naming(&path)(source).into(),
    })
}

/// Only an older bundle may be replaced.
fn refuse_other_files(dir: &Path) -> Result<(), BundleError> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(naming(dir)(error).into()),
    };
    for entry in entries {
        let found = entry.map_err(naming(dir))?.file_name().to_string_lossy().into_owned();
        if found != MANIFEST_FILE && !is_listed(&found) {
            return Err(BundleError::Occupied { dir: dir.to_owned(), found });
        }
    }
    Ok(())
}
