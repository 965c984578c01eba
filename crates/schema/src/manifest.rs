//! `manifest.json`: what a bundle is, what is in it, and how good it was.

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

/// The bundle format this code reads and writes.
pub const FORMAT_VERSION: u32 = 3;

/// The feature code this workspace holds. Any change of what a feature means raises it.
pub const FEATURE_VERSION: u32 = 3;

/// A file of the bundle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// Lower-case hexadecimal SHA-256 of the bytes.
    pub sha256: String,
    /// Size in bytes.
    pub size_bytes: u64,
    /// How its numbers are stored: f32, f16 or int8.
    pub precision: String,
}

/// Mean and spread of the numeric features, frozen at training. Column order as in [`FeatureSpec::columns`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standardisation {
    /// Mean of the values that were present.
    pub mean: Vec<f32>,
    /// Standard deviation: at least 1e-6, or exactly 0 for a feature that was left out of training and is 0 everywhere.
    pub std: Vec<f32>,
}

/// Which numbers go into the network, in which order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeatureSpec {
    /// Names of the list-constant context features.
    pub context: Vec<String>,
    /// Names of each group's features.
    pub columns: BTreeMap<String, Vec<String>>,
    /// Statistics by group name, plus `context` and `visit`, what is constant within the list.
    pub standardisation: BTreeMap<String, Standardisation>,
}

/// What the score means.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "CalibrationFields")]
pub enum Calibration {
    /// The score is the expected grade on `scale`.
    Grade {
        /// Range of the grade; scores are clamped to it.
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

/// A [`Calibration`] as JSON has it. Read field by field: the usual way to read a tagged enum keeps any JSON in a tree first,
/// which a page would download for this alone.
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

/// A measured quality figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Metric {
    /// The value.
    pub value: f64,
    /// 95 % bootstrap interval over lists.
    pub ci95: [f64; 2],
}

/// What a reader should know before using the model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelCard {
    /// What it was trained on.
    pub data: String,
    /// Terms of that data.
    pub licence: String,
    /// Was the behaviour simulated?
    pub simulated: bool,
    /// Lists trained on, validated on, tested on.
    pub lists: [usize; 3],
    /// Seed of the run.
    pub seed: u64,
    /// When it was trained (RFC 3339, UTC).
    pub trained_at: String,
    /// Known limits, one a line.
    pub limits: Vec<String>,
    /// How the samples that it learned from were expanded, and what an ablation found about that, one a line; empty where they were not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expansion: Vec<String>,
}

/// `manifest.json`. Which [parts](crate::NetworkKind) a bundle has is what `files` says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT_VERSION`] of the writer.
    pub format_version: u32,
    /// [`FEATURE_VERSION`] of the writer. A bundle of another version is refused: its numbers would mean something else.
    pub feature_version: u32,
    /// Bundle name.
    pub name: String,
    /// The ranker, if the bundle has one.
    pub ranker: Option<RankerCard>,
    /// Every other file of the bundle.
    pub files: BTreeMap<String, FileEntry>,
}

/// What a ranker is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RankerCard {
    /// The network's sizes.
    pub model: RankerConfig,
    /// Groups that were trained; the others are absent from scores and reasons.
    pub groups: Vec<Group>,
    /// The features the weights expect.
    pub features: FeatureSpec,
    /// What the score means.
    pub calibration: Calibration,
    /// Test metrics with intervals.
    pub metrics: BTreeMap<String, Metric>,
    /// The model card.
    pub card: ModelCard,
}

/// What a sentiment network is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentimentCard {
    /// The network's sizes.
    pub model: SentimentConfig,
    /// The classes, in the order of the outputs.
    pub classes: Vec<SentimentLabel>,
    /// Tokens read of a text.
    pub max_tokens: usize,
    /// Divides the outputs before softmax, so that what comes out is a probability (Guo et al. 2017).
    pub temperature: f32,
    /// Of two classes the second is named from this probability on; fitted on validation.
    pub threshold: f32,
    /// Test metrics with intervals.
    pub metrics: BTreeMap<String, Metric>,
    /// The model card; `lists` counts reviews.
    pub card: ModelCard,
}

/// What an intent network is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntentCard {
    /// The network's sizes.
    pub model: IntentConfig,
    /// The classes, in the order of the outputs.
    pub classes: Vec<String>,
    /// The columns that are read, and how.
    pub table: TableSpec,
    /// Of a network whose columns are those of a visit: how they come from what the visitor did. Without it they are columns
    /// of the shop's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<VisitSpec>,
    /// Divides the logarithms of the probabilities before they are made to sum to 1 again (Guo et al. 2017).
    pub temperature: f32,
    /// Of two classes the second is named from this probability on; fitted on validation.
    pub threshold: f32,
    /// Of more classes, what each probability is multiplied with before the largest is named; fitted on validation.
    pub class_weights: Vec<f32>,
    /// Test metrics with intervals.
    pub metrics: BTreeMap<String, Metric>,
    /// The model card; `lists` counts rows.
    pub card: ModelCard,
}

/// What a sequence network is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SequenceCard {
    /// The network's sizes.
    pub model: SequenceConfig,
    /// Weights of the features that the network's logit is blended with, in their order.
    pub blend: Vec<f32>,
    /// Test metrics with intervals; empty where the data had no test sessions.
    pub metrics: BTreeMap<String, Metric>,
    /// The model card; `lists` counts the steps of sessions: trained on, validated on, tested on.
    pub card: ModelCard,
}

/// How a photo becomes numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhotoSpec {
    /// Side of the square that it is brought to, in pixels.
    pub size: usize,
    /// 1: grey, 3: red, green, blue.
    pub channels: usize,
    /// Subtracted from each channel, which is 0 to 1.
    pub mean: Vec<f32>,
    /// Divides each channel then.
    pub std: Vec<f32>,
}

/// What an image network is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageCard {
    /// The network's sizes.
    pub model: ImageConfig,
    /// How a photo becomes what the network reads.
    pub photo: PhotoSpec,
    /// The classes, in the order of the outputs.
    pub classes: Vec<String>,
    /// Divides the outputs before softmax, so that what comes out is a probability (Guo et al. 2017).
    pub temperature: f32,
    /// Test metrics with intervals.
    pub metrics: BTreeMap<String, Metric>,
    /// The model card; `lists` counts photos.
    pub card: ModelCard,
}

/// What a generator of pictures is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GeneratorCard {
    /// The network's sizes.
    pub model: GanConfig,
    /// The categories that it can be asked for, in their order.
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
    fn a_calibration_comes_back_and_one_with_the_fields_of_another_is_refused() {
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
