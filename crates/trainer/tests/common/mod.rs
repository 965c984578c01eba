//! The command line as a stranger runs it.

use std::{
    path::Path,
    process::{Command, Output},
};

pub fn trainer(dir: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_trainer")).args(args).current_dir(dir).output().unwrap()
}

/// What a command prints, which must do its work.
pub fn succeed(dir: &Path, args: &[&str]) -> String {
    let output = trainer(dir, args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The message of a command, which must fail.
pub fn refused(dir: &Path, args: &[&str]) -> String {
    let output = trainer(dir, args);
    assert_eq!(output.status.code(), Some(1), "{args:?} must be refused");
    String::from_utf8(output.stderr).unwrap()
}
