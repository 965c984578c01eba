//! Simulated visitors: fitted to simple statistics of a shop's log, not invented. For data that is scarce, and always marked.
//!
//! [`ShopProfile::fit`] reads a [`ShopLog`]; [`simulate`] draws visitors from the profile; [`events`] writes what they did in the
//! project's event format, every row with the field `simulated`; [`fidelity`] says how like the real log it is, [`memorisation`] how much of
//! single visitors it repeats.
//!
//! A visitor has a favourite category and a budget. A visit begins at an hour and in a month in which the shop is visited; the categories
//! looked at follow each other as they do in the log; within a category items are drawn by popularity and budget, after an item its
//! neighbours; some are looked at again; some go into the cart, are bought, are cancelled. Lists that were shown in the log are shown
//! again, to those who looked at something of late that their visitors had looked at, and clicked as a click model has it and, as far as
//! that is seen in the log, the budget and what was looked at before.

mod calendar;
mod calibrate;
mod events;
mod fidelity;
mod following;
mod leaning;
mod memorisation;
mod prices;
mod profile;
mod rates;
mod runs;
mod seen;
mod shapes;
mod shop_log;
mod taste;
mod visitor;
mod visits;

pub use events::events;
pub use fidelity::{Curve, Distance, Fidelity, Rate, fidelity};
pub use memorisation::{Measure, Memorisation, RunLengths, memorisation};
pub use profile::ShopProfile;
pub use shop_log::{Act, Product, ShopLog, Shown, Visit};
pub use visits::{SimulateSettings, simulate};
