//! What simulated visitors were fitted to, so that nobody is tested on what they know.

use std::path::Path;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use windowshop_ingest::Dataset;

use crate::learning::split::Cut;

/// The file of a simulation's folder that says what it is, and the key under which it says this.
pub const ABOUT: &str = "fidelity.json";
pub const KEY: &str = "fitted_to";

/// See the module's text.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Origin {
    /// The dataset's name.
    pub name: String,
    /// Its fingerprint.
    pub dataset: String,
    /// Lists outside the training part of this cut were left out.
    pub cut: Cut,
    /// Share of the visitors that was fitted to.
    pub visitor_share: f64,
    /// Visits, lists and products.
    pub counts: Value,
}

impl Origin {
    /// Reads it from a folder that `trainer simulate` wrote.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(ABOUT);
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("{}: cannot be read; is this a folder of `trainer simulate`?", path.display()))?;
        let about: Value = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
        serde_json::from_value(about[KEY].clone())
            .with_context(|| format!("{}: {KEY}: of another version; simulate again", path.display()))
    }

    /// Refuses a simulation that may know what is tested on with this cut, or more visitors than are learned from.
    pub fn check(&self, dataset: &Dataset, cut: Cut, visitor_share: f64) -> anyhow::Result<()> {
        let same = [
            ("dataset", self.dataset == dataset.fingerprint),
            ("seed, validation_share or test_share", self.cut == cut),
            ("visitor_share", (self.visitor_share - visitor_share).abs() < 1e-9),
        ];
        if let Some((what, _)) = same.iter().find(|(_, same)| !same) {
            bail!(
                "fitted to another {what}: it may know visitors that this ranker is tested on; simulate with this one's"
            );
        }
        Ok(())
    }
}
