//! Click models by name, and their files.

use std::path::Path;

use anyhow::Context;
use clap::ValueEnum;
use windowshop_behaviour::clicks::{
    AnyModel, AnySettings, ChainKind, ChainSettings, CtrSettings, ExaminationShape, MixtureSettings, PbmSettings,
    UbmSettings,
};

/// A click model by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ClickModelName {
    /// Position-based model: a parameter per position.
    Pbm,
    /// Position-based model: a parameter per row times one per column.
    Grid,
    /// Cascade model: down to the first click.
    Cascade,
    /// Dynamic Bayesian network.
    Dbn,
    /// Simplified dynamic Bayesian network.
    Sdbn,
    /// User browsing model.
    Ubm,
    /// Mixture of position-based models, one per visitor type.
    Mixture,
    /// Baseline: click-through rate of each rank.
    RankCtr,
    /// Baseline: click-through rate of each item of a query.
    DocumentCtr,
    /// Position-based model with PyClick's pseudo-counts and 5 iterations.
    Pyclick,
}

impl ClickModelName {
    /// Name on the command line.
    pub fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// Settings of the fit.
    pub fn settings(self) -> AnySettings {
        match self {
            Self::Pbm => AnySettings::Pbm(PbmSettings::default()),
            Self::Grid => {
                AnySettings::Pbm(PbmSettings { shape: ExaminationShape::RowTimesColumn, ..PbmSettings::default() })
            }
            Self::Cascade => AnySettings::Chain(ChainSettings::new(ChainKind::Cascade)),
            Self::Dbn => AnySettings::Chain(ChainSettings::new(ChainKind::Dbn)),
            Self::Sdbn => AnySettings::Chain(ChainSettings::new(ChainKind::SimplifiedDbn)),
            Self::Ubm => AnySettings::Ubm(UbmSettings::default()),
            Self::Mixture => AnySettings::Mixture(MixtureSettings::default()),
            Self::RankCtr => AnySettings::RankCtr(CtrSettings::default()),
            Self::DocumentCtr => AnySettings::DocumentCtr(CtrSettings::default()),
            Self::Pyclick => AnySettings::Pbm(PbmSettings::pyclick()),
        }
    }
}

/// Reads a model written by [`write()`].
pub fn read(path: &Path) -> anyhow::Result<AnyModel> {
    let text = std::fs::read_to_string(path).with_context(|| {
        format!("{}: cannot be read; write one with `trainer evaluate clicks --out`", path.display())
    })?;
    AnyModel::from_json(&text).with_context(|| path.display().to_string())
}

/// Writes a model atomically.
pub fn write(path: &Path, model: &AnyModel) -> anyhow::Result<()> {
    Ok(windowshop_files::write(path, model.to_json()?)?)
}
