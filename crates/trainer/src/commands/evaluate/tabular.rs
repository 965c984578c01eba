//! `trainer evaluate tabular`

use anyhow::{Context, bail};
use serde_json::json;

use super::{Args, Opened, Reads, print};
use crate::{
    device,
    intent::{
        rows::{Rows, last_period, split_of},
        source::Source,
    },
    learning::split::Split,
    tabular::{fidelity::Fidelity, learner::CodedRows, model::TabularModel},
};

/// `trainer evaluate tabular`
pub fn tabular(args: &Args) -> anyhow::Result<()> {
    let opened = Opened::new(args, Reads::TableRows)?;
    let device = device::open(args.device)?;
    let model = TabularModel::open(&args.model, &device)?;
    let source = Source::for_evaluation(&opened.dataset, None).context(args.data.display().to_string())?;
    let table = source.table.as_ref();
    let rows = Rows::unsplit(table, &model.card.classes);
    let info = opened.info.as_ref().filter(|info| info.dataset == opened.dataset.fingerprint);
    let last = last_period(table);
    let part = |split: Option<Split>| match (split, info) {
        (Some(wanted), Some(info)) => rows.filter(table, |row| split_of(row, last, &info.cut) == wanted),
        _ => rows.filter(table, |_| true),
    };
    let columns: Vec<_> = model
        .card
        .columns
        .iter()
        .map(|codes| {
            table.columns.iter().find(|column| column.name == codes.name).cloned().with_context(|| {
                format!("{}: no column `{}`, which the generator has", args.data.display(), codes.name)
            })
        })
        .collect::<Result<_, _>>()?;
    let coded = |part: Vec<usize>| CodedRows::new(&model.card.columns, &columns, &part, rows.labels(&part));
    let held_out = coded(part(opened.split));
    if held_out.len() == 0 {
        bail!("{}: no rows of a known class to compare with", args.data.display());
    }
    // Copies of training rows can be counted in the training data alone.
    let train = if info.is_some() { coded(part(Some(Split::Train))) } else { coded(Vec::new()) };
    let generated = model.generate_like(&held_out, model.card.card.seed, &device);
    let mut out = Fidelity { train: &train, held_out: &held_out, generated: &generated }.to_json(model.card.card.seed);
    if info.is_none() {
        out.retain(|name, _| !name.starts_with("copied_rate") && !name.contains("_of_real"));
    }
    out.insert("n_skipped".into(), json!(table.rows.len() - rows.labels.iter().flatten().count()));
    out.insert("seed".into(), json!(model.card.card.seed));
    out.insert("model_bytes".into(), json!(model.bytes));
    out.insert("split".into(), json!(opened.split));
    print(&out, args.json);
    Ok(())
}
