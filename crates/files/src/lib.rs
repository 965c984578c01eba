//! Atomic replacement of files and folders: after a crash a reader finds the old content or the new, never a mixture.
//!
//! Everything is written beside its target under a temporary name, synced to the disk, then renamed, and the rename is synced
//! too. A target that is a symbolic link stays one: what it points to is replaced. Errors name the path.

mod file;
mod folder;
mod sync;

use std::{
    io,
    path::{Path, PathBuf},
};

pub use file::{write, write_with};
pub use folder::{NewFolder, recover};

/// Puts `path` in front of an error's message.
pub fn naming(path: &Path) -> impl FnOnce(io::Error) -> io::Error + use<'_> {
    move |error| io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// The target of a symbolic link, and the real name of a path such as `.`; any other path as it is.
fn through_links(path: &Path) -> io::Result<PathBuf> {
    match path.is_symlink() || path.file_name().is_none() {
        true => path.canonicalize().map_err(naming(path)),
        false => Ok(path.to_owned()),
    }
}

/// The folder that holds `path`.
fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// The last component of `path`, as text for temporary names.
fn name(path: &Path) -> io::Result<String> {
    let name = path.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the path ends in no name"));
    Ok(name.map_err(naming(path))?.to_string_lossy().into_owned())
}

/// A temporary file or folder with the permissions of an ordinary one.
fn temporary<'a>(prefix: &'a str, permissions: Permissions) -> tempfile::Builder<'a, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    // Without this only its owner could read it.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(permissions as u32));
    #[cfg(not(unix))]
    let _ = permissions;
    builder
}

/// Permissions before the process's umask.
#[derive(Clone, Copy)]
enum Permissions {
    File = 0o666,
    Folder = 0o777,
}
