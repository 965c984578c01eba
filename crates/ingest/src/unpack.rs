//! Unpacks gzip: `orders.csv.gz` is read as `orders.csv`.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use tempfile::TempDir;

use crate::error::{IngestError, shown};

/// A file or its unpacked copy, which is removed on drop.
pub(crate) struct Unpacked {
    path: PathBuf,
    _folder: Option<TempDir>,
}

impl Unpacked {
    /// Unpacks `path` if it ends in `.gz`.
    pub(crate) fn open(path: &Path) -> Result<Self, IngestError> {
        if !path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz")) {
            return Ok(Self { path: path.to_path_buf(), _folder: None });
        }
        let folder = tempfile::tempdir().map_err(IngestError::io(path))?;
        let name = path.file_stem().unwrap_or(path.as_os_str());
        let copy = folder.path().join(name);
        let mut packed = MultiGzDecoder::new(File::open(path).map_err(IngestError::io(path))?);
        let mut plain = File::create(&copy).map_err(IngestError::io(&copy))?;
        io::copy(&mut packed, &mut plain).map_err(|error| IngestError::Malformed {
            path: shown(path),
            found: format!("it cannot be unpacked as gzip ({error})"),
        })?;
        Ok(Self { path: copy, _folder: Some(folder) })
    }

    /// The path of the plain file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}
