//! The dependencies of what pages download: no training code, no data engine, no native-only crate of ours.

use anyhow::bail;

use crate::{
    builds::{PACKAGES, TARGET},
    process,
};

/// What no page may download.
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
const FORBIDDEN_FAMILIES: [&str; 3] = ["datafusion", "arrow", "parquet"];

pub fn run() -> anyhow::Result<()> {
    let mut faults = Vec::new();
    for package in PACKAGES {
        let mut command = process::cargo();
        command.args(["tree", "--package", package, "--edges", "normal", "--target", TARGET]);
        command.args(["--prefix", "none", "--format", "{p}"]);
        faults.extend(forbidden(&process::output(&mut command)?).iter().map(|name| format!("{name} ({package})")));
    }
    if faults.is_empty() {
        println!("{} depend on no training code and on no data engine", PACKAGES.join(", "));
        return Ok(());
    }
    bail!(
        "a page would download {}; `cargo tree -p PACKAGE --target {TARGET} -i NAME` shows the way",
        faults.join(", ")
    )
}

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
