//! `trainer evaluate ranker`

use std::path::Path;

use anyhow::bail;
use serde_json::{Value, json};
use windowshop_bundle::{Bundle, RANKER_FILE, STATISTICS_FILE};
use windowshop_ingest::{Dataset, Interaction, List};
use windowshop_schema::{Group, NetworkKind};

use super::{Args, Opened, Reads, intent::tracked_event, print};
use crate::{
    device,
    intent::model::IntentModel,
    ranking::{ablation, evaluate, intent, lists, predict, rows},
    run,
    tasks::protocol,
};

#[derive(Debug, clap::Args)]
pub struct RankerArgs {
    #[command(flatten)]
    args: Args,
    /// Also print the contribution of each feature group to NDCG@10: the score with the group's term against the score without.
    #[arg(long)]
    ablate: bool,
}

/// `trainer evaluate ranker`
pub fn ranker(RankerArgs { args, ablate }: &RankerArgs) -> anyhow::Result<()> {
    let opened = Opened::new(args, Reads::Lists)?;
    let dataset = &opened.dataset;
    let device = device::open(args.device)?;
    let (manifest, bundle) = run::open_bundle(&args.model)?;
    let Bundle { ranker, mut networks, .. } = bundle;
    let Some(bundle) = ranker else {
        bail!(
            "{}: has no ranker; expected a run of `trainer train ranker`, or a bundle with one",
            args.model.display()
        );
    };
    let (seed, groups) = (bundle.card.card.seed, bundle.card.groups.clone());
    // A ranker with the group `intent` has its intent network in the bundle.
    let intent = networks.remove(&NetworkKind::Intent).filter(|_| groups.contains(&Group::Intent));
    let files =
        [RANKER_FILE, STATISTICS_FILE].into_iter().chain(intent.is_some().then_some(NetworkKind::Intent.file()));
    let model_bytes: u64 = files.filter_map(|file| Some(manifest.files.get(file)?.size_bytes)).sum();
    let (mut features, ranker) = run::open_ranker(bundle, &device)?;

    let shown: Vec<&List> =
        dataset.lists.iter().filter(|list| opened.wants(&list.key)).take(args.limit.unwrap_or(usize::MAX)).collect();
    if shown.is_empty() {
        bail!("{}: no lists to evaluate", args.data.display());
    }
    let handles = lists::register(dataset, &mut features);
    let intents = match intent {
        Some(file) => {
            let network = IntentModel::of(file, &args.model.display().to_string(), &device)?;
            let learned = opened.info.as_ref().and_then(|info| info.intent.as_ref());
            intent::of_lists(dataset, &shown, &network, learned, &device)?
        }
        None => Vec::new(),
    };
    let prepared = lists::prepare(&shown, &intents, dataset, &handles, &mut features, None);
    let scores = predict::scores(&ranker, &prepared, &features, &device);
    if let Some(path) = &args.dump {
        dump(path, dataset, &shown, &intents, &scores)?;
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

/// Writes JSON lines: items, query, session, grades and scores of each list; with a known visit also its time and the events
/// before it, as a page tracks them.
fn dump(
    path: &Path,
    dataset: &Dataset,
    lists: &[&List],
    intents: &[Option<f32>],
    scores: &[Vec<f32>],
) -> anyhow::Result<()> {
    let mut text = String::new();
    for (i, (list, scores)) in lists.iter().zip(scores).enumerate() {
        let items: Vec<_> = list.items.iter().map(|&item| &dataset.items[item as usize]).collect();
        let session: Vec<_> = list
            .session
            .iter()
            .map(|e| json!({"type": e.kind, "itemId": dataset.items[e.item as usize].id, "title": dataset.items[e.item as usize].title}))
            .collect();
        let mut row =
            json!({"query": list.query, "items": items, "session": session, "grades": list.grades, "scores": scores});
        if let (Some(intent), Some(now_ms)) = (intents.get(i).copied().flatten(), list.time_ms) {
            row["visit"] = json!({"nowMs": now_ms, "purchase": intent, "events": tracked(dataset, list)});
        }
        text.push_str(&row.to_string());
        text.push('\n');
    }
    Ok(windowshop_files::write(path, text)?)
}

/// The events of the visitor before a list was shown.
fn tracked(dataset: &Dataset, list: &List) -> Vec<Value> {
    let visitor = dataset.visitors.iter().find(|visitor| Some(&visitor.user) == list.user.as_ref());
    let before = |event: &&Interaction| Some(event.time_ms) < list.time_ms;
    let done = visitor.into_iter().flat_map(|visitor| &visitor.interactions).filter(before);
    done.map(|event| tracked_event(dataset, event)).collect()
}
