//! The folder of a run: settings, log, checkpoint, and what was learned as an f32 bundle.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use burn::tensor::Device;
use serde::{Deserialize, Serialize};
use windowshop_bundle::{Bundle, RankerBundle, Tensor, Tensors};
use windowshop_features::FeatureExtractor;
use windowshop_model::{
    Ranker, RankerInputs,
    weights::{self, Weight, Weights},
};
use windowshop_schema::{Manifest, StoreConfig};

use crate::{ablation::expansion::Expansion, learning::split::Cut, ranking::intent::TrainingVisitors};

/// `run.json`: what a run was made of.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunInfo {
    /// What was trained: ranker, sentiment…
    pub task: String,
    pub seed: u64,
    /// The task's settings.
    pub config: serde_json::Value,
    /// How the data were cut.
    pub cut: Cut,
    pub store: StoreConfig,
    /// Fingerprint of the dataset.
    pub dataset: String,
    /// How its samples were expanded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expansion: Option<Expansion>,
    /// Of a ranker that reads an intent network: what that has learned from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<TrainingVisitors>,
}

/// Where a run keeps its model.
pub fn bundle_dir(run: &Path) -> PathBuf {
    run.join("bundle")
}

/// Does the folder hold a model?
pub fn is_finished(run: &Path) -> bool {
    bundle_dir(run).join("manifest.json").exists()
}

/// Writes `run.json`.
pub fn write_info(run: &Path, info: &RunInfo) -> anyhow::Result<()> {
    std::fs::create_dir_all(run)?;
    replace(&run.join("run.json"), &serde_json::to_vec_pretty(info)?)
}

/// Writes a file whole or not at all.
pub fn replace(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut next = path.as_os_str().to_owned();
    next.push(".next");
    std::fs::write(&next, bytes).with_context(|| path.display().to_string())?;
    std::fs::rename(next, path).with_context(|| path.display().to_string())
}

/// Reads `run.json`.
pub fn read_info(run: &Path) -> anyhow::Result<RunInfo> {
    let path = run.join("run.json");
    let text = std::fs::read(&path)
        .with_context(|| format!("{}: cannot be read; is this the folder of a run?", path.display()))?;
    serde_json::from_slice(&text).with_context(|| path.display().to_string())
}

/// Refuses a run that makes samples up and learned from ones which are tested on with this cut, or from more of them than are learned
/// from here.
pub fn refuse_stranger(run: &Path, dataset: &str, cut: Cut, samples_per_class: usize) -> anyhow::Result<()> {
    let info = read_info(run)?;
    let same = [
        ("dataset", info.dataset.as_str() == dataset),
        ("seed, validation_share or test_share", info.cut == cut),
        ("samples_per_class", info.config["samples_per_class"].as_u64() == Some(samples_per_class as u64)),
    ];
    if let Some((what, _)) = same.iter().find(|(_, same)| !same) {
        bail!(
            "generated = \"{}\": it was trained with another {what}: it may know samples that this network is tested on; train it with this one's",
            run.display()
        );
    }
    Ok(())
}

/// The bundle of a run, or a bundle itself.
pub fn open_bundle(model: &Path) -> anyhow::Result<(Manifest, Bundle)> {
    let dir = if bundle_dir(model).join("manifest.json").exists() { bundle_dir(model) } else { model.to_owned() };
    if !dir.join("manifest.json").exists() {
        bail!(
            "{}: no manifest.json in it or in its bundle folder: expected the folder of a finished run or an exported bundle",
            model.display()
        );
    }
    Ok(Bundle::read(&dir)?)
}

/// A ranker and its features, on a device.
pub fn open_ranker(bundle: RankerBundle, device: &Device) -> anyhow::Result<(FeatureExtractor, Ranker)> {
    let RankerBundle { card, weights: tensors, statistics } = bundle;
    let features = FeatureExtractor::new(statistics, card.features);
    let ranker = Ranker::init(&card.model, &RankerInputs::of(&features), device);
    let ranker = weights::load(ranker, &from_tensors(tensors), device)?;
    Ok((features, ranker))
}

/// Weights as the codec gives them.
pub fn from_tensors(tensors: Tensors) -> Weights {
    tensors.0.into_iter().map(|(name, t)| (name, Weight { shape: t.shape, values: t.data })).collect()
}

/// Weights as the codec takes them.
pub fn to_tensors(weights: &Weights) -> Tensors {
    let tensor =
        |(name, w): (&String, &Weight)| (name.clone(), Tensor { shape: w.shape.clone(), data: w.values.clone() });
    Tensors(weights.iter().map(tensor).collect())
}
