//! Relevance grades and their scale.

use serde::{Deserialize, Serialize};

/// Range of a dataset's relevance labels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradeScale {
    /// Label of an irrelevant item.
    pub min: f32,
    /// Label of a perfect match.
    pub max: f32,
}

impl GradeScale {
    /// Clicks and purchases: 0 or 1.
    pub const BINARY: GradeScale = GradeScale { min: 0.0, max: 1.0 };
}

/// A relevance label: finite, inside its scale, may be fractional.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct RelevanceGrade(f32);

/// A number that is not a grade of the scale.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error(
    "relevance grade {found} is outside {min}..={max}: correct the label column or set lists.grade_min and lists.grade_max"
)]
pub struct GradeError {
    /// The rejected number.
    pub found: f32,
    /// Smallest valid grade.
    pub min: f32,
    /// Largest valid grade.
    pub max: f32,
}

impl RelevanceGrade {
    /// Checks a label.
    ///
    /// # Errors
    /// [`GradeError`] for a number that is not finite or outside `scale`.
    pub fn new(value: f32, scale: GradeScale) -> Result<Self, GradeError> {
        if value.is_finite() && value >= scale.min && value <= scale.max {
            Ok(Self(value))
        } else {
            Err(GradeError { found: value, min: scale.min, max: scale.max })
        }
    }

    /// The label.
    pub fn value(self) -> f32 {
        self.0
    }

    /// The grade minus the scale's minimum, the exponent of the gain: the lowest label has gain 0.
    pub fn above(self, scale: GradeScale) -> f32 {
        self.0 - scale.min
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grade_outside_its_scale_or_not_finite_is_rejected() {
        let scale = GradeScale { min: 1.0, max: 3.0 };
        for bad in [0.9, 3.1, f32::NAN, f32::INFINITY] {
            assert!(RelevanceGrade::new(bad, scale).is_err(), "{bad}");
        }
        assert_eq!(RelevanceGrade::new(2.33, scale).unwrap().value(), 2.33);
    }
}
