//! `trainer evaluate policy`: the off-policy value of another policy, from a log with propensities.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde_json::{Map, json};
use windowshop_behaviour::{
    Estimate, Rows,
    off_policy::{CrossFittedMeans, OffPolicySettings, Policy, Round, RoundLog, evaluate_policy, read_open_bandit},
};
use windowshop_metrics::bootstrap::Ratio;

use super::print;

/// Prior strength of each mean reward, in rounds.
const STRENGTH: f64 = 20.0;

#[derive(Debug, clap::Args)]
pub struct PolicyArgs {
    /// The log in the format of the Open Bandit Dataset: a csv with item_id, position, click and propensity_score, or a folder
    /// with all.csv.
    #[arg(long)]
    data: PathBuf,
    /// The policy to evaluate: `uniform`, or a log, for the frequencies of its items by position.
    #[arg(long, default_value = "uniform")]
    policy: String,
    /// A log of the evaluated policy: its mean reward is printed beside the estimates.
    #[arg(long)]
    beside: Option<PathBuf>,
    /// Importance weights above this are clipped; by default none.
    #[arg(long)]
    clip: Option<f64>,
    /// Seed of the confidence intervals.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// `trainer evaluate policy`
pub fn policy(args: &PolicyArgs) -> anyhow::Result<()> {
    let Rows { rows, skipped, why } = read(&args.data)?;
    let log = RoundLog::new(rows).with_context(|| args.data.display().to_string())?;
    let (policy, own) = match args.policy.as_str() {
        "uniform" => (Policy::uniform(log.contexts(), log.actions()), None),
        path => {
            let own = RoundLog::new(read(Path::new(path))?.rows).with_context(|| path.to_owned())?;
            (frequencies(&own, &log)?, Some(own))
        }
    };
    let beside = match &args.beside {
        Some(path) => Some(RoundLog::new(read(path)?.rows).with_context(|| path.display().to_string())?),
        None => own,
    };
    let settings = OffPolicySettings { clip: args.clip, seed: args.seed };
    let found = evaluate_policy(&log, &policy, &CrossFittedMeans::fit(&log, STRENGTH), &settings)?;
    let mut out = Map::new();
    let mut put = |name: &str, value: f64, ci95: [f64; 2]| {
        out.insert(name.into(), json!(value));
        out.insert(format!("{name}_ci95"), json!(ci95));
    };
    for (name, Estimate { value, ci95 }) in [
        ("ips", found.ips),
        ("snips", found.snips),
        ("doubly_robust", found.doubly_robust),
        ("direct", found.direct),
        ("logged", found.logged),
        ("mean_weight", found.mean_weight),
    ] {
        put(name, value, ci95);
    }
    if let Some(truth) = beside.and_then(|log| mean_reward(&log, args.seed)) {
        put("beside", truth.value, truth.ci95);
    }
    for (name, value) in [
        ("effective_sample_size", json!(found.effective_sample_size)),
        ("clipped", json!(found.clipped)),
        ("unsupported", json!(found.unsupported)),
        ("rewards", json!(log.rounds().iter().map(|round| round.reward).sum::<f64>())),
        ("n", json!(found.n)),
        ("n_skipped", json!(skipped)),
        ("skipped_first", json!(why)),
        ("policy", json!(args.policy)),
        ("seed", json!(args.seed)),
    ] {
        out.insert(name.into(), value);
    }
    if !args.json && why.is_none() {
        out.remove("skipped_first");
    }
    print(&out, args.json);
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<Rows<Round>> {
    let file = if path.is_dir() { path.join("all.csv") } else { path.to_owned() };
    if !file.is_file() {
        bail!(
            "{}: no such log: expected a csv in the format of the Open Bandit Dataset, or one of its folders with all.csv (random, bts)",
            file.display()
        );
    }
    Ok(read_open_bandit(&file)?)
}

/// The frequencies of the actions of `own` in each context, over the contexts and actions of both logs.
fn frequencies(own: &RoundLog, log: &RoundLog) -> anyhow::Result<Policy> {
    let contexts = own.contexts().max(log.contexts()) as usize;
    let actions = own.actions().max(log.actions()) as usize;
    let mut counts = vec![0.0; contexts * actions];
    for round in own.rounds() {
        counts[round.context as usize * actions + round.action as usize] += 1.0;
    }
    for of_context in counts.chunks_mut(actions) {
        let sum: f64 = of_context.iter().sum();
        // Uniform in a context that the log does not have.
        of_context.iter_mut().for_each(|n| *n = if sum > 0.0 { *n / sum } else { 1.0 / actions as f64 });
    }
    Ok(Policy::new(actions as u32, counts)?)
}

fn mean_reward(log: &RoundLog, seed: u64) -> Option<Estimate> {
    let mut ratio = Ratio::default();
    log.rounds().iter().for_each(|round| ratio.add(round.reward, 1.0));
    ratio.estimate(seed, |value| value)
}
