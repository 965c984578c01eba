//! Train on synthetic, test on real (TSTR; Esteban, Hyland & Rätsch 2017): a ranker trained on simulated visitors against one trained on real visitors, on
//! real lists held out from both and from the simulation.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde_json::{Value, json};
use windowshop_ingest::{Dataset, List};
use windowshop_metrics::bootstrap::Ratio;

use crate::{
    config, dataset,
    device::{self, DeviceName},
    learning::split::{Cut, Split},
    ranking::{
        evaluate::{self as metrics, Protocol},
        lists::{self, PreparedList},
        predict,
    },
    run,
    task::{TaskName, TrainArgs, TrainingArgs},
    tasks::{self, protocol},
};

/// Trains both rankers and evaluates them on the test part of `cut`; the real visitors are the share that was fitted to. `store`: the simulated
/// shop; `work`: a folder for runs and the simulated dataset.
pub fn evaluate(data: &Path, store: &Path, cut: Cut, visitor_share: f64, work: &Path) -> anyhow::Result<Value> {
    let simulated = work.join("dataset");
    let shop = config::store(&store.join("store.toml"))?;
    windowshop_ingest::ingest(&shop, store, &simulated, &dataset::ingest_options()?)?;
    let shares = [("validation_share", cut.validation_share), ("test_share", cut.test_share)];
    let sets: Vec<String> = shares.map(|(name, share)| format!("{name}={share}")).into();
    let seed = cut.seed;
    let simulated_run = train(&simulated, work.join("simulated"), seed, sets.clone())?;
    let known = [sets, vec![format!("visitor_share={visitor_share}")]].concat();
    let real_run = train(data, work.join("real"), seed, known)?;
    let real = dataset::open(data)?;
    let shown: Vec<&List> = real.lists.iter().filter(|list| cut.of(&list.key) == Split::Test).collect();
    if shown.is_empty() {
        bail!("{}: no lists to test on", data.display());
    }
    let protocol = protocol(&real, seed);
    let (lists, of_real) = scores(&real_run, &real, &shown)?;
    let (_, of_simulated) = scores(&simulated_run, &real, &shown)?;
    let mut difference = Ratio::default();
    for ((list, simulated), real) in lists.iter().zip(&of_simulated).zip(&of_real) {
        let [simulated, real] = [simulated, real].map(|scores| metrics::ndcg(list, scores, protocol));
        if let (Some(simulated), Some(real)) = (simulated, real) {
            difference.add(simulated - real, 1.0);
        }
    }
    let difference = difference.estimate(seed, |value| value).context("no list has anything relevant")?;
    let metrics_of = |scores: &[Vec<f32>]| Value::Object(metrics::evaluate(&lists, scores, protocol).to_json());
    Ok(json!({
        "train_on_real": metrics_of(&of_real),
        "train_on_simulated": metrics_of(&of_simulated),
        "shop_order": metrics_of(&as_shown(&lists, protocol)),
        "ndcg@10_simulated_less_real": difference.value,
        "ndcg@10_simulated_less_real_ci95": difference.ci95,
        "seed": seed,
    }))
}

/// Scores of the display order; 0 where the order has no meaning.
fn as_shown(lists: &[PreparedList], protocol: Protocol) -> Vec<Vec<f32>> {
    let place = |i: usize| if protocol.shop_order { -(i as f32) } else { 0.0 };
    lists.iter().map(|list| (0..list.grades.len()).map(place).collect()).collect()
}

fn train(data: &Path, out: PathBuf, seed: u64, sets: Vec<String>) -> anyhow::Result<PathBuf> {
    let training =
        TrainingArgs { task: TaskName::Ranker, data: data.to_owned(), config: None, sets, device: DeviceName::Cpu };
    tasks::train(&TrainArgs::quiet(training, out.clone(), seed))?;
    Ok(out)
}

/// The lists as the run's ranker reads them, and its scores.
fn scores(run: &Path, dataset: &Dataset, shown: &[&List]) -> anyhow::Result<(Vec<PreparedList>, Vec<Vec<f32>>)> {
    let device = device::open(DeviceName::Cpu)?;
    let ranker = run::open_bundle(run)?.1.ranker.context("a run of the ranker has a ranker")?;
    let (mut features, ranker) = run::open_ranker(ranker, &device)?;
    let handles = lists::register(dataset, &mut features);
    let prepared = lists::prepare(shown, &[], dataset, &handles, &mut features, None);
    let scores = predict::scores(&ranker, &prepared, &features, &device);
    Ok((prepared, scores))
}
