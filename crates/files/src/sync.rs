//! fsync.

use std::{
    fs::{self, OpenOptions},
    io,
    path::Path,
};

use crate::naming;

/// Syncs every file and folder below `dir`, and `dir` itself.
pub(crate) fn tree(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir).map_err(naming(dir))? {
        let entry = entry.map_err(naming(dir))?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(naming(dir))?);
        if kind.is_dir() {
            tree(&path)?;
        } else if kind.is_file() {
            // Windows syncs only files that are open for writing.
            let file = OpenOptions::new().read(true).write(cfg!(windows)).open(&path).map_err(naming(&path))?;
            file.sync_all().map_err(naming(&path))?;
        }
    }
    folder(dir)
}

/// Syncs the names in a folder, where the system and the file system can.
pub(crate) fn folder(dir: &Path) -> io::Result<()> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    match fs::File::open(dir).and_then(|folder| folder.sync_all()) {
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Ok(()),
        other => other.map_err(naming(dir)),
    }
}
