//! `trainer evaluate ranker`

use std::path::Path;

use anyhow::bail;
use serde_json::json;
use windowshop_bundle::{RANKER_FILE, STATISTICS_FILE};
use windowshop_ingest::{Dataset, List};

use super::{Args, Opened, print};
use crate::{
    commands::train::protocol,
    device,
    ranking::{ablation, evaluate, lists, predict, rows},
    run,
};

#[derive(Debug, clap::Args)]
pub struct RankerArgs {
    #[command(flatten)]
    args: Args,
    /// Also say what each feature group adds to NDCG@10: the whole score against the score without the group's term.
    #[arg(long)]
    ablate: bool,
}

/// `trainer evaluate ranker`
pub fn ranker(RankerArgs { args, ablate }: &RankerArgs) -> anyhow::Result<()> {
    let opened = Opened::new(args, None)?;
    let dataset = &opened.dataset;
    let device = device::open(args.device)?;
    let (manifest, bundle) = run::open_bundle(&args.model)?;
    let Some(bundle) = bundle.ranker else {
        bail!(
            "{}: has no ranker; expected a run of `trainer train ranker`, or a bundle with one",
            args.model.display()
        );
    };
    let sizes = [RANKER_FILE, STATISTICS_FILE].map(|file| manifest.files.get(file).map_or(0, |f| f.size_bytes));
    let model_bytes: u64 = sizes.iter().sum();
    let (seed, groups) = (bundle.card.card.seed, bundle.card.groups.clone());
    let (mut features, ranker) = run::open_ranker(bundle, &device)?;

    let shown: Vec<&List> =
        dataset.lists.iter().filter(|list| opened.wants(&list.key)).take(args.limit.unwrap_or(usize::MAX)).collect();
    if shown.is_empty() {
        bail!("{}: no lists to evaluate", args.data.display());
    }
    let handles = lists::register(dataset, &mut features);
    let prepared = lists::prepare(&shown, dataset, &handles, &mut features, None);
    let scores = predict::scores(&ranker, &prepared, &features, &device);
    if let Some(path) = &args.dump {
        dump(path, dataset, &shown, &scores)?;
    }
    let protocol = protocol(dataset, seed);
    if let Some(path) = &args.rows {
        rows::write(path, &prepared, &scores, features.spec(), protocol)?;
    }
    let evaluation = evaluate::evaluate(&prepared, &scores, protocol);
    let mut out = evaluation.to_json();
    out.insert("seed".into(), json!(seed));
    out.insert("model_bytes".into(), json!(model_bytes));
    out.insert("split".into(), json!(opened.split));
    if !ablate {
        print(&out, args.json);
        return Ok(());
    }
    let contributions = predict::contributions(&ranker, &prepared, &features, &device);
    let ablation = ablation::ablate(&prepared, &scores, &contributions, &groups, protocol);
    if args.json {
        out.insert("ablation".into(), ablation::to_json(&ablation));
        print(&out, true);
    } else {
        print(&out, false);
        print!("{}", ablation::table(&ablation));
    }
    Ok(())
}

fn dump(path: &Path, dataset: &Dataset, lists: &[&List], scores: &[Vec<f32>]) -> anyhow::Result<()> {
    let mut text = String::new();
    for (list, scores) in lists.iter().zip(scores) {
        let items: Vec<_> = list.items.iter().map(|&item| &dataset.items[item as usize]).collect();
        let session: Vec<_> = list
            .session
            .iter()
            .map(|e| json!({"type": e.kind, "itemId": dataset.items[e.item as usize].id, "title": dataset.items[e.item as usize].title}))
            .collect();
        let row =
            json!({"query": list.query, "items": items, "session": session, "grades": list.grades, "scores": scores});
        text.push_str(&row.to_string());
        text.push('\n');
    }
    Ok(std::fs::write(path, text)?)
}
