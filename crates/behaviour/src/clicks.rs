//! Click models: the probability of a click on an item of a list, from the attractiveness of the item and the examination of its position.
//!
//! | model | source | an item is clicked when |
//! |---|---|---|
//! | [`RankCtr`], [`DocumentCtr`] | baselines | with the click rate of the rank, of the query's item |
//! | [`Pbm`] | Craswell et al. 2008, Richardson et al. 2007 | its position is examined and it attracts |
//! | [`Chain`] as cascade | Craswell et al. 2008 | nothing above was clicked and it attracts |
//! | [`Chain`] as DBN | Chapelle & Zhang 2009 | the visitor was not satisfied above, continued, and it attracts |
//! | [`Ubm`] | Dupret & Piwowarski 2008 | its rank is examined, given the last click's rank, and it attracts |
//! | [`Mixture`] | PBM with types of visitors | as in the PBM, with the examination of the visitor's type |
//!
//! Positions count from 1. A propensity is the probability that a position is examined.
//!
//! ```
//! use windowshop_behaviour::clicks::{ClickLog, ClickModel, Fit, Impression, List, Pbm, PbmSettings};
//!
//! let shown = |items: &str| List::ranked("umbrella".into(), items.split(' ').map(String::from).collect());
//! let log = [
//!     Impression::new(shown("red blue green")?, vec![true, false, false])?,
//!     Impression::new(shown("blue red green")?, vec![true, true, false])?,
//!     Impression::new(shown("green blue red")?, vec![false, false, true])?,
//! ];
//! let model = Pbm::fit(&ClickLog::new(&log)?, &PbmSettings::default())?.model;
//! let next = shown("green red yellow")?;
//! let expected = model.marginal(&next); // yellow is unseen: the prior of the query
//! assert!(expected.iter().all(|probability| (0.0..1.0).contains(probability)));
//! assert!(model.attractiveness("umbrella", "red") > model.attractiveness("umbrella", "yellow"));
//! let propensities = model.propensities().expect("a PBM has propensities");
//! let weights = propensities.weights(next.positions(), 0.05); // inverse propensity weights
//! assert!(weights.iter().all(|weight| (1.0..=20.0).contains(weight)));
//! # Ok::<(), windowshop_behaviour::BehaviourError>(())
//! ```

mod chain;
mod chain_fit;
mod ctr;
mod dispatch;
mod em;
mod evaluation;
mod factor_em;
mod groups;
mod impression_table;
mod list;
mod log;
mod mixture;
mod model;
mod pair_rates;
mod pair_table;
mod pbm;
mod propensities;
mod selection;
mod ubm;

pub use chain::{Chain, ChainKind};
pub use chain_fit::ChainSettings;
pub use ctr::{CtrSettings, DocumentCtr, RankCtr};
pub use dispatch::{AnyModel, AnySettings};
pub use em::EmSettings;
pub use evaluation::{Evaluation, evaluate};
pub use impression_table::{Columns, read_impressions};
pub use list::{Impression, List, Position};
pub use log::ClickLog;
pub use mixture::{Mixture, MixtureSettings, VisitorType};
pub use model::{ClickModel, Fit, Fitted, Reader};
pub use pair_rates::{PseudoCounts, RatePrior};
pub use pair_table::{PairTable, QueryRates};
pub use pbm::{Examination, ExaminationShape, Pbm, PbmSettings};
pub use propensities::Propensities;
pub use selection::{Choice, hold_out, select};
pub use ubm::{Ubm, UbmSettings};
