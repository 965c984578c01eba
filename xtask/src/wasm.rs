//! Builds for browsers: cargo, then the JavaScript glue, then `wasm-opt`.

use std::{fmt::Write as _, fs, path::Path, time::Instant};

use anyhow::Context;
use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    builds::{BUILDS, Build, ENGINE_GPU, TARGET},
    optimise, paths, process,
};

/// Which builds to make; all but the GPU's by default.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Make the WebGPU build too (minutes).
    #[arg(long)]
    gpu: bool,
    /// Make this build alone.
    #[arg(long, value_name = "NAME", value_parser = BUILDS.map(|build| build.name))]
    only: Option<String>,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    for build in &BUILDS {
        let wanted = match &args.only {
            Some(name) => name == build.name,
            None => args.gpu || build.package != ENGINE_GPU,
        };
        if wanted {
            make(build).with_context(|| format!("wasm build `{}`", build.name))?;
        }
    }
    Ok(())
}

fn make(build: &Build) -> anyhow::Result<()> {
    let started = Instant::now();
    compile(build)?;
    let module = paths::compiled(build);
    let stamp = stamp(&fs::read(&module).with_context(|| module.display().to_string())?, build);
    let out = paths::generated(build);
    if is_current(&out, &stamp, &build.out_name()) {
        println!("wasm {}: up to date", build.name);
        return Ok(());
    }
    // Beside the old files until it is complete: a page being served, or a second run, never sees half a build.
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
    let how = if optimised { "" } else { ", not optimised: npm's binaryen is not installed" };
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

const STAMP: &str = ".stamp";

/// Changes with everything that the generated files depend on.
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
