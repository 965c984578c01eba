//! `trainer evaluate sequence`

use std::path::PathBuf;

use anyhow::bail;
use serde_json::{Map, Value, json};
use windowshop_metrics::bootstrap;

use super::{Args, Opened, Reads, print};
use crate::{
    device,
    sequence::{
        baselines,
        corpus::{Corpus, NextItemQuery, held_out_queries},
        model::SequenceModel,
        ranking::{Ranking, Ranks, rank_queries},
    },
};

#[derive(Debug, clap::Args)]
pub struct SequenceArgs {
    #[command(flatten)]
    args: Args,
    /// Also evaluate session-kNN, sequential rules and popularity, fitted to the dataset's training sessions.
    #[arg(long)]
    leaderboard: bool,
    /// Another run for the leaderboard; repeatable.
    #[arg(long, requires = "leaderboard")]
    beside: Vec<PathBuf>,
}

/// `trainer evaluate sequence`
pub fn sequence(SequenceArgs { args, leaderboard, beside }: &SequenceArgs) -> anyhow::Result<()> {
    if args.rows.is_some() || args.dump.is_some() || args.split.is_some() {
        bail!(
            "--rows, --dump, --split: expected none of them: a sequence network is evaluated on the sessions of the store's test file"
        );
    }
    let opened = Opened::new(args, Reads::Sessions)?;
    let device = device::open(args.device)?;
    let model = SequenceModel::open(&args.model, &device)?;
    let mut queries = held_out_queries(&opened.dataset, &model.ids);
    queries.truncate(args.limit.unwrap_or(usize::MAX));
    if queries.is_empty() {
        bail!(
            "{}: no history has a next item to predict: name histories.target, and histories.test_file for a dataset, in store.toml",
            args.data.display()
        );
    }
    let seed = model.card.card.seed;
    let ranks = rank_queries(&model.recommender, &queries);
    let mut out = bootstrap::to_json(&ranks.evaluate(seed));
    out.insert("n".into(), json!(ranks.len()));
    out.insert("n_skipped".into(), json!(0));
    out.insert("n_never_seen".into(), json!(ranks.unknown()));
    out.insert("seed".into(), json!(seed));
    out.insert("model_bytes".into(), json!(model.bytes));
    out.insert("network".into(), json!(model.card.model.network));
    if *leaderboard {
        let corpus = Corpus::new(&opened.dataset)?;
        if corpus.ids != model.ids {
            bail!(
                "--leaderboard: the network has {} items, and the training sessions of {} have others; expected the dataset of its training",
                model.ids.len(),
                args.data.display()
            );
        }
        let mut rows = vec![row(model.card.model.network.name(), Some(model.bytes), &ranks, &ranks, seed)];
        for run in beside {
            let other = SequenceModel::open(run, &device)?;
            if other.ids != model.ids {
                bail!("--beside {}: it has other items; expected a run on the same dataset", run.display());
            }
            let found = rank_queries(&other.recommender, &queries);
            rows.push(row(other.card.model.network.name(), Some(other.bytes), &found, &ranks, seed));
        }
        for baseline in baselines::all(&corpus.sessions, corpus.ids.len()) {
            rows.push(against(baseline.as_ref(), &queries, &ranks, seed));
        }
        let place = |row: &Value| row["p@20"].as_f64().unwrap_or_default();
        rows.sort_by(|a, b| place(b).total_cmp(&place(a)));
        out.insert("leaderboard".into(), rows.into());
    }
    if args.json {
        print(&out, true);
        return Ok(());
    }
    let rows = out.remove("leaderboard");
    print(&out, false);
    for row in rows.iter().flat_map(|rows| rows.as_array().into_iter().flatten()) {
        let value = |name: &str| row[name].as_f64().unwrap_or(f64::NAN);
        let name = row["name"].as_str().unwrap_or_default();
        println!("{name:22} p@20 {:.4}  mrr@20 {:.4}  ndcg@10 {:.4}", value("p@20"), value("mrr@20"), value("ndcg@10"));
    }
    Ok(())
}

fn against(ranking: &dyn Ranking, queries: &[NextItemQuery], network: &Ranks, seed: u64) -> Value {
    row(&ranking.name(), None, &rank_queries(ranking, queries), network, seed)
}

/// A row of the leaderboard: its metrics, and the network's paired gain over it.
fn row(name: &str, bytes: Option<u64>, ranks: &Ranks, network: &Ranks, seed: u64) -> Value {
    let mut row: Map<String, Value> = bootstrap::to_json(&ranks.evaluate(seed));
    row.insert("name".into(), json!(name));
    row.insert("model_bytes".into(), json!(bytes));
    row.insert("network_ahead".into(), bootstrap::to_json(&network.gain_over(ranks, seed)).into());
    row.into()
}
