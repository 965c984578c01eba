//! Storage precision of numbers.

use windowshop_schema::NetworkKind;

/// Storage of weights. A value `x` is decoded to `y` within these bounds:
///
/// | | matrices and tables | vectors (1-d) | signals, text statistics | relation weights |
/// |---|---|---|---|---|
/// | `F32` | exact | exact | exact | exact |
/// | `F16` | \|y − x\| ≤ max(2⁻¹¹ \|x\|, 2⁻²⁵) | the same | the same | \|ln y − ln x\| ≤ ln(max / min) / 510 |
/// | `Int8` | \|y − x\| ≤ max \|row\| / 254 | exact | as `F16` | as `F16` |
///
/// An array with a value beyond the range of f16 (65,504) stays f32. Add a relative 1e-5 to the int8 and relation bounds for
/// the rounding of f32. `max` and `min` are the relation's largest and smallest weight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// Four bytes per weight.
    F32,
    /// Two bytes per weight.
    #[default]
    F16,
    /// One byte per weight and one scale per row.
    Int8,
}

impl Precision {
    /// The default of a network: int8 for those that are mostly tables, which lose no accuracy in it.
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
