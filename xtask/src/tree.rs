//! Dependency check of the wasm builds: no training code, no data engine, no native-only crate.

use anyhow::bail;

use crate::{
    builds::{PACKAGES, TARGET},
    process,
};

/// Packages that no page may download.
const FORBIDDEN: [&str; 9] = [
    "burn-train",
    "burn-autodiff",
    "burn-optim",
    "windowshop-trainer",
    "windowshop-ingest",
    "windowshop-augment-gpu",
    "windowshop-augment-text",
    "windowshop-files",
    "tokio",
];
/// Packages of these names and of names that begin with one and a hyphen.
const FORBIDDEN_FAMILIES: [&str; 3] = ["datafusion", "arrow", "parquet"];

pub fn run() -> anyhow::Result<()> {
    let mut violations = Vec::new();
    for package in PACKAGES {
        let mut command = process::cargo();
        command.args(["tree", "--package", package, "--edges", "normal", "--target", TARGET]);
        command.args(["--prefix", "none", "--format", "{p}"]);
        violations.extend(forbidden(&process::output(&mut command)?).iter().map(|name| format!("{name} ({package})")));
    }
    if violations.is_empty() {
        println!("{} depend on no training code and no data engine", PACKAGES.join(", "));
        return Ok(());
    }
    bail!(
        "forbidden dependencies of wasm builds: {}; find their origin with `cargo tree -p PACKAGE --target {TARGET} -i NAME`",
        violations.join(", ")
    )
}

/// Forbidden packages of a `cargo tree`, sorted and distinct.
fn forbidden(tree: &str) -> Vec<&str> {
    let in_family = |name: &str| {
        FORBIDDEN_FAMILIES
            .iter()
            .any(|family| name.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with('-')))
    };
    let names = tree.lines().filter_map(|line| line.split_whitespace().next());
    let mut found: Vec<_> = names.filter(|name| FORBIDDEN.contains(name) || in_family(name)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn training_code_and_data_engines_are_found() {
        let tree = "windowshop-engine v0.1.0\nburn-core v0.22.1\nburn-optim v0.22.1\narrow-array v58.0.0\ndatafusion v55.2.0\narrowhead v1.0.0\nburn-optim v0.22.1 (*)";
        assert_eq!(forbidden(tree), ["arrow-array", "burn-optim", "datafusion"]);
    }
}
