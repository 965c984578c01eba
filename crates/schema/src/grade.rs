//! Relevance grades and the scale they live on.

use serde::{Deserialize, Serialize};

/// The range of a data set's relevance labels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradeScale {
    /// The label that means "not relevant at all".
    pub min: f32,
    /// The label that means "exactly what was asked for".
    pub max: f32,
}

impl GradeScale {
    /// Clicks and purchases: 0 or 1.
    pub const BINARY: GradeScale = GradeScale { min: 0.0, max: 1.0 };
}

/// A relevance label, finite and inside its scale; it may be fractional.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct RelevanceGrade(f32);

/// Why a number is not a grade.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error(
    "relevance grade {found} is outside {min}..={max}: correct the label column or set lists.grade_min and lists.grade_max"
)]
pub struct GradeError {
    /// The refused number.
    pub found: f32,
    /// Smallest legal grade.
    pub min: f32,
    /// Largest legal grade.
    pub max: f32,
}

impl RelevanceGrade {
    /// Accepts a finite number inside `scale`.
    pub fn new(value: f32, scale: GradeScale) -> Result<Self, GradeError> {
        if value.is_finite() && value >= scale.min && value <= scale.max {
            Ok(Self(value))
        } else {
            Err(GradeError { found: value, min: scale.min, max: scale.max })
        }
    }

    /// The label as it was given.
    pub fn value(self) -> f32 {
        self.0
    }

    /// Gain exponent: the grade counted from the bottom of the scale, so that the worst label gains nothing.
    pub fn above(self, scale: GradeScale) -> f32 {
        self.0 - scale.min
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grade_outside_its_scale_or_not_finite_is_refused() {
        let scale = GradeScale { min: 1.0, max: 3.0 };
        for bad in [0.9, 3.1, f32::NAN, f32::INFINITY] {
            assert!(RelevanceGrade::new(bad, scale).is_err(), "{bad}");
        }
        assert_eq!(RelevanceGrade::new(2.33, scale).unwrap().value(), 2.33);
    }
}
