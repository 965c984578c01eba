//! How precisely numbers are stored.

use windowshop_schema::NetworkKind;

/// How weights are stored. The bounds hold for every decoded value `y` of a value `x`:
///
/// | | matrices and tables | vectors (1-d) | signals, text statistics | relation weights |
/// |---|---|---|---|---|
/// | `F32` | exact | exact | exact | exact |
/// | `F16` | \|y − x\| ≤ max(2⁻¹¹ \|x\|, 2⁻²⁵) | the same | the same | \|ln y − ln x\| ≤ ln(max / min) / 510 |
/// | `Int8` | \|y − x\| ≤ max \|row\| / 254 | exact | as `F16` | as `F16` |
///
/// An array with a value beyond f16's range (65,504) keeps f32. The int8 and relation bounds come with a relative 1e-5
/// for the rounding of f32 itself. `max` and `min` are the relation's largest and smallest weight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// Four bytes a weight.
    F32,
    /// Two bytes a weight.
    #[default]
    F16,
    /// One byte a weight and one scale a row.
    Int8,
}

impl Precision {
    /// How a kind is stored where nobody says: tables lose nothing in int8.
    pub fn usual(kind: NetworkKind) -> Self {
        match kind {
            NetworkKind::Sentiment | NetworkKind::Sequence => Precision::Int8,
            NetworkKind::Intent | NetworkKind::Image | NetworkKind::Generator => Precision::F16,
        }
    }

    /// The name in manifests.
    pub fn name(self) -> &'static str {
        match self {
            Precision::F32 => "f32",
            Precision::F16 => "f16",
            Precision::Int8 => "int8",
        }
    }

    /// The precision of that name in manifests.
    pub fn from_name(name: &str) -> Option<Self> {
        [Precision::F32, Precision::F16, Precision::Int8].into_iter().find(|p| p.name() == name)
    }
}
