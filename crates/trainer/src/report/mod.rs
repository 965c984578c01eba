//! `trainer report`: a run or a bundle as one self-contained HTML file.
//!
//! ```text
//! run or bundle -> source (cards, log, sizes) -> page (HTML) with charts (SVG)
//! result of `trainer simulate` ─────────> fidelity (HTML), with a section on memorisation
//! ```

pub mod charts;
pub mod fidelity;
pub mod memorisation;
pub mod page;
pub mod source;
