//! Reads the cards, settings and log of a run or a bundle.

use std::{collections::BTreeMap, path::Path};

use anyhow::Context;
use serde_json::{Map, Value};
use windowshop_bundle::Bundle;
use windowshop_schema::Manifest;

use crate::run::{self, LOG, RunInfo, SAMPLES};

/// Content of a report.
pub struct Source {
    pub manifest: Manifest,
    /// Cards by task, as JSON, because their fields differ.
    pub cards: BTreeMap<String, Value>,
    /// Settings of the run; `None` for an exported bundle.
    pub run: Option<RunInfo>,
    /// Last record of each epoch.
    pub epochs: Vec<Map<String, Value>>,
    /// Last sample sheet of a generator run, a PNG.
    pub samples: Option<Vec<u8>>,
    /// Record of the final test.
    pub test: Map<String, Value>,
}

impl Source {
    /// Reads the folder of a finished run, or an exported bundle.
    pub fn open(model: &Path) -> anyhow::Result<Self> {
        let (manifest, Bundle { ranker, networks, .. }) = run::open_bundle(model)?;
        let mut cards = BTreeMap::new();
        if let Some(ranker) = ranker {
            cards.insert("ranker".to_owned(), serde_json::to_value(ranker.card)?);
        }
        for (kind, file) in networks {
            let card = serde_json::from_str(&file.card).with_context(|| format!("{}: card", kind.file()))?;
            cards.insert(kind.task().to_owned(), card);
        }
        let events = events_of(model)?;
        Ok(Self {
            manifest,
            cards,
            run: run::find_info(model)?,
            samples: samples(model)?,
            epochs: epochs(&events),
            test: last(events, "test"),
        })
    }
}

/// Record of a run's final test.
pub fn test_of(run: &Path) -> anyhow::Result<Map<String, Value>> {
    Ok(last(events_of(run)?, "test"))
}

/// Best validation metric of a run.
pub fn best_validation(run: &Path) -> anyhow::Result<f64> {
    let validations = epochs(&events_of(run)?).into_iter().filter_map(|epoch| epoch.get("selection_metric")?.as_f64());
    validations.reduce(f64::max).with_context(|| format!("{}: its log has no validated epoch", run.display()))
}

fn samples(run: &Path) -> anyhow::Result<Option<Vec<u8>>> {
    let Ok(sheets) = std::fs::read_dir(run.join(SAMPLES)) else { return Ok(None) };
    let mut paths = sheets.map(|sheet| Ok(sheet?.path())).collect::<std::io::Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|kind| kind == "png"));
    paths.sort_unstable();
    paths.last().map(|path| std::fs::read(path).with_context(|| path.display().to_string())).transpose()
}

fn events_of(run: &Path) -> anyhow::Result<Vec<Map<String, Value>>> {
    let log = run.join(LOG);
    let text = if log.exists() { std::fs::read_to_string(&log)? } else { String::new() };
    events(&text).with_context(|| log.display().to_string())
}

fn last(events: Vec<Map<String, Value>>, wanted: &str) -> Map<String, Value> {
    events.into_iter().rfind(|event| kind(event) == wanted).unwrap_or_default()
}

fn events(log: &str) -> anyhow::Result<Vec<Map<String, Value>>> {
    log.lines().filter(|line| !line.trim().is_empty()).map(|line| Ok(serde_json::from_str(line)?)).collect()
}

fn kind(event: &Map<String, Value>) -> &str {
    event.get("event").and_then(Value::as_str).unwrap_or_default()
}

/// The last record of each epoch: a resumed run may have logged one twice.
fn epochs(events: &[Map<String, Value>]) -> Vec<Map<String, Value>> {
    let numbered = events.iter().filter(|event| kind(event) == "epoch");
    let by_number: BTreeMap<u64, &Map<String, Value>> =
        numbered.filter_map(|event| Some((event.get("epoch")?.as_u64()?, event))).collect();
    by_number.into_values().cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_that_was_logged_twice_counts_once() {
        let log = "{\"event\":\"epoch\",\"epoch\":1,\"loss\":3}\n{\"event\":\"resumed\"}\n\
                   {\"event\":\"epoch\",\"epoch\":1,\"loss\":2}\n{\"event\":\"epoch\",\"epoch\":2,\"loss\":1}\n";
        let epochs = epochs(&events(log).unwrap());
        assert_eq!(epochs.iter().map(|epoch| epoch["loss"].as_u64().unwrap()).collect::<Vec<_>>(), [2, 1]);
    }
}
