//! Download sizes against their budgets.

use std::{fs, io::Write as _};

use anyhow::{Context, bail};
use flate2::{Compression, write::GzEncoder};

use crate::{builds::BUILDS, paths};

pub fn run() -> anyhow::Result<()> {
    println!("{:<12} {:>12} {:>12} {:>12} {:>12} {:>12}", "build", "wasm", "js", "wasm gzip", "js gzip", "budget");
    let mut above_budget = Vec::new();
    let mut measured = 0;
    for build in &BUILDS {
        let out = paths::generated(build);
        if !out.exists() {
            println!("{:<12} not built", build.name);
            continue;
        }
        let read = |file: String| {
            fs::read(out.join(&file))
                .with_context(|| format!("build `{}`: {file} is missing; run `cargo xtask wasm`", build.name))
        };
        let (wasm, js) = (read(format!("{}_bg.wasm", build.out_name()))?, read(format!("{}.js", build.out_name()))?);
        let (wasm_gzip, js_gzip) = (gzip_size(&wasm)?, gzip_size(&js)?);
        let (name, budget) = (build.name, build.budget_bytes);
        println!("{name:<12} {:>12} {:>12} {wasm_gzip:>12} {js_gzip:>12} {budget:>12}", wasm.len(), js.len());
        if wasm_gzip + js_gzip > budget {
            above_budget.push(format!("{name}: {} bytes, expected at most {budget}", wasm_gzip + js_gzip));
        }
        measured += 1;
    }
    if measured == 0 {
        bail!("no build found in web/src/generated: run `cargo xtask wasm` first");
    }
    if !above_budget.is_empty() {
        bail!(
            "gzip size above the budget: {}; look for a new dependency with `cargo tree -p PACKAGE --target wasm32-unknown-unknown`",
            above_budget.join("; ")
        );
    }
    Ok(())
}

fn gzip_size(bytes: &[u8]) -> anyhow::Result<u64> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len() as u64)
}
