//! `wasm-opt` over a generated module.

use std::{fs, path::Path, process::Command};

use crate::{builds::Build, paths, process};

/// Wasm features of the modules. Stripping removes the section that `wasm-opt` would read them from.
const FEATURES: [&str; 8] = [
    "--enable-simd",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Optimises in place; returns false if `wasm-opt` is not installed.
pub fn run(build: &Build, out: &Path) -> anyhow::Result<bool> {
    let Some(wasm_opt) = paths::wasm_opt() else {
        return Ok(false);
    };
    let module = out.join(format!("{}_bg.wasm", build.out_name()));
    let next = out.join("next.wasm");
    let mut command = Command::new(wasm_opt);
    command.args(FEATURES).arg(build.optimise).arg("--strip-producers").arg(&module).arg("-o").arg(&next);
    if build.target_features.contains("relaxed-simd") {
        command.arg("--enable-relaxed-simd");
    }
    process::run(&mut command)?;
    fs::rename(next, module)?;
    Ok(true)
}
