//! Static dispatch over the click models: chosen by a setting, saved to and loaded from JSON.

use serde::{Deserialize, Serialize};

use super::chain::{Chain, ChainKind};
use super::chain_fit::ChainSettings;
use super::ctr::{CtrSettings, DocumentCtr, RankCtr};
use super::list::List;
use super::log::ClickLog;
use super::mixture::{Mixture, MixtureSettings};
use super::model::{ClickModel, Fit, Fitted, Reader};
use super::pbm::{ExaminationShape, Pbm, PbmSettings};
use super::propensities::Propensities;
use super::ubm::{Ubm, UbmSettings};
use crate::error::BehaviourError;

/// Version of the JSON of [`AnyModel::to_json`].
const FORMAT_VERSION: u64 = 1;

/// Settings of any click model, as in `{"model": "pbm", "shape": "row_times_column"}`; omitted fields have their defaults.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "model", rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum AnySettings {
    RankCtr(CtrSettings),
    DocumentCtr(CtrSettings),
    Pbm(PbmSettings),
    Chain(ChainSettings),
    Ubm(UbmSettings),
    Mixture(MixtureSettings),
}

impl AnySettings {
    /// Every model with its default settings, baselines first.
    pub fn all() -> Vec<Self> {
        vec![
            Self::RankCtr(CtrSettings::default()),
            Self::DocumentCtr(CtrSettings::default()),
            Self::Chain(ChainSettings::new(ChainKind::Cascade)),
            Self::Chain(ChainSettings::new(ChainKind::SimplifiedDbn)),
            Self::Chain(ChainSettings::new(ChainKind::Dbn)),
            Self::Ubm(UbmSettings::default()),
            Self::Pbm(PbmSettings::default()),
            Self::Mixture(MixtureSettings::default()),
        ]
    }

    /// Fits the model.
    ///
    /// # Errors
    /// If a setting is out of range or the log exceeds what the model supports.
    pub fn fit(&self, log: &ClickLog) -> Result<Fitted<AnyModel>, BehaviourError> {
        fn any<M>(fitted: Fitted<M>, of: impl Fn(M) -> AnyModel) -> Fitted<AnyModel> {
            Fitted { model: of(fitted.model), trace: fitted.trace }
        }
        Ok(match self {
            Self::RankCtr(settings) => any(RankCtr::fit(log, settings)?, AnyModel::RankCtr),
            Self::DocumentCtr(settings) => any(DocumentCtr::fit(log, settings)?, AnyModel::DocumentCtr),
            Self::Pbm(settings) => any(Pbm::fit(log, settings)?, AnyModel::Pbm),
            Self::Chain(settings) => any(Chain::fit(log, settings)?, AnyModel::Chain),
            Self::Ubm(settings) => any(Ubm::fit(log, settings)?, AnyModel::Ubm),
            Self::Mixture(settings) => any(Mixture::fit(log, settings)?, AnyModel::Mixture),
        })
    }

    /// Display name of the model.
    pub fn name(&self) -> &'static str {
        match self {
            Self::RankCtr(_) => "rank CTR",
            Self::DocumentCtr(_) => "document CTR",
            Self::Pbm(PbmSettings { shape: ExaminationShape::RowTimesColumn, .. }) => {
                "position-based, row times column"
            }
            Self::Pbm(_) => "position-based (PBM)",
            Self::Chain(settings) => match settings.kind {
                ChainKind::Cascade => "cascade (CM)",
                ChainKind::SimplifiedDbn => "simplified DBN",
                ChainKind::Dbn => "dynamic Bayesian network (DBN)",
            },
            Self::Ubm(_) => "user browsing (UBM)",
            Self::Mixture(_) => "mixture of PBMs",
        }
    }
}

/// A fitted model of any kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "model", rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum AnyModel {
    RankCtr(RankCtr),
    DocumentCtr(DocumentCtr),
    Pbm(Pbm),
    Chain(Chain),
    Ubm(Ubm),
    Mixture(Mixture),
}

#[derive(Serialize, Deserialize)]
struct Saved<M> {
    format: u64,
    #[serde(flatten)]
    model: M,
}

impl AnyModel {
    /// Serialises the model with a format version.
    ///
    /// # Errors
    /// Only those of the JSON encoder.
    pub fn to_json(&self) -> Result<String, BehaviourError> {
        Ok(serde_json::to_string(&Saved { format: FORMAT_VERSION, model: self })?)
    }

    /// Reads the JSON of [`AnyModel::to_json`].
    ///
    /// # Errors
    /// If the JSON is damaged or of another version.
    pub fn from_json(text: &str) -> Result<Self, BehaviourError> {
        #[derive(Deserialize)]
        struct Version {
            format: u64,
        }
        let Version { format } = serde_json::from_str(text)?;
        if format != FORMAT_VERSION {
            return Err(BehaviourError::Format { found: format, supported: FORMAT_VERSION });
        }
        Ok(serde_json::from_str::<Saved<Self>>(text)?.model)
    }

    fn inner(&self) -> &dyn ClickModel {
        match self {
            Self::RankCtr(model) => model,
            Self::DocumentCtr(model) => model,
            Self::Pbm(model) => model,
            Self::Chain(model) => model,
            Self::Ubm(model) => model,
            Self::Mixture(model) => model,
        }
    }
}

impl ClickModel for AnyModel {
    fn marginal(&self, list: &List) -> Vec<f64> {
        self.inner().marginal(list)
    }

    fn reader<'a>(&'a self, list: &'a List) -> Box<dyn Reader + 'a> {
        self.inner().reader(list)
    }

    fn attractiveness(&self, query: &str, item: &str) -> Option<f64> {
        self.inner().attractiveness(query, item)
    }

    fn propensities(&self) -> Option<Propensities> {
        self.inner().propensities()
    }
}
