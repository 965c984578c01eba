//! The types that cross to JavaScript, declared in TypeScript from the Rust side.
//!
//! `web/src/types.ts` is written by hand, for its readers. `web/test/types.ts` compares it with what this test writes, so
//! that neither side gains, loses or retypes a field alone.

use std::{env, fs, path::Path};

use ts_rs::{Config, TS};

use crate::{
    InteractionKind, Item,
    dims::{COLOR_DESCRIPTOR_DIM, MAX_ITEMS},
    group::Group,
    manifest::Metric,
    request::{Ranked, Reason, RerankOptions, TrackedEvent},
};

const FILE: &str = "../../web/test/rust-types.ts";

fn declarations() -> String {
    let config = Config::default();
    let types = [
        Group::decl(&config),
        InteractionKind::decl(&config),
        Item::decl(&config),
        Metric::decl(&config),
        Ranked::decl(&config),
        Reason::decl(&config),
        RerankOptions::decl(&config),
        TrackedEvent::decl(&config),
    ];
    let mut out = String::from("// Written by the tests of crates/schema: UPDATE_GOLDEN=1 rewrites it.\n");
    out += &format!(
        "export const COLOR_DESCRIPTOR_DIM = {COLOR_DESCRIPTOR_DIM};\nexport const MAX_ITEMS = {MAX_ITEMS};\n"
    );
    out.extend(types.iter().map(|declaration| format!("export {}\n", without_comments(declaration))));
    out
}

/// The documentation stays in Rust: a better word there is no reason to rewrite this file.
fn without_comments(declaration: &str) -> String {
    let mut out = String::new();
    let mut rest = declaration;
    while let Some((before, after)) = rest.split_once("/**") {
        out += before;
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    out += rest;
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn typescript_types_are_those_of_rust() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, declarations()).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == declarations(),
        "web/test/rust-types.ts is not what Rust declares: run with UPDATE_GOLDEN=1, then npm run test:web\n{}",
        declarations()
    );
}
