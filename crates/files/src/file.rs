//! Atomic replacement of one file.

use std::{
    fs::File,
    io::{self, Write},
    path::Path,
};

use crate::{Permissions, name, naming, parent, sync, temporary, through_links};

/// Writes `bytes` to `path`. The folder must exist.
///
/// # Errors
/// Any failure of the file system; `path` then has its old content.
pub fn write(path: &Path, bytes: impl AsRef<[u8]>) -> io::Result<()> {
    write_with(path, |file| file.write_all(bytes.as_ref()).map_err(naming(path)))
}

/// Writes to `path` what `fill` writes to the file it is given. The folder must exist.
///
/// # Errors
/// The error of `fill`, or any failure of the file system; `path` then has its old content.
pub fn write_with<E: From<io::Error>>(path: &Path, fill: impl FnOnce(&mut File) -> Result<(), E>) -> Result<(), E> {
    let path = &through_links(path)?;
    let folder = parent(path);
    let prefix = format!(".{}.new-", name(path)?);
    let mut next = temporary(&prefix, Permissions::File).tempfile_in(folder).map_err(naming(path))?;
    fill(next.as_file_mut())?;
    next.as_file().sync_all().map_err(naming(path))?;
    next.persist(path).map_err(|refused| naming(path)(refused.error))?;
    Ok(sync::folder(folder)?)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_is_created_and_replaced_and_nothing_is_left_beside_it() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("run.json");
        for content in ["first", "second, longer", ""] {
            write(&path, content).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_failed_write_keeps_the_old_content() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("run.json");
        write(&path, "old").unwrap();
        let failed = write_with(&path, |file| {
            file.write_all(b"half")?;
            Err(io::Error::other("no more"))
        });
        assert_eq!(failed.unwrap_err().to_string(), "no more");
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    }

    #[test]
    fn an_error_names_the_path() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("missing/run.json");
        let error = write(&path, "x").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        assert!(error.to_string().starts_with(&path.display().to_string()), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_the_permissions_are_ordinary() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let root = tempfile::tempdir().unwrap();
        let (target, link) = (root.path().join("target"), root.path().join("link"));
        fs::write(root.path().join("ordinary"), "").unwrap();
        fs::write(&target, "old").unwrap();
        symlink(&target, &link).unwrap();
        write(&link, "new").unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&target).unwrap(), "new");
        let mode = |name| fs::metadata(root.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode("target"), mode("ordinary"));
    }
}
