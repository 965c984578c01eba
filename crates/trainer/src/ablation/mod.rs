//! Ablation of sample expansion: trainings that differ only in the expansion of their samples, and the statistics of the differences.
//!
//! ```text
//! arms x amounts x seeds -> trainings -> outcomes -> verdict (paired over seeds) -> page (HTML)
//! ```

pub mod arms;
pub mod expansion;
pub mod gate;
pub mod outcome;
pub mod page;
pub mod verdict;
