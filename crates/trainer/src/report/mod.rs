//! `trainer report`: what was learned and how well, as one HTML file that needs nothing else.
//!
//! ```text
//! run or bundle -> source (cards, log, sizes) -> page (HTML) with charts (SVG)
//! what `trainer simulate` found ────────> fidelity (HTML), with memorisation as a part
//! ```

pub mod charts;
pub mod fidelity;
pub mod memorisation;
pub mod page;
pub mod source;
