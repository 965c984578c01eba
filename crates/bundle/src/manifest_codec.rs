//! `manifest.json` and its checksum.
//!
//! The first key is `checksum`: the SHA-256 of the rest of the object without white space between tokens. It detects a changed
//! mean or calibration, and tolerates re-indented JSON and other line ends.

use std::collections::BTreeMap;

use serde::Deserialize;
use windowshop_schema::{
    Group, Manifest, NetworkKind,
    manifest::{Calibration, FEATURE_VERSION, FORMAT_VERSION, FeatureSpec, FileEntry, RankerCard, Standardisation},
};

use crate::{
    error::BundleError,
    fault::Fault,
    file_names::{MANIFEST_FILE, RANKER_FILE, is_listed},
    format_v3,
    precision::Precision,
    sha256,
};

const START: &str = r#"{"checksum":""#;
const DIGITS: usize = 64;
/// The first format that was released.
const OLDEST_FORMAT: u32 = format_v3::VERSION;

/// The text of `manifest.json`.
pub(crate) fn encode(manifest: &Manifest) -> Result<String, Fault> {
    check(manifest)?;
    let unwritable = |error: serde_json::Error| Fault::whole(error.to_string(), "a manifest that JSON can hold");
    let checksum = sha256::hex(serde_json::to_string(manifest).map_err(unwritable)?.as_bytes());
    let pretty = serde_json::to_string_pretty(manifest).map_err(unwritable)?;
    let body = pretty.strip_prefix('{').unwrap_or(&pretty);
    Ok(format!("{{\n  \"checksum\": \"{checksum}\",{body}\n"))
}

/// Decodes the text of `manifest.json`: checks the versions first, then the checksum, then the content.
pub(crate) fn decode(text: &str) -> Result<Manifest, BundleError> {
    let corrupt = |fault: Fault| fault.reading(MANIFEST_FILE);
    let unreadable = |error: serde_json::Error| Fault::whole(error.to_string(), "a bundle's manifest");
    let versions: Versions = serde_json::from_str(text).map_err(unreadable).map_err(corrupt)?;
    let found = versions.format_version;
    if !(u64::from(OLDEST_FORMAT)..=u64::from(FORMAT_VERSION)).contains(&found) {
        return Err(BundleError::Version { found, oldest: OLDEST_FORMAT, newest: FORMAT_VERSION });
    }
    if versions.feature_version != u64::from(FEATURE_VERSION) {
        return Err(BundleError::Features { found: versions.feature_version, expected: FEATURE_VERSION });
    }
    let mut body = without_checksum(text).map_err(corrupt)?;
    if found == u64::from(format_v3::VERSION) {
        body = format_v3::manifest(&body);
    }
    let manifest: Manifest = serde_json::from_str(&body).map_err(unreadable).map_err(corrupt)?;
    check(&manifest).map_err(corrupt)?;
    Ok(manifest)
}

/// The versions: `format_version` is in every format, `feature_version` in every format from 3 on.
#[derive(Deserialize)]
struct Versions {
    format_version: u64,
    #[serde(default)]
    feature_version: u64,
}

/// Verifies the checksum and returns the compact object without it.
fn without_checksum(text: &str) -> Result<String, Fault> {
    let compact = without_white_space(text);
    let parts = compact.strip_prefix(START).and_then(|rest| rest.split_at_checked(DIGITS));
    let Some((expected, rest)) = parts.and_then(|(digits, rest)| Some((digits, rest.strip_prefix("\",")?))) else {
        return Err(Fault::of("checksum", "no checksum", "the sha-256 as the first key"));
    };
    let body = format!("{{{rest}");
    let found = sha256::hex(body.as_bytes());
    if found != expected {
        return Err(Fault::of("checksum", format!("content with sha-256 {found}"), expected));
    }
    Ok(body)
}

fn without_white_space(json: &str) -> String {
    let (mut in_string, mut escaped) = (false, false);
    let keep = |c: &char| {
        if in_string {
            let ends = *c == '"' && !escaped;
            escaped = *c == '\\' && !escaped;
            in_string = !ends;
            return true;
        }
        in_string = *c == '"';
        !c.is_ascii_whitespace()
    };
    json.chars().filter(keep).collect()
}

fn check(manifest: &Manifest) -> Result<(), Fault> {
    for (name, file) in &manifest.files {
        if !is_listed(name) {
            return Err(Fault::of("files", format!("`{name}`"), "only the files of LAYOUT.md"));
        }
        if Precision::from_name(&file.precision).is_none() {
            return Err(Fault::of(name, format!("precision `{}`", file.precision), "f32, f16 or int8"));
        }
    }
    if manifest.files.is_empty() {
        return Err(Fault::of("files", "none", "a ranker or a network"));
    }
    if manifest.ranker.is_some() != manifest.files.contains_key(RANKER_FILE) {
        return Err(Fault::of(
            "files",
            "only one of the ranker's card and weights",
            format!("both `ranker` and {RANKER_FILE}"),
        ));
    }
    manifest.ranker.as_ref().map_or(Ok(()), |card| check_ranker(card, &manifest.files))
}

fn check_ranker(card: &RankerCard, files: &BTreeMap<String, FileEntry>) -> Result<(), Fault> {
    let network = NetworkKind::Intent.file();
    if card.groups.contains(&Group::Intent) && !files.contains_key(network) {
        let found = "a ranker with the group `intent` and no intent network";
        return Err(Fault::of("files", found, format!("{network} beside it, from the run of the ranker")));
    }
    let features = &card.features;
    for (name, statistics) in &features.standardisation {
        let columns = match name.as_str() {
            FeatureSpec::CONTEXT => Some(features.context.len()),
            FeatureSpec::VISIT => Some(1),
            group => features.columns.get(group).map(Vec::len),
        };
        let Some(columns) = columns else {
            return Err(Fault::of(
                "features.standardisation",
                format!("`{name}`"),
                "a group that has columns, `context` or `visit`",
            ));
        };
        check_standardisation(name, statistics, columns)?;
    }
    let finite = match card.calibration {
        Calibration::Grade { scale } => scale.min.is_finite() && scale.max.is_finite() && scale.min < scale.max,
        Calibration::Probability { slope, intercept } => slope.is_finite() && intercept.is_finite(),
    };
    if !finite {
        return Err(Fault::of("calibration", format!("{:?}", card.calibration), "finite numbers, min below max"));
    }
    let finite = |m: &windowshop_schema::manifest::Metric| m.value.is_finite() && m.ci95.iter().all(|v| v.is_finite());
    match card.metrics.iter().find(|(_, metric)| !finite(metric)) {
        None => Ok(()),
        Some((name, metric)) => Err(Fault::of(format!("metrics.{name}"), format!("{metric:?}"), "finite numbers")),
    }
}

fn check_standardisation(name: &str, statistics: &Standardisation, columns: usize) -> Result<(), Fault> {
    let key = format!("features.standardisation.{name}");
    let Standardisation { mean, std } = statistics;
    if mean.len() != columns || std.len() != columns {
        let found = format!("{} means and {} deviations", mean.len(), std.len());
        return Err(Fault::of(key, found, format!("{columns}, one per column")));
    }
    if !mean.iter().all(|m| m.is_finite())
        || !std.iter().all(|s| *s == 0.0 || (s.is_finite() && *s >= Standardisation::MIN_STD))
    {
        return Err(Fault::of(
            key,
            "a number out of range",
            "finite means, and deviations of 0 (excluded) or at least 1e-6",
        ));
    }
    Ok(())
}
