//! `records.jsonl`: what was done to which file, one changed copy a line, so that it can be done again.

use std::{fs, path::Path};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use windowshop_augment::Record;

use super::sources::Format;

/// The file's name in a folder of changed photos.
pub const FILE: &str = "records.jsonl";

/// One changed copy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// The file that was written, below the output folder.
    pub output: String,
    /// The file that was read, below the input folder.
    pub source: String,
    /// SHA-256 of that file.
    pub source_sha256: String,
    /// SHA-256 of the policy's JSON with every default written out.
    pub policy_sha256: String,
    pub seed: u64,
    /// From 0.
    pub copy: u32,
    pub format: Format,
    /// Every action with its numbers.
    pub record: Record,
}

/// In hexadecimal.
pub fn sha256(bytes: impl AsRef<[u8]>) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Reads a file of records.
pub fn read(path: &Path) -> anyhow::Result<Vec<Line>> {
    let text = fs::read_to_string(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    let mut lines = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line: Line = serde_json::from_str(line)
            .with_context(|| format!("{}: line {}: no record of trainer augment", path.display(), number + 1))?;
        // A record may come from somewhere else: it writes below the output folder and nowhere else.
        for name in [&line.output, &line.source] {
            if name.split('/').any(|part| matches!(part, "" | "." | "..") || part.contains(['\\', ':'])) {
                bail!("{}: line {}: found {name}; expected a path below a folder", path.display(), number + 1);
            }
        }
        lines.push(line);
    }
    if lines.is_empty() {
        bail!("{}: no records in it; expected the {FILE} that trainer augment wrote", path.display());
    }
    Ok(lines)
}
