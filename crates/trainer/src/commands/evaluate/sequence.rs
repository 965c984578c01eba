//! `trainer evaluate sequence`

use std::path::PathBuf;

use anyhow::bail;
use serde_json::{Map, Value, json};
use windowshop_metrics::bootstrap;
use windowshop_schema::NetworkKind;

use super::{Args, Opened, print};
use crate::{
    device,
    sequence::{
        baselines,
        corpus::{Corpus, Question, asked},
        model::SequenceModel,
        ranking::{Judged, Ranking, judge},
    },
};

#[derive(Debug, clap::Args)]
pub struct SequenceArgs {
    #[command(flatten)]
    args: Args,
    /// Also rank with session-kNN, sequential rules and popularity, fitted on the dataset's own training sessions.
    #[arg(long)]
    leaderboard: bool,
    /// The folder of another run to put on the leaderboard; repeatable.
    #[arg(long, requires = "leaderboard")]
    beside: Vec<PathBuf>,
}

/// `trainer evaluate sequence`
pub fn sequence(SequenceArgs { args, leaderboard, beside }: &SequenceArgs) -> anyhow::Result<()> {
    if args.rows.is_some() || args.dump.is_some() || args.split.is_some() {
        bail!(
            "--rows, --dump, --split: a sequence network is judged on whole sessions, those of the store's test file"
        );
    }
    let opened = Opened::new(args, Some(NetworkKind::Sequence))?;
    let device = device::open(args.device)?;
    let model = SequenceModel::open(&args.model, &device)?;
    let mut questions = asked(&opened.dataset, &model.ids);
    questions.truncate(args.limit.unwrap_or(usize::MAX));
    if questions.is_empty() {
        bail!(
            "{}: no history says what came next: name histories.target, and histories.test_file for a dataset, in store.toml",
            args.data.display()
        );
    }
    let seed = model.card.card.seed;
    let judged = judge(&model.recommender, &questions);
    let mut out = bootstrap::to_json(&judged.evaluate(seed));
    out.insert("n".into(), json!(judged.len()));
    out.insert("n_skipped".into(), json!(0));
    out.insert("n_never_seen".into(), json!(judged.unseen()));
    out.insert("seed".into(), json!(seed));
    out.insert("model_bytes".into(), json!(model.bytes));
    out.insert("network".into(), json!(model.card.model.network));
    if *leaderboard {
        let corpus = Corpus::new(&opened.dataset)?;
        if corpus.ids != model.ids {
            bail!(
                "--leaderboard: the network knows {} items and the training sessions of {} have others: expected the dataset that it was trained on",
                model.ids.len(),
                args.data.display()
            );
        }
        let mut rows = vec![row(model.card.model.network.name(), Some(model.bytes), &judged, &judged, seed)];
        for run in beside {
            let other = SequenceModel::open(run, &device)?;
            if other.ids != model.ids {
                bail!("--beside {}: it knows other items: expected a run on the same dataset", run.display());
            }
            let found = judge(&other.recommender, &questions);
            rows.push(row(other.card.model.network.name(), Some(other.bytes), &found, &judged, seed));
        }
        for baseline in baselines::all(&corpus.sessions, corpus.ids.len()) {
            rows.push(against(baseline.as_ref(), &questions, &judged, seed));
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

fn against(ranking: &dyn Ranking, questions: &[Question], network: &Judged, seed: u64) -> Value {
    row(&ranking.name(), None, &judge(ranking, questions), network, seed)
}

/// A row of the leaderboard: its metrics, and how far the network is ahead of it, question by question.
fn row(name: &str, bytes: Option<u64>, judged: &Judged, network: &Judged, seed: u64) -> Value {
    let mut row: Map<String, Value> = bootstrap::to_json(&judged.evaluate(seed));
    row.insert("name".into(), json!(name));
    row.insert("model_bytes".into(), json!(bytes));
    row.insert("network_ahead".into(), bootstrap::to_json(&network.ahead_of(judged, seed)).into());
    row.into()
}
