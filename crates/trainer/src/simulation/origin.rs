//! The data that simulated visitors were fitted to; guards against leakage into the test set.

use std::path::Path;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use windowshop_ingest::Dataset;

use crate::learning::split::Cut;

/// The file of a simulation folder that describes it.
pub const ABOUT: &str = "fidelity.json";
/// Key of the origin in that file.
pub const KEY: &str = "fitted_to";

/// Dataset, split and share of visitors that a simulation was fitted to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Origin {
    /// The dataset's name.
    pub name: String,
    /// Its fingerprint.
    pub dataset: String,
    /// The split: lists outside its training part were left out.
    pub cut: Cut,
    /// Share of the visitors that was fitted to.
    pub visitor_share: f64,
    /// Number of visitors, visits, lists and products.
    pub counts: Value,
}

impl Origin {
    /// Reads the origin from a folder of `trainer simulate`.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(ABOUT);
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("{}: cannot be read; is this a folder of `trainer simulate`?", path.display()))?;
        let about: Value = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
        serde_json::from_value(about[KEY].clone())
            .with_context(|| format!("{}: {KEY}: of another version; simulate again", path.display()))
    }

    /// Fails if the simulation was fitted to another dataset, split or share of visitors: it may contain test data.
    pub fn check(&self, dataset: &Dataset, cut: Cut, visitor_share: f64) -> anyhow::Result<()> {
        let same = [
            ("dataset", self.dataset == dataset.fingerprint),
            ("seed, validation_share or test_share", self.cut == cut),
            ("visitor_share", (self.visitor_share - visitor_share).abs() < 1e-9),
        ];
        if let Some((what, _)) = same.iter().find(|(_, same)| !same) {
            bail!(
                "fitted to another {what}: it may contain visitors that this ranker is tested on; simulate with the same"
            );
        }
        Ok(())
    }
}
