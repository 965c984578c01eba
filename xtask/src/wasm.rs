//! Wasm builds: cargo, wasm-bindgen, `wasm-opt`.

use std::{fmt::Write as _, fs, path::Path, time::Instant};

use anyhow::Context;
use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    builds::{BUILDS, Build, ENGINE_GPU, TARGET},
    optimise, paths, process,
};

/// Which builds to run; all but the WebGPU one by default.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Include the WebGPU build (minutes).
    #[arg(long)]
    gpu: bool,
    /// Run this build only.
    #[arg(long, value_name = "NAME", value_parser = BUILDS.map(|build| build.name))]
    only: Option<String>,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    for build in &BUILDS {
        let selected = match &args.only {
            Some(name) => name == build.name,
            None => args.gpu || build.package != ENGINE_GPU,
        };
        if selected {
            build_one(build).with_context(|| format!("wasm build `{}`", build.name))?;
        }
    }
    Ok(())
}

fn build_one(build: &Build) -> anyhow::Result<()> {
    let started = Instant::now();
    compile(build)?;
    let module = paths::compiled(build);
    let stamp = stamp(&fs::read(&module).with_context(|| format!("{}: cannot be read", module.display()))?, build);
    let out = paths::generated(build);
    if is_current(&out, &stamp, &build.out_name()) {
        println!("wasm {}: up to date", build.name);
        return Ok(());
    }
    // In a folder of its own until it is complete: a dev server or a second run never reads half a build.
    let next = out.with_file_name(format!(".{}-{}", build.name, std::process::id()));
    let mut bindgen = Bindgen::new();
    bindgen.input_path(&module).out_name(&build.out_name()).web(true)?.typescript(true);
    bindgen.remove_name_section(true).remove_producers_section(true).generate(&next)?;
    let optimised = optimise::run(build, &next)?;
    fs::write(next.join(STAMP), stamp)?;
    if out.exists() {
        fs::remove_dir_all(&out)?;
    }
    fs::rename(next, out)?;
    let how = if optimised { "" } else { ", not optimised: the npm package binaryen is not installed" };
    println!("wasm {}: built in {:.1} s{how}", build.name, started.elapsed().as_secs_f32());
    Ok(())
}

fn compile(build: &Build) -> anyhow::Result<()> {
    let mut command = process::cargo_for(build);
    command.args([
        "rustc",
        "--package",
        build.package,
        "--lib",
        "--crate-type",
        "cdylib",
        "--target",
        TARGET,
        "--profile",
        build.profile,
    ]);
    process::run(&mut command)
}

/// File that records what the outputs were generated from.
const STAMP: &str = ".stamp";

/// A digest of everything that the outputs depend on.
fn stamp(module: &[u8], build: &Build) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(module) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    let optimiser = if paths::wasm_opt().is_some() { build.optimise } else { "none" };
    format!("module {text}\nwasm-opt {optimiser}\n")
}

fn is_current(out: &Path, stamp: &str, name: &str) -> bool {
    let files = [format!("{name}.js"), format!("{name}.d.ts"), format!("{name}_bg.wasm")];
    files.iter().all(|file| out.join(file).exists())
        && fs::read_to_string(out.join(STAMP)).is_ok_and(|old| old == stamp)
}
