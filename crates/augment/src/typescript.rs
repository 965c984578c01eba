//! Policies and records in TypeScript, for pages: written from the same tables that read them.

use std::{env, fmt::Write as _, fs, path::Path};

use ts_rs::{Config, TS};

use crate::{Action, Border, Interpolation, OPERATORS, PRESETS, Record, Sampling, Size, Texture};

const FILE: &str = "../../web/src/policy.ts";

const GROUPS: &str = r#"
/** All of these, in order. */
export interface Compose {
  operator: "compose";
  probability?: number;
  transforms: Transform[];
}

/** One of these, each as likely. */
export interface OneOf {
  operator: "one_of";
  probability?: number;
  transforms: Transform[];
}

/** `count` of these, in their order here. */
export interface SomeOf {
  operator: "some_of";
  probability?: number;
  /** One by default. */
  count?: number;
  transforms: Transform[];
}

/** One random operator, of any strength up to `strength` (Müller and Hutter 2021). */
export interface TrivialAugment extends Magnitude {
  operator: "trivial_augment";
}

/** Random operators at magnitude `strength` (Cubuk et al. 2020). */
export interface RandAugment extends Magnitude {
  operator: "rand_augment";
  /** Two by default. */
  count?: number;
}

/** A step of a policy. */
export type Transform = Operator | Compose | OneOf | SomeOf | TrivialAugment | RandAugment;

/** What mixes the images of a batch; a page, which has one image, leaves it out. */
export interface Mixer extends Magnitude {
  operator: "mix_up" | "cut_mix";
  alpha?: number;
}

/** What may be done to an image. The same file serves the trainer. */
export interface AugmentPolicy {
  /** Done in order. */
  transforms: Transform[];
  /** What is beyond the edge: the image mirrored (the default), its outermost pixels, or red, green and blue. */
  border?: "reflect" | "edge" | [number, number, number];
  /** How pixels are read between pixels; `bilinear` by default. */
  interpolation?: Interpolation;
  batch?: Mixer[];
}
"#;

fn operators(out: &mut String) -> std::fmt::Result {
    writeln!(out, "/** How likely a step is, and how far it may go. */\nexport interface Magnitude {{")?;
    writeln!(out, "  /** 0 to 1; 1 by default. */\n  probability?: number;")?;
    writeln!(out, "  /** 0 to 1, 0 changes nothing. */\n  strength?: number;\n}}")?;
    let mut names = Vec::new();
    for operator in OPERATORS {
        let name: String = operator.name.split('_').map(capitalised).collect();
        writeln!(out, "\n/** {} */\nexport interface {name} extends Magnitude {{", operator.about)?;
        writeln!(out, "  operator: \"{}\";", operator.name)?;
        for parameter in operator.parameters {
            let whole = if parameter.whole { "a whole number, " } else { "" };
            let (least, most, default) = (parameter.least, parameter.most, parameter.default);
            writeln!(out, "  /** {} ({whole}{least} to {most}, {default} by default) */", parameter.about)?;
            writeln!(out, "  {}?: number;", parameter.name)?;
        }
        writeln!(out, "}}")?;
        names.push(name);
    }
    writeln!(out, "\n/** Every operator on one image. */\nexport type Operator =\n  | {};", names.join("\n  | "))
}

fn capitalised(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}

fn presets(out: &mut String) -> std::fmt::Result {
    writeln!(out, "\n/** Policies that are known by name. */\nexport type PresetName =")?;
    for (at, preset) in PRESETS.iter().enumerate() {
        let end = if at + 1 == PRESETS.len() { ";" } else { "" };
        writeln!(out, "  /** {} */\n  | \"{}\"{end}", preset.about, preset.name)?;
    }
    Ok(())
}

fn declarations() -> String {
    let config = Config::default();
    let records = [
        ("Columns and rows.", Size::decl(&config)),
        ("What is beyond the edge.", Border::decl(&config)),
        ("How pixels are read between pixels.", Interpolation::decl(&config)),
        ("What holds for every geometric action.", Sampling::decl(&config)),
        ("What white is replaced by.", Texture::decl(&config)),
        ("One change with its sampled parameters; lengths are in pixels.", Action::decl(&config)),
        ("What was done to an image: enough to do it again.", Record::decl(&config)),
    ];
    let mut out = String::from(
        "// Written by the tests of crates/augment: UPDATE_GOLDEN=1 rewrites it. What operators do is said in its operators.rs.\n\n",
    );
    operators(&mut out).expect("text");
    out += GROUPS;
    presets(&mut out).expect("text");
    for (about, declaration) in records {
        out += &format!("\n/** {about} */\nexport {}\n", without_comments(&declaration));
    }
    out.replace("type Record =", "type AugmentRecord =")
        .replace("type Border =", "type RecordedBorder =")
        .replace("border: Border", "border: RecordedBorder")
}

/// One line a declaration, the variants of a long one each on their own.
fn without_comments(declaration: &str) -> String {
    let mut out = String::new();
    let mut rest = declaration;
    while let Some((before, after)) = rest.split_once("/**") {
        out += before;
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    out += rest;
    let line = out.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.len() < 120 { line } else { line.replace(" | {", "\n  | {").replace("= {", "=\n  | {") }
}

#[test]
fn typescript_policies_are_those_that_are_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, declarations()).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == declarations(),
        "web/src/policy.ts is not what Rust reads: run with UPDATE_GOLDEN=1, then npm run test:web\n{}",
        declarations()
    );
}
