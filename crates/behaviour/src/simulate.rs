//! Simulated visitors, fitted to statistics of a shop's log; for scarce data, and always marked as simulated.
//!
//! [`ShopProfile::fit`] reads a [`ShopLog`]; [`simulate`] samples visitors from the profile; [`events`] converts their visits to the project's
//! event format, each with the field `simulated`; [`fidelity`] compares them with the real log; [`memorisation`] tests whether they repeat
//! single visitors.
//!
//! A visitor has a favourite category and a price preference. Visits start at the hours and months of the log. Categories follow each other as
//! in the log; within a category products are sampled by popularity and price preference, after a product its neighbours; some are repeated;
//! some go into the cart, are bought, are cancelled. Lists of the log are shown again, preferably after a pick that preceded them in the log, and
//! clicked by the click model, with the odds adjusted by price preference and recent picks as far as the log shows such effects.

mod calendar;
mod calibrate;
mod events;
mod fidelity;
mod funnel;
mod memorisation;
mod navigation;
mod price_effect;
mod prices;
mod profile;
mod session_effect;
mod shared_runs;
mod shop_log;
mod simulator;
mod visit_structure;
mod visitor;
mod visitor_count;

pub use events::events;
pub use fidelity::{Curve, Distance, Fidelity, Rate, fidelity};
pub use memorisation::{Measure, Memorisation, RunLengths, memorisation};
pub use profile::ShopProfile;
pub use shop_log::{Interaction, Product, ShopLog, ShownList, Visit};
pub use simulator::{SimulateSettings, simulate};
