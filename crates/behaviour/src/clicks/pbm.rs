//! The position-based model: an item is clicked when its position is examined and it attracts (Richardson et al. 2007, Craswell
//! et al. 2008), by EM.

use serde::{Deserialize, Serialize};

use super::em::EmSettings;
use super::list::{List, Position};
use super::log::ClickLog;
use super::model::{ClickModel, Fit, Fitted, Independent, Reader};
use super::pair_rates::{PseudoCounts, RatePrior};
use super::pair_table::PairTable;
use super::product::{self, FactorKeys};
use super::propensities::Propensities;
use crate::error::BehaviourError;

/// How the examination of a grid's positions is described; for plain lists both are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExaminationShape {
    /// A number for every position.
    #[default]
    Table,
    /// A number for every row times one for every column: less to learn from few impressions.
    RowTimesColumn,
}

/// What can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PbmSettings {
    /// Prior of attractiveness.
    pub attractiveness: RatePrior,
    /// Pseudo-counts of examination.
    pub examination: PseudoCounts,
    /// Shape of examination.
    pub shape: ExaminationShape,
    /// When to stop.
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
    /// As PyClick has it: its pseudo-counts and 5 rounds.
    pub fn pyclick() -> Self {
        Self {
            attractiveness: RatePrior::Fixed(PseudoCounts::PYCLICK_EM),
            em: EmSettings { iterations: 5, ..EmSettings::default() },
            ..Self::default()
        }
    }
}

/// Examination probabilities. Positions beyond the known page are like the nearest known one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "shape", rename_all = "snake_case")]
pub enum Examination {
    /// A number for every position, row by row.
    Table {
        /// Positions a row.
        columns: u32,
        /// `[rows * columns]`
        values: Vec<f64>,
    },
    /// Factors.
    RowTimesColumn {
        /// `[rows]`
        rows: Vec<f64>,
        /// `[columns]`
        columns: Vec<f64>,
    },
}

impl Examination {
    /// The probability that a position is examined.
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
    /// Probability that an item attracts.
    pub attractiveness: PairTable,
    /// Probability that a position is examined.
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
        let fit = product::fit(log, &factors, settings.attractiveness, settings.examination, settings.em)?;
        let mut factors = fit.factors.into_iter();
        let mut factor = || factors.next().unwrap_or_default();
        let examination = match settings.shape {
            ExaminationShape::Table => Examination::Table { columns, values: factor() },
            ExaminationShape::RowTimesColumn => Examination::RowTimesColumn { rows: factor(), columns: factor() },
        };
        Ok(Fitted { model: Self { attractiveness: fit.attractiveness, examination }, trace: fit.trace })
    }
}
