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
    /// Position-based: a number for every position.
    Pbm,
    /// Position-based: a number for every row times one for every column.
    Grid,
    /// Cascade: down to the first click.
    Cascade,
    /// Dynamic Bayesian network.
    Dbn,
    /// Simplified dynamic Bayesian network.
    Sdbn,
    /// User browsing.
    Ubm,
    /// Types of visitors with examination of their own.
    Mixture,
    /// Baseline: click rates of ranks.
    RankCtr,
    /// Baseline: click rates of a query's items.
    DocumentCtr,
    /// Position-based with PyClick's pseudo-counts and 5 rounds.
    Pyclick,
}

impl ClickModelName {
    /// As the command line has it.
    pub fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// How the model is fitted.
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

/// Reads a model that [`write()`] wrote.
pub fn read(path: &Path) -> anyhow::Result<AnyModel> {
    let text = std::fs::read_to_string(path).with_context(|| {
        format!("{}: cannot be read; write one with `trainer evaluate clicks --out`", path.display())
    })?;
    AnyModel::from_json(&text).with_context(|| path.display().to_string())
}

/// Writes a model, whole or not at all.
pub fn write(path: &Path, model: &AnyModel) -> anyhow::Result<()> {
    let next = path.with_extension("json.next");
    std::fs::write(&next, model.to_json()?).with_context(|| next.display().to_string())?;
    std::fs::rename(&next, path).with_context(|| path.display().to_string())
}
