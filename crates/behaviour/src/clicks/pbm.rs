//! The position-based model: an item is clicked if its position is examined and it attracts (Richardson et al. 2007, Craswell et al. 2008).
//! Fitted by EM.

use serde::{Deserialize, Serialize};

use super::em::EmSettings;
use super::factor_em::{self, FactorKeys};
use super::list::{List, Position};
use super::log::ClickLog;
use super::model::{ClickModel, Fit, Fitted, Independent, Reader};
use super::pair_rates::{PseudoCounts, RatePrior};
use super::pair_table::PairTable;
use super::propensities::Propensities;
use crate::error::BehaviourError;

/// Parametrisation of the examination of a grid; the same for plain lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExaminationShape {
    /// A parameter per position.
    #[default]
    Table,
    /// A parameter per row times one per column: fewer parameters for few impressions.
    RowTimesColumn,
}

/// Settings.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PbmSettings {
    /// Prior of attractiveness.
    pub attractiveness: RatePrior,
    /// Pseudo-counts of examination.
    pub examination: PseudoCounts,
    /// Parametrisation of examination.
    pub shape: ExaminationShape,
    /// Stopping rule.
    pub em: EmSettings,
}

impl Default for PbmSettings {
    fn default() -> Self {
        Self {
            attractiveness: RatePrior::default(),
            examination: PseudoCounts::PYCLICK_EM,
            shape: ExaminationShape::Table,
            em: EmSettings::default(),
        }
    }
}

impl PbmSettings {
    /// PyClick's pseudo-counts and 5 iterations.
    pub fn pyclick() -> Self {
        Self {
            attractiveness: RatePrior::Fixed(PseudoCounts::PYCLICK_EM),
            em: EmSettings { iterations: 5, ..EmSettings::default() },
            ..Self::default()
        }
    }
}

/// Examination probabilities. Positions beyond the known page have that of the nearest known one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "shape", rename_all = "snake_case")]
pub enum Examination {
    /// A probability per position, row by row.
    Table {
        /// Positions per row.
        columns: u32,
        /// `[rows * columns]`
        values: Vec<f64>,
    },
    /// Row and column factors.
    RowTimesColumn {
        /// `[rows]`
        rows: Vec<f64>,
        /// `[columns]`
        columns: Vec<f64>,
    },
}

impl Examination {
    /// Examination probability of a position.
    pub fn at(&self, position: Position) -> f64 {
        let (row, column) = (position.row as usize, position.column as usize);
        match self {
            Self::Table { columns, values } => {
                let columns = *columns as usize;
                let (row, column) = (row.min(values.len() / columns), column.min(columns));
                values[(row - 1) * columns + column - 1]
            }
            Self::RowTimesColumn { rows, columns } => {
                rows[row.min(rows.len()) - 1] * columns[column.min(columns.len()) - 1]
            }
        }
    }

    fn table(&self) -> (u32, Vec<f64>) {
        match self {
            Self::Table { columns, values } => (*columns, values.clone()),
            Self::RowTimesColumn { rows, columns } => (
                columns.len() as u32,
                rows.iter().flat_map(|row| columns.iter().map(move |column| row * column)).collect(),
            ),
        }
    }
}

/// The position-based model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pbm {
    /// P(attracts) of each item.
    pub attractiveness: PairTable,
    /// P(examined) of each position.
    pub examination: Examination,
}

impl ClickModel for Pbm {
    fn marginal(&self, list: &List) -> Vec<f64> {
        let rates = self.attractiveness.rates(list.query(), list.items());
        rates.iter().zip(list.positions()).map(|(rate, &position)| rate * self.examination.at(position)).collect()
    }

    fn reader<'a>(&'a self, list: &'a List) -> Box<dyn Reader + 'a> {
        Box::new(Independent::new(self.marginal(list)))
    }

    fn attractiveness(&self, query: &str, item: &str) -> Option<f64> {
        Some(self.attractiveness.rate(query, item))
    }

    fn propensities(&self) -> Option<Propensities> {
        let (columns, values) = self.examination.table();
        Some(Propensities::new(columns, &values))
    }
}

impl Fit for Pbm {
    type Settings = PbmSettings;

    fn fit(log: &ClickLog, settings: &PbmSettings) -> Result<Fitted<Self>, BehaviourError> {
        settings.attractiveness.check("attractiveness")?;
        settings.examination.check("examination")?;
        let (rows, columns) = (log.page_rows(), log.columns());
        let keys = |size: u32, key: &dyn Fn(Position) -> u32| FactorKeys {
            keys: log.slots.iter().map(|slot| key(slot.position)).collect(),
            size: size as usize,
        };
        let factors = match settings.shape {
            ExaminationShape::Table => vec![keys(rows * columns, &|p| (p.row - 1) * columns + p.column - 1)],
            ExaminationShape::RowTimesColumn => vec![keys(rows, &|p| p.row - 1), keys(columns, &|p| p.column - 1)],
        };
        let fit = factor_em::fit(log, &factors, settings.attractiveness, settings.examination, settings.em)?;
        let mut factors = fit.factors.into_iter();
        let mut factor = || factors.next().unwrap_or_default();
        let examination = match settings.shape {
            ExaminationShape::Table => Examination::Table { columns, values: factor() },
            ExaminationShape::RowTimesColumn => Examination::RowTimesColumn { rows: factor(), columns: factor() },
        };
        Ok(Fitted { model: Self { attractiveness: fit.attractiveness, examination }, trace: fit.trace })
    }
}
