//! `manifest.json`: identity, files, feature specification and metrics of a bundle.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    config::{GanConfig, ImageConfig, IntentConfig, RankerConfig, SentimentConfig, SequenceConfig},
    grade::GradeScale,
    group::Group,
    sentiment::SentimentLabel,
    table::TableSpec,
    visit::VisitSpec,
};

/// The bundle format that this code writes. It also reads the released formats before it, see `crates/bundle/LAYOUT.md`.
pub const FORMAT_VERSION: u32 = 4;

/// Version of the feature code. Any change of a feature's meaning increments it.
pub const FEATURE_VERSION: u32 = 3;

/// The bundle's manifest. It lists the other files.
pub const MANIFEST_FILE: &str = "manifest.json";
/// The ranker's weights.
pub const RANKER_FILE: &str = "ranker.safetensors";
/// Item index and text statistics of the ranker; absent if a bundle has neither.
pub const STATISTICS_FILE: &str = "statistics.safetensors";

/// A file of the bundle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// Lower-case hexadecimal SHA-256 of the bytes.
    pub sha256: String,
    /// Size in bytes.
    pub size_bytes: u64,
    /// Storage of its numbers: f32, f16 or int8.
    pub precision: String,
}

/// Mean and standard deviation of numeric features, frozen at training, in the order of [`FeatureSpec::columns`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standardisation {
    /// Mean of the known values.
    pub mean: Vec<f32>,
    /// Standard deviation: at least [`Self::MIN_STD`], or exactly 0 for a feature that was excluded from training and is 0
    /// everywhere.
    pub std: Vec<f32>,
}

/// The features that the ranker reads, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeatureSpec {
    /// Names of the list-constant context features.
    pub context: Vec<String>,
    /// Names of each group's features.
    pub columns: BTreeMap<String, Vec<String>>,
    /// Statistics by group name, and those of [`Self::CONTEXT`] and [`Self::VISIT`].
    pub standardisation: BTreeMap<String, Standardisation>,
}

impl Standardisation {
    /// Smallest standard deviation of a feature that varies.
    pub const MIN_STD: f32 = 1e-6;
}

static UNFITTED: Standardisation = Standardisation { mean: Vec::new(), std: Vec::new() };

impl FeatureSpec {
    /// Name of the context's statistics.
    pub const CONTEXT: &'static str = "context";
    /// Name of the statistics of the visits' log odds of a purchase, one column.
    pub const VISIT: &'static str = "visit";

    /// The statistics of that name; empty where none were fitted.
    pub fn statistics(&self, name: &str) -> &Standardisation {
        self.standardisation.get(name).unwrap_or(&UNFITTED)
    }
}

/// How a raw score becomes a relevance score.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "CalibrationFields")]
pub enum Calibration {
    /// The score is the expected grade on `scale`.
    Grade {
        /// Range of the grade. Scores are clamped to it.
        scale: GradeScale,
    },
    /// sigmoid(slope * score + intercept) is the probability of an interaction.
    Probability {
        /// Platt scaling, fitted on validation.
        slope: f32,
        /// Platt scaling, fitted on validation.
        intercept: f32,
    },
}

/// The JSON fields of a [`Calibration`]. serde's own decoder of tagged enums buffers any JSON in a tree; that code would enlarge
/// the engine.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CalibrationFields {
    kind: CalibrationKind,
    scale: Option<GradeScale>,
    slope: Option<f32>,
    intercept: Option<f32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum CalibrationKind {
    Grade,
    Probability,
}

impl TryFrom<CalibrationFields> for Calibration {
    type Error = &'static str;

    fn try_from(fields: CalibrationFields) -> Result<Self, &'static str> {
        let CalibrationFields { kind, scale, slope, intercept } = fields;
        match (kind, scale, slope, intercept) {
            (CalibrationKind::Grade, Some(scale), None, None) => Ok(Calibration::Grade { scale }),
            (CalibrationKind::Probability, None, Some(slope), Some(intercept)) => {
                Ok(Calibration::Probability { slope, intercept })
            }
            _ => Err(
                "a calibration of kind `grade` has a `scale`, one of kind `probability` a `slope` and an `intercept`",
            ),
        }
    }
}

/// A metric on the test split.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Metric {
    /// The value.
    pub value: f64,
    /// 95 % bootstrap confidence interval over lists.
    pub ci95: [f64; 2],
}

/// The model card: data, licence, limits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelCard {
    /// Training data.
    pub data: String,
    /// Licence of that data.
    pub licence: String,
    /// True if the behaviour was simulated.
    pub simulated: bool,
    /// Number of training, validation and test lists.
    pub lists: [usize; 3],
    /// Random seed of the run.
    pub seed: u64,
    /// Time of training (RFC 3339, UTC).
    pub trained_at: String,
    /// Known limits, one per entry.
    pub limits: Vec<String>,
    /// Augmentation and synthetic samples in the training data and their ablation results, one per entry; empty where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expansion: Vec<String>,
}

/// `manifest.json`. `files` decides which [networks](crate::NetworkKind) the bundle has.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT_VERSION`] of the writer.
    pub format_version: u32,
    /// [`FEATURE_VERSION`] of the writer. A bundle of another version is rejected.
    pub feature_version: u32,
    /// Bundle name.
    pub name: String,
    /// The ranker, if the bundle has one.
    pub ranker: Option<RankerCard>,
    /// Every file of the bundle except the manifest.
    pub files: BTreeMap<String, FileEntry>,
}

/// The manifest's description of the ranker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RankerCard {
    /// The network's sizes.
    pub model: RankerConfig,
    /// Trained groups. The others are absent from scores and reasons.
    pub groups: Vec<Group>,
    /// The features that the weights expect.
    pub features: FeatureSpec,
    /// How a raw score becomes a relevance score.
    pub calibration: Calibration,
    /// Test metrics with intervals.
    pub metrics: BTreeMap<String, Metric>,
    /// The model card.
    pub card: ModelCard,
}

/// Description of a sentiment network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentimentCard {
    /// The network's sizes.
    pub model: SentimentConfig,
    /// Class names, in the order of the outputs.
    pub classes: Vec<SentimentLabel>,
    /// Number of tokens of a text that are read.
    pub max_tokens: usize,
    /// Temperature that divides the logits before softmax, to calibrate probabilities (Guo et al. 2017).
    pub temperature: f32,
    /// With two classes, the second is predicted from this probability; fitted on the validation split.
    pub threshold: f32,
    /// Test metrics with intervals.
    pub metrics: BTreeMap<String, Metric>,
    /// The model card; `lists` counts reviews.
    pub card: ModelCard,
}

/// Description of an intent network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntentCard {
    /// The network's sizes.
    pub model: IntentConfig,
    /// Class names, in the order of the outputs.
    pub classes: Vec<String>,
    /// The columns and their encoding.
    pub table: TableSpec,
    /// How columns are computed from a visitor's events. `None`: the columns are the shop's own, and a page passes them as a row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<VisitSpec>,
    /// Temperature that divides the log probabilities before they are normalised again (Guo et al. 2017).
    pub temperature: f32,
    /// With two classes, the second is predicted from this probability; fitted on the validation split.
    pub threshold: f32,
    /// With more classes, factors of the probabilities before argmax; fitted on the validation split.
    pub class_weights: Vec<f32>,
    /// Test metrics with intervals.
    pub metrics: BTreeMap<String, Metric>,
    /// The model card; `lists` counts rows.
    pub card: ModelCard,
}

/// Description of a sequence network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SequenceCard {
    /// The network's sizes.
    pub model: SequenceConfig,
    /// Weights of the network's logit and the features it is blended with, in their order.
    pub blend: Vec<f32>,
    /// Test metrics with intervals; empty where the data had no test sessions.
    pub metrics: BTreeMap<String, Metric>,
    /// The model card; `lists` counts session steps.
    pub card: ModelCard,
}

/// Preprocessing of a photo.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhotoSpec {
    /// Side of the square that it is resized to, in pixels.
    pub size: usize,
    /// 1 for grey, 3 for RGB.
    pub channels: usize,
    /// Mean of each channel, whose range is 0 to 1; subtracted.
    pub mean: Vec<f32>,
    /// Standard deviation of each channel; divides after the mean is subtracted.
    pub std: Vec<f32>,
}

/// Description of an image network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageCard {
    /// The network's sizes.
    pub model: ImageConfig,
    /// Preprocessing of a photo.
    pub photo: PhotoSpec,
    /// Class names, in the order of the outputs.
    pub classes: Vec<String>,
    /// Temperature that divides the logits before softmax, to calibrate probabilities (Guo et al. 2017).
    pub temperature: f32,
    /// Test metrics with intervals.
    pub metrics: BTreeMap<String, Metric>,
    /// The model card; `lists` counts photos.
    pub card: ModelCard,
}

/// Description of an image generator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GeneratorCard {
    /// The network's sizes.
    pub model: GanConfig,
    /// Categories that it generates, in the order of its inputs.
    pub classes: Vec<String>,
    /// Test metrics with intervals.
    pub metrics: BTreeMap<String, Metric>,
    /// The model card; `lists` counts photos.
    pub card: ModelCard,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calibrations_round_trip_and_mixed_fields_are_rejected() {
        let scale = GradeScale { min: 1.0, max: 3.0 };
        for calibration in [Calibration::Grade { scale }, Calibration::Probability { slope: 0.5, intercept: -1.0 }] {
            let json = serde_json::to_string(&calibration).unwrap();
            assert_eq!(serde_json::from_str::<Calibration>(&json).unwrap(), calibration);
        }
        for json in [
            r#"{"kind":"grade"}"#,
            r#"{"kind":"grade","slope":1,"intercept":0}"#,
            r#"{"kind":"probability","slope":1}"#,
            r#"{"kind":"probability","slope":1,"intercept":0,"scale":{"min":0,"max":1}}"#,
            r#"{"kind":"other"}"#,
            r#"{"kind":"probability","slope":1,"intercept":0,"more":1}"#,
        ] {
            assert!(serde_json::from_str::<Calibration>(json).is_err(), "{json}");
        }
    }
}
