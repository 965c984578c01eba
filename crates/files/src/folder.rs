//! Atomic replacement of a whole folder.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use crate::{Permissions, name, naming, parent, sync, temporary, through_links};

/// A folder under construction beside the one that it will replace; removed when dropped.
#[derive(Debug)]
pub struct NewFolder {
    next: TempDir,
    target: PathBuf,
}

impl NewFolder {
    /// Makes an empty folder beside `target`, with the parents of `target` where they are missing. A `target` that a crash
    /// left under its old name is restored first.
    ///
    /// # Errors
    /// Any failure of the file system.
    pub fn beside(target: &Path) -> io::Result<Self> {
        let target = through_links(target)?;
        let folder = parent(&target);
        fs::create_dir_all(folder).map_err(naming(folder))?;
        restore_old(&target)?;
        let prefix = next_prefix(&target)?;
        let next = temporary(&prefix, Permissions::Folder).tempdir_in(folder).map_err(naming(&target))?;
        Ok(Self { next, target })
    }

    /// Where to write the new content.
    pub fn path(&self) -> &Path {
        self.next.path()
    }

    /// Syncs the new folder, puts it in the place of the target, then removes the old one.
    ///
    /// Linux exchanges the two folders in one step, so that the target always exists. Elsewhere, and on file systems without
    /// that step, the old folder is first renamed: a crash before the new one has its name leaves the target absent until
    /// [`recover`] or [`NewFolder::beside`] restores the old one.
    ///
    /// # Errors
    /// Any failure of the file system. The target is then the old folder; if only the removal of the old folder failed, it
    /// is the new one.
    pub fn replace(self) -> io::Result<()> {
        let Self { next, target } = self;
        let folder = parent(&target);
        sync::tree(next.path())?;
        if !target.exists() {
            fs::rename(next.path(), &target).map_err(naming(&target))?;
        } else if exchange(next.path(), &target)? {
            sync::folder(folder)?;
            // The temporary name is that of the old folder now.
            return fs::remove_dir_all(next.path()).map_err(naming(next.path()));
        } else {
            rename_twice(next.path(), &target)?;
            sync::folder(folder)?;
            let old = old(&target)?;
            return fs::remove_dir_all(&old).map_err(naming(&old));
        }
        sync::folder(folder)
    }
}

/// Undoes what a crash left beside `target`: restores the old folder if `target` is absent, and removes unfinished folders.
/// Nobody may write `target` meanwhile.
///
/// # Errors
/// Any failure of the file system.
pub fn recover(target: &Path) -> io::Result<()> {
    let target = through_links(target)?;
    restore_old(&target)?;
    let (folder, prefix) = (parent(&target), next_prefix(&target)?);
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(naming(folder))?,
    };
    for entry in entries {
        let entry = entry.map_err(naming(folder))?;
        if entry.file_name().to_string_lossy().starts_with(&prefix) {
            fs::remove_dir_all(entry.path()).map_err(naming(&entry.path()))?;
        }
    }
    Ok(())
}

fn restore_old(target: &Path) -> io::Result<()> {
    let old = old(target)?;
    if !old.exists() {
        return Ok(());
    }
    if target.exists() {
        return fs::remove_dir_all(&old).map_err(naming(&old));
    }
    fs::rename(&old, target).map_err(naming(target))?;
    sync::folder(parent(target))
}

fn next_prefix(target: &Path) -> io::Result<String> {
    Ok(format!(".{}.new-", name(target)?))
}

/// The name of the old folder between two renames.
fn old(target: &Path) -> io::Result<PathBuf> {
    Ok(target.with_file_name(format!(".{}.old", name(target)?)))
}

/// Exchanges two folders in one step; false where the system or the file system cannot.
#[cfg(target_os = "linux")]
fn exchange(next: &Path, target: &Path) -> io::Result<bool> {
    use rustix::{fs, io::Errno};
    match fs::renameat_with(fs::CWD, next, fs::CWD, target, fs::RenameFlags::EXCHANGE) {
        Ok(()) => Ok(true),
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => Ok(false),
        Err(refused) => Err(naming(target)(refused.into())),
    }
}

#[cfg(not(target_os = "linux"))]
fn exchange(_: &Path, _: &Path) -> io::Result<bool> {
    Ok(false)
}

fn rename_twice(next: &Path, target: &Path) -> io::Result<()> {
    let old = old(target)?;
    fs::rename(target, &old).map_err(naming(target))?;
    fs::rename(next, target).map_err(|refused| {
        // The first error is the one to report; `recover` tries again.
        let _ = fs::rename(&old, target);
        naming(target)(refused)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(path: &Path, content: &str) {
        fs::create_dir_all(path.join("deep")).unwrap();
        fs::write(path.join("deep/file"), content).unwrap();
    }

    fn content(path: &Path) -> String {
        fs::read_to_string(path.join("deep/file")).unwrap()
    }

    fn names(path: &Path) -> Vec<String> {
        fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_folder_is_created_with_its_parents_and_replaced_as_a_whole() {
        let root = tempfile::tempdir().unwrap();
        let target = root.path().join("a/b");
        for text in ["first", "second"] {
            let next = NewFolder::beside(&target).unwrap();
            folder_with(next.path(), text);
            fs::write(next.path().join(text), "").unwrap();
            next.replace().unwrap();
            assert_eq!(content(&target), text);
            assert_eq!(names(&target).len(), 2, "nothing of the old folder is left");
        }
        assert_eq!(names(&root.path().join("a")), ["b"]);
    }

    #[test]
    fn a_dropped_folder_leaves_the_old_one_and_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        let target = root.path().join("shop");
        folder_with(&target, "old");
        let next = NewFolder::beside(&target).unwrap();
        folder_with(next.path(), "new");
        drop(next);
        assert_eq!((content(&target), names(root.path())), ("old".to_owned(), vec!["shop".to_owned()]));
    }

    #[test]
    fn a_crash_between_two_renames_is_recovered() {
        let root = tempfile::tempdir().unwrap();
        let (target, next) = (root.path().join("shop"), root.path().join(".shop.new-1"));
        folder_with(&target, "old");
        recover(&target).unwrap();
        fs::rename(&target, root.path().join(".shop.old")).unwrap();
        recover(&target).unwrap();
        assert_eq!((content(&target), names(root.path())), ("old".to_owned(), vec!["shop".to_owned()]));

        folder_with(&next, "new");
        rename_twice(&next, &target).unwrap();
        assert!(root.path().join(".shop.old").exists(), "a crash before its removal");
        folder_with(&root.path().join(".shop.new-2"), "half");
        recover(&target).unwrap();
        assert_eq!((content(&target), names(root.path())), ("new".to_owned(), vec!["shop".to_owned()]));
    }

    #[test]
    fn a_failed_second_rename_restores_the_old_folder() {
        let root = tempfile::tempdir().unwrap();
        let target = root.path().join("shop");
        folder_with(&target, "old");
        let error = rename_twice(&root.path().join("missing"), &target).unwrap_err();
        assert!(error.to_string().starts_with(&target.display().to_string()), "{error}");
        assert_eq!(content(&target), "old");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn an_exchange_swaps_both_folders() {
        let root = tempfile::tempdir().unwrap();
        let (one, two) = (root.path().join("one"), root.path().join("two"));
        folder_with(&one, "one");
        folder_with(&two, "two");
        if !exchange(&one, &two).unwrap() {
            println!("skipped: this file system cannot exchange folders");
            return;
        }
        assert_eq!((content(&one), content(&two)), ("two".to_owned(), "one".to_owned()));
    }
}
