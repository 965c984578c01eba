//! Checkpoints, written atomically: what a run needs to resume.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use burn::{
    module::Module,
    optim::{ModuleOptimizer, OptimizerRecord},
    store::ModuleRecord,
};
use safetensors::{Dtype, SafeTensorError, SafeTensors, tensor::TensorView};
use serde::{Deserialize, Serialize};
use serde_json::json;
use windowshop_files::NewFolder;
use windowshop_model::weights::{Weight, Weights};

use crate::progress::Progress;

/// The progress of a training. Random numbers need no state: seed, epoch and step decide each draw.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// Epochs completed.
    pub epoch: usize,
    /// Optimizer steps taken.
    pub step: usize,
    /// Best selection metric so far.
    pub best: Option<f64>,
    /// Epochs since the best one.
    pub stale: usize,
    /// Identifies settings and data: a checkpoint with another fingerprint cannot be resumed.
    pub fingerprint: String,
}

/// The state of a training.
pub struct Checkpoint<M> {
    pub position: Position,
    pub network: M,
    pub optimizer: ModuleOptimizer,
    pub average: Option<Weights>,
    pub best: Option<Weights>,
}

impl<M> Checkpoint<M> {
    /// The state before the first step.
    pub fn start(network: M, optimizer: ModuleOptimizer, fingerprint: &str) -> Self {
        let position = Position { fingerprint: fingerprint.to_owned(), ..Default::default() };
        Self { position, network, optimizer, average: None, best: None }
    }
}

/// Loads the checkpoint of a run, or returns `fresh` if there is none.
///
/// # Errors
/// If the checkpoint has another fingerprint than `fresh`.
pub fn resume<M: Module>(run: &Path, fresh: Checkpoint<M>, progress: &mut Progress) -> anyhow::Result<Checkpoint<M>> {
    let Some(saved) = load(run, fresh.network.clone(), fresh.optimizer.clone())? else { return Ok(fresh) };
    if saved.position.fingerprint != fresh.position.fingerprint {
        bail!(
            "{}: the checkpoint belongs to other settings or other data; train into a new folder, or without --resume",
            run.display()
        );
    }
    progress.event(&json!({"event": "resumed", "epoch": saved.position.epoch, "step": saved.position.step}))?;
    Ok(saved)
}

fn folder(run: &Path) -> PathBuf {
    run.join("checkpoint")
}

/// Writes a checkpoint next to the old one, then swaps the two.
pub fn save<M: Module>(run: &Path, checkpoint: &Checkpoint<M>) -> anyhow::Result<()> {
    let folder = NewFolder::beside(&folder(run))?;
    let next = folder.path();
    checkpoint.network.clone().into_record().save(next.join("network")).context("saving the network")?;
    checkpoint.optimizer.save(next.join("optimizer")).context("saving the optimizer")?;
    save_weights(&next.join("average.safetensors"), checkpoint.average.as_ref())?;
    save_weights(&next.join("best.safetensors"), checkpoint.best.as_ref())?;
    std::fs::write(next.join("position.json"), serde_json::to_vec_pretty(&checkpoint.position)?)?;
    Ok(folder.replace()?)
}

/// Loads the checkpoint of a run; `None` if there is none.
pub fn load<M: Module>(run: &Path, network: M, optimizer: ModuleOptimizer) -> anyhow::Result<Option<Checkpoint<M>>> {
    let dir = folder(run);
    windowshop_files::recover(&dir)?;
    if !dir.exists() {
        return Ok(None);
    }
    let text = std::fs::read(dir.join("position.json"))
        .with_context(|| format!("{}: unreadable checkpoint", dir.display()))?;
    let record = ModuleRecord::load(dir.join("network"))?;
    Ok(Some(Checkpoint {
        position: serde_json::from_slice(&text)?,
        network: network.load_record(record),
        optimizer: optimizer.load_record(OptimizerRecord::load(dir.join("optimizer"))?),
        average: load_weights(&dir.join("average.safetensors"))?,
        best: load_weights(&dir.join("best.safetensors"))?,
    }))
}

fn save_weights(path: &Path, weights: Option<&Weights>) -> anyhow::Result<()> {
    let Some(weights) = weights else { return Ok(()) };
    let bytes: Vec<(&String, &[usize], Vec<u8>)> = weights
        .iter()
        .map(|(name, w)| (name, w.shape.as_slice(), w.values.iter().flat_map(|v| v.to_le_bytes()).collect()))
        .collect();
    let views = bytes.iter().map(|(name, shape, data)| Ok((*name, TensorView::new(Dtype::F32, shape.to_vec(), data)?)));
    let views = views.collect::<Result<Vec<_>, SafeTensorError>>()?;
    Ok(std::fs::write(path, safetensors::serialize(views, None)?)?)
}

fn load_weights(path: &Path) -> anyhow::Result<Option<Weights>> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| path.display().to_string()),
    };
    let tensors = SafeTensors::deserialize(&bytes).with_context(|| path.display().to_string())?;
    Ok(Some(weights_of(&tensors)))
}

/// The f32 tensors of a file.
pub fn weights_of(tensors: &SafeTensors<'_>) -> Weights {
    let floats = tensors.tensors().into_iter().filter(|(_, view)| view.dtype() == Dtype::F32);
    let weight = |(name, view): (String, TensorView)| {
        let values = view.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
        (name, Weight { shape: view.shape().to_vec(), values })
    };
    floats.map(weight).collect()
}

#[cfg(test)]
mod tests {
    use burn::{
        nn::{Linear, LinearConfig},
        optim::AdamWConfig,
        tensor::Device,
    };

    use super::*;

    fn at_epoch(epoch: usize) -> Checkpoint<Linear> {
        let network = LinearConfig::new(2, 1).init(&Device::flex());
        let mut checkpoint = Checkpoint::start(network, AdamWConfig::new().init(), "same");
        checkpoint.position.epoch = epoch;
        checkpoint
    }

    fn epoch_found(run: &Path) -> Option<usize> {
        let Checkpoint { network, optimizer, .. } = at_epoch(0);
        load(run, network, optimizer).unwrap().map(|found| found.position.epoch)
    }

    #[test]
    fn a_kill_at_any_moment_of_a_save_leaves_the_old_checkpoint_or_the_new_one() {
        let root = tempfile::tempdir().unwrap();
        let run = root.path();
        assert_eq!(epoch_found(run), None);
        save(run, &at_epoch(1)).unwrap();
        assert_eq!(epoch_found(run), Some(1));

        // Killed between the two renames of a file system that cannot exchange folders.
        std::fs::rename(run.join("checkpoint"), run.join(".checkpoint.old")).unwrap();
        let unfinished = NewFolder::beside(&run.join("checkpoint")).unwrap();
        assert_eq!(epoch_found(run), Some(1), "a save that has begun keeps the only checkpoint");
        drop(unfinished);

        save(run, &at_epoch(2)).unwrap();
        assert_eq!(epoch_found(run), Some(2));
        assert_eq!(std::fs::read_dir(run).unwrap().count(), 1, "nothing else is left in the run");
    }
}
