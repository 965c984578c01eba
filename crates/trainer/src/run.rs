//! The run folder: settings, log, checkpoint, samples, and the trained network as an f32 bundle.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
};

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

use crate::learning::split::{Cut, Split};

/// The trained generator of table rows. No page generates rows, so it is no part of a bundle.
pub const TABULAR_FILE: &str = "tabular.safetensors";
/// The folder of the sample sheets of a GAN.
pub const SAMPLES: &str = "samples";
/// Task, settings and data of a run, a [`RunInfo`].
const INFO: &str = "run.json";
/// The events of a training, one JSON object per line.
pub const LOG: &str = "log.jsonl";

/// Task, settings and data of a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunInfo {
    /// The name of the task, such as `ranker`.
    pub task: String,
    pub seed: u64,
    /// The settings of the task.
    pub config: serde_json::Value,
    /// How the data were split.
    pub cut: Cut,
    pub store: StoreConfig,
    /// Fingerprint of the dataset.
    pub dataset: String,
    /// How the training data were expanded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expansion: Option<Expansion>,
    /// Training data of the intent network that a ranker reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<TrainedOn>,
}

/// How a training expanded its samples: the arm of `trainer ablate` that measures the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expansion {
    /// The arm.
    pub arm: String,
    /// Number of real training samples.
    pub real: usize,
    /// Number of synthetic training samples; 0 if real ones were augmented only.
    #[serde(alias = "made_up")]
    pub synthetic: usize,
}

impl Expansion {
    /// The line of a model card.
    pub fn describe(&self) -> String {
        format!("{}: trained on {} real and {} synthetic samples", self.arm, self.real, self.synthetic)
    }
}

/// The training data of a network that another network reads.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TrainedOn {
    /// Fingerprint of the dataset.
    pub dataset: String,
    /// How its visitors were split.
    pub cut: Cut,
}

impl TrainedOn {
    /// Whether this visitor of the dataset with the given fingerprint is in the training split.
    pub fn includes(&self, dataset: &str, visitor: &str) -> bool {
        self.dataset == dataset && self.cut.of(visitor) == Split::Train
    }
}

/// The bundle folder of a run.
pub fn bundle_dir(run: &Path) -> PathBuf {
    run.join("bundle")
}

/// Whether the folder holds a trained network.
pub fn is_finished(run: &Path) -> bool {
    bundle_dir(run).join("manifest.json").exists() || run.join(TABULAR_FILE).exists()
}

/// Writes `run.json`.
pub fn write_info(run: &Path, info: &RunInfo) -> anyhow::Result<()> {
    std::fs::create_dir_all(run)?;
    replace(&run.join(INFO), &serde_json::to_vec_pretty(info)?)
}

/// Replaces a file atomically.
pub fn replace(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    Ok(windowshop_files::write(path, bytes)?)
}

/// Reads `run.json`.
///
/// # Errors
/// If the file is missing, unreadable or malformed.
pub fn read_info(run: &Path) -> anyhow::Result<RunInfo> {
    find_info(run)?.with_context(|| {
        format!("{}: not found; expected the folder of a run of `trainer train`", run.join(INFO).display())
    })
}

/// Reads `run.json`; `None` if there is no such file, as in an exported bundle.
///
/// # Errors
/// If the file is unreadable or malformed.
pub fn find_info(run: &Path) -> anyhow::Result<Option<RunInfo>> {
    let path = run.join(INFO);
    match std::fs::read(&path) {
        Ok(text) => Ok(Some(serde_json::from_slice(&text).with_context(|| path.display().to_string())?)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{}: cannot be read", path.display())),
    }
}

/// Refuses a generator that was trained on other data: it may know samples of this network's test split.
pub fn check_generator(run: &Path, dataset: &str, cut: Cut, samples_per_class: usize) -> anyhow::Result<()> {
    let info = read_info(run)?;
    let same = [
        ("dataset", info.dataset.as_str() == dataset),
        ("seed, validation_share or test_share", info.cut == cut),
        ("samples_per_class", info.config["samples_per_class"].as_u64() == Some(samples_per_class as u64)),
    ];
    if let Some((what, _)) = same.iter().find(|(_, same)| !same) {
        bail!(
            "generated = \"{}\": it was trained with another {what}, so it may know samples of the test split; train it with the same {what}",
            run.display()
        );
    }
    Ok(())
}

/// Reads the bundle of a run, or an exported bundle.
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

/// Loads a ranker and its features onto a device.
pub fn open_ranker(bundle: RankerBundle, device: &Device) -> anyhow::Result<(FeatureExtractor, Ranker)> {
    let RankerBundle { card, weights: tensors, statistics } = bundle;
    let features = FeatureExtractor::new(statistics, card.features)?;
    let ranker = Ranker::init(&card.model, &RankerInputs::of(&features), device);
    let ranker = weights::load(ranker, &from_tensors(tensors), device)?;
    Ok((features, ranker))
}

/// The weights of a file.
pub fn from_tensors(tensors: Tensors) -> Weights {
    tensors.0.into_iter().map(|(name, t)| (name, Weight { shape: t.shape, values: t.data })).collect()
}

/// Weights for a file.
pub fn to_tensors(weights: &Weights) -> Tensors {
    let tensor =
        |(name, w): (&String, &Weight)| (name.clone(), Tensor { shape: w.shape.clone(), data: w.values.clone() });
    Tensors(weights.iter().map(tensor).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_malformed_run_json_is_an_error_and_a_missing_one_is_a_bundle() {
        let folder = tempfile::tempdir().unwrap();
        assert!(find_info(folder.path()).unwrap().is_none());
        std::fs::write(folder.path().join(INFO), b"{\"task\": \"ranker\"").unwrap();
        let error = find_info(folder.path()).unwrap_err().to_string();
        assert!(error.contains("run.json"), "{error}");
        std::fs::remove_file(folder.path().join(INFO)).unwrap();
        std::fs::create_dir(folder.path().join(INFO)).unwrap();
        let error = find_info(folder.path()).unwrap_err().to_string();
        assert!(error.contains("run.json: cannot be read"), "{error}");
    }
}
