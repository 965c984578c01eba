//! Paths of inputs and outputs.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::builds::{Build, TARGET};

/// The repository root.
pub fn root() -> PathBuf {
    let manifest_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest_dir.parent().unwrap_or(manifest_dir).to_owned()
}

/// Cargo's target folder: `CARGO_TARGET_DIR` or `target`.
pub fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// The target folder of a build. One each: shared, the compiler flags of one would invalidate the other.
pub fn build_target(build: &Build) -> PathBuf {
    target().join(format!("wasm-{}", build.name))
}

/// The module that cargo writes.
pub fn compiled(build: &Build) -> PathBuf {
    build_target(build).join(TARGET).join(build.profile).join(format!("{}.wasm", build.out_name()))
}

/// Output folder of module and glue.
pub fn generated(build: &Build) -> PathBuf {
    root().join("web/src/generated").join(build.name)
}

/// `wasm-opt` of the npm package binaryen, if it is installed.
pub fn wasm_opt() -> Option<PathBuf> {
    Some(root().join("node_modules/.bin/wasm-opt")).filter(|path| path.exists())
}

/// Path prefixes to remap, and their replacements: panic messages must not contain paths of the build machine.
pub fn remapped_prefixes() -> Vec<(PathBuf, &'static str)> {
    let home = env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let cargo_home = env::var_os("CARGO_HOME").map_or_else(|| home.join(".cargo"), PathBuf::from);
    let sources =
        fs::read_dir(cargo_home.join("registry/src")).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut prefixes: Vec<_> = sources.map(|dir| (dir, "deps")).collect();
    prefixes.sort();
    prefixes.push((root(), "windowshop"));
    prefixes
}
