//! What a visitor downloads.

use std::{fs, io::Write as _};

use anyhow::{Context, bail};
use flate2::{Compression, write::GzEncoder};

use crate::{builds::BUILDS, paths};

pub fn run() -> anyhow::Result<()> {
    println!("{:<12} {:>12} {:>12} {:>12} {:>12} {:>12}", "build", "wasm", "js", "wasm gzip", "js gzip", "budget");
    let mut above = Vec::new();
    let mut measured = 0;
    for build in &BUILDS {
        let out = paths::generated(build);
        if !out.exists() {
            println!("{:<12} not built", build.name);
            continue;
        }
        let read = |file: String| fs::read(out.join(&file)).with_context(|| format!("{}: {file}", build.name));
        let (wasm, js) = (read(format!("{}_bg.wasm", build.out_name()))?, read(format!("{}.js", build.out_name()))?);
        let (wasm_gzip, js_gzip) = (gzip_size(&wasm)?, gzip_size(&js)?);
        let (name, budget) = (build.name, build.budget_bytes);
        println!("{name:<12} {:>12} {:>12} {wasm_gzip:>12} {js_gzip:>12} {budget:>12}", wasm.len(), js.len());
        if wasm_gzip + js_gzip > budget {
            above.push(format!("{name}: {} bytes, expected at most {budget}", wasm_gzip + js_gzip));
        }
        measured += 1;
    }
    if measured == 0 {
        bail!("nothing is built: run `cargo xtask wasm` first");
    }
    if !above.is_empty() {
        bail!(
            "above the size budget after gzip: {}; look for a new dependency with `cargo tree -p PACKAGE --target wasm32-unknown-unknown`",
            above.join("; ")
        );
    }
    Ok(())
}

fn gzip_size(bytes: &[u8]) -> anyhow::Result<u64> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len() as u64)
}
