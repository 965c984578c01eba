//! Runs the command line.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Output},
};

use safetensors::SafeTensors;

pub fn trainer(dir: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_trainer")).args(args).current_dir(dir).output().unwrap()
}

/// The output of a command that must succeed.
pub fn succeed(dir: &Path, args: &[&str]) -> String {
    let output = trainer(dir, args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The error message of a command that must fail.
pub fn refused(dir: &Path, args: &[&str]) -> String {
    let output = trainer(dir, args);
    assert_eq!(output.status.code(), Some(1), "{args:?} must fail");
    String::from_utf8(output.stderr).unwrap()
}

/// The weights of a run by name, without its card, which has a time stamp.
#[allow(dead_code)] // not every test compares weights
pub fn weights(run: &Path, task: &str) -> BTreeMap<String, Vec<u8>> {
    let file = fs::read(run.join(format!("bundle/{task}.safetensors"))).unwrap();
    let tensors = SafeTensors::deserialize(&file).unwrap();
    let weights = tensors.tensors().into_iter().filter(|(name, _)| name.starts_with("weights."));
    weights.map(|(name, tensor)| (name, tensor.data().to_vec())).collect()
}
