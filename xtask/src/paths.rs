//! Where things are.

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

/// Cargo's target folder, wherever the caller put it.
pub fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// The target folder of one build. One each, so that other compiler flags never rebuild what is already built.
pub fn build_target(build: &Build) -> PathBuf {
    target().join(format!("wasm-{}", build.name))
}

/// The module as cargo leaves it.
pub fn compiled(build: &Build) -> PathBuf {
    build_target(build).join(TARGET).join(build.profile).join(format!("{}.wasm", build.out_name()))
}

/// Where module and glue go.
pub fn generated(build: &Build) -> PathBuf {
    root().join("web/src/generated").join(build.name)
}

/// `wasm-opt` of the npm package binaryen, if it is installed.
pub fn wasm_opt() -> Option<PathBuf> {
    Some(root().join("node_modules/.bin/wasm-opt")).filter(|path| path.exists())
}

/// Folders whose names end up in panic messages, with what to call them instead: a module must not name its builder's disk.
pub fn renamed() -> Vec<(PathBuf, &'static str)> {
    let home = env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let cargo_home = env::var_os("CARGO_HOME").map_or_else(|| home.join(".cargo"), PathBuf::from);
    let sources =
        fs::read_dir(cargo_home.join("registry/src")).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut renamed: Vec<_> = sources.map(|dir| (dir, "deps")).collect();
    renamed.sort();
    renamed.push((root(), "windowshop"));
    renamed
}
