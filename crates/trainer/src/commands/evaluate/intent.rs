//! `trainer evaluate intent`

use std::path::Path;

use anyhow::{Context, anyhow, bail};
use safetensors::{Dtype, SafeTensorError, tensor::TensorView};
use serde_json::{Value, json};
use windowshop_features::TableReader;
use windowshop_ingest::{Dataset, Interaction};
use windowshop_metrics::classification::Predictions;

use super::{Args, Opened, Reads, print};
use crate::{
    device,
    intent::{
        learner::predict,
        model::IntentModel,
        rows::{Rows, last_period, split_of},
        source::Source,
        visits::Moment,
    },
};

/// `trainer evaluate intent`
pub fn intent(args: &Args) -> anyhow::Result<()> {
    let device = device::open(args.device)?;
    let IntentModel { card, network, bytes } = IntentModel::open(&args.model, &device)?;
    let opened = Opened::new(args, if card.visit.is_some() { Reads::Visits } else { Reads::TableRows })?;
    let source =
        Source::for_evaluation(&opened.dataset, card.visit.as_ref()).context(args.data.display().to_string())?;
    let table = source.table.as_ref();
    let rows = Rows::unsplit(table, &card.classes);
    let last = last_period(table);
    let wanted = |row: &_| match (opened.split, &opened.info) {
        (Some(wanted), Some(info)) => split_of(row, last, &info.cut) == wanted,
        _ => true,
    };
    let all = table.rows.iter().filter(|row| wanted(row)).count();
    let mut part = rows.filter(table, wanted);
    let skipped = all - part.len();
    part.truncate(args.limit.unwrap_or(usize::MAX));
    if part.is_empty() {
        bail!("{}: no labelled rows to evaluate", args.data.display());
    }
    let reader = TableReader::new(&card.table, &table.columns).map_err(|name| {
        let found: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        anyhow!("{}: no column `{name}`, which the network reads; found {}", args.data.display(), found.join(", "))
    })?;
    let mut predictions = predict(&network, card.model.network, &reader, &rows, &part, card.temperature, &device);
    predictions.threshold = card.threshold;
    predictions.class_weights = card.class_weights.clone();
    if let Some(path) = &args.dump {
        dump(path, &opened.dataset, &source, &card.classes, &part, &predictions)?;
    }
    if let Some(path) = &args.rows {
        export(path, &reader, &part, &predictions)?;
    }
    let mut out = predictions.evaluate(card.card.seed).to_json();
    out.insert("n_skipped".into(), json!(skipped));
    out.insert("seed".into(), json!(card.card.seed));
    out.insert("model_bytes".into(), json!(bytes));
    out.insert("classes".into(), json!(card.classes));
    out.insert("split".into(), json!(opened.split));
    print(&out, args.json);
    Ok(())
}

/// Writes JSON lines: cells, label, predicted class and class probabilities of each row; for a visit also its events, as a page
/// tracks them.
fn dump(
    path: &Path,
    dataset: &Dataset,
    source: &Source<'_>,
    classes: &[String],
    part: &[usize],
    predictions: &Predictions,
) -> anyhow::Result<()> {
    let table = source.table.as_ref();
    let line = |(at, &row): (usize, &usize)| {
        let cells: serde_json::Map<_, _> = table
            .columns
            .iter()
            .map(|column| match column.cells.is_numeric() {
                true => (column.name.clone(), json!(column.cells.number(row))),
                false => (column.name.clone(), json!(column.cells.name(row))),
            })
            .collect();
        let probabilities: serde_json::Map<_, _> = classes
            .iter()
            .enumerate()
            .map(|(class, name)| (name.clone(), json!(predictions.probability(at, class))))
            .collect();
        let named = &classes[predictions.predicted(at)];
        let mut line =
            json!({"cells": cells, "label": table.rows[row].label, "named": named, "probabilities": probabilities});
        if let Some((_, moments)) = &source.visits {
            line["events"] = tracked(dataset, moments[row]).into();
        }
        format!("{line}\n")
    };
    Ok(windowshop_files::write(path, part.iter().enumerate().map(line).collect::<String>())?)
}

fn tracked(dataset: &Dataset, moment: Moment) -> Vec<Value> {
    let done = &dataset.visitors[moment.visitor].interactions[..moment.events];
    done.iter().map(|event| tracked_event(dataset, event)).collect()
}

/// An event as a page tracks it.
pub fn tracked_event(dataset: &Dataset, event: &Interaction) -> Value {
    json!({"type": event.kind, "itemId": dataset.items[event.item as usize].id, "timestampMs": event.time_ms})
}

/// Writes the inputs of the network, to train another model: `numbers` `[rows, numbers]` (NaN: missing), `names` `[rows, names]`
/// (0: unknown), `labels`, `named` and `clusters` `[rows]`, `probabilities` `[rows, classes]`.
fn export(path: &Path, reader: &TableReader<'_>, part: &[usize], predictions: &Predictions) -> anyhow::Result<()> {
    let shape = reader.shape();
    let (mut numbers, mut names) = (Vec::new(), Vec::new());
    for &row in part {
        reader.raw(row, &mut numbers);
        reader.names(row, &mut names);
    }
    let named: Vec<usize> = (0..part.len()).map(|row| predictions.predicted(row)).collect();
    let small = |values: &[usize]| values.iter().map(|&value| value as u32).collect::<Vec<u32>>();
    let floats = |values: &[f32]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    let whole = |values: &[u32]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    let rows = part.len();
    let tensors = [
        ("numbers", Dtype::F32, vec![rows, shape.numbers], floats(&numbers)),
        ("names", Dtype::U32, vec![rows, shape.names], whole(&names)),
        ("labels", Dtype::U32, vec![rows], whole(&small(&predictions.labels))),
        ("named", Dtype::U32, vec![rows], whole(&small(&named))),
        ("clusters", Dtype::U32, vec![rows], whole(&small(&predictions.clusters))),
        ("probabilities", Dtype::F32, vec![rows, predictions.classes], floats(&predictions.probabilities)),
    ];
    let views =
        tensors.iter().map(|(name, dtype, shape, bytes)| Ok((*name, TensorView::new(*dtype, shape.clone(), bytes)?)));
    let views = views.collect::<Result<Vec<_>, SafeTensorError>>()?;
    Ok(windowshop_files::write(path, safetensors::serialize(views, None)?)?)
}
