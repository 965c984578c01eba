//! Does expanding scarce samples help? Trainings that differ in nothing but that, and what follows from them.
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
