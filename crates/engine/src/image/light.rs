//! The light residual network. Batch normalisation is folded into the convolution before it.

use crate::{
    convolution::{Conv, Padding, Window},
    error::EngineError,
    pixels::Pixels,
    weights::{NORM_EPSILON, Weights},
};

/// The encoder.
pub struct LightCnn {
    /// One layer, or two, the second with stride 2.
    stem: Vec<Conv>,
    blocks: Vec<ResidualBlock>,
}

struct ResidualBlock {
    first: Conv,
    second: Conv,
    shortcut: Option<Conv>,
}

impl LightCnn {
    pub fn load(all: &Weights<'_>, channels: usize) -> Result<Self, EngineError> {
        let name = |rest: &str| format!("encoder.Light.{rest}");
        let mut stem: Vec<Conv> = Vec::new();
        while all.has(&name(&format!("stem.{}.conv.weight", stem.len()))) {
            let layer = name(&format!("stem.{}", stem.len()));
            let side = all.tensor(&format!("{layer}.conv.weight"), 4)?.0[2];
            let (inputs, stride) = stem.last().map_or((channels, (side / 3).max(1)), |before| (before.outputs(), 2));
            let conv = folded(all, &layer, stride)?;
            all.expect(&[("stem", conv.inputs(), inputs)])?;
            stem.push(conv);
        }
        let width = stem.last().map_or(channels, Conv::outputs);
        let mut blocks: Vec<ResidualBlock> = Vec::new();
        while all.has(&name(&format!("blocks.{}.first.conv.weight", blocks.len()))) {
            let number = blocks.len();
            let at = |field: &str| name(&format!("blocks.{number}.{field}"));
            let stride = if number == 0 { 1 } else { 2 };
            let shortcut = all.has(&at("shortcut.conv.weight")).then(|| folded(all, &at("shortcut"), stride));
            let block = ResidualBlock {
                first: folded(all, &at("first"), stride)?,
                second: folded(all, &at("second"), 1)?,
                shortcut: shortcut.transpose()?,
            };
            let before = blocks.last().map_or(width, |block| block.second.outputs());
            all.expect(&[
                ("blocks.first", block.first.inputs(), before),
                ("blocks.second", block.second.inputs(), block.first.outputs()),
                ("blocks.shortcut", block.shortcut.as_ref().map_or(before, Conv::inputs), before),
                ("blocks.shortcut", block.shortcut.as_ref().map_or(before, Conv::outputs), block.second.outputs()),
            ])?;
            blocks.push(block);
        }
        Ok(Self { stem, blocks })
    }

    /// Number of pooled features.
    pub fn features(&self) -> usize {
        let stem = self.stem.last().map_or(0, Conv::outputs);
        self.blocks.last().map_or(stem, |block| block.second.outputs())
    }

    pub fn forward(&self, photo: Pixels) -> Vec<f32> {
        let mut x = photo;
        for layer in &self.stem {
            x = layer.forward(&x, true);
        }
        for block in &self.blocks {
            let mut y = block.second.forward(&block.first.forward(&x, true), false);
            match &block.shortcut {
                Some(shortcut) => y.add(&shortcut.forward(&x, false)),
                None => y.add(&x),
            }
            y.clamp(f32::INFINITY);
            x = y;
        }
        x.pooled()
    }
}

/// A convolution with the batch normalisation after it folded in.
fn folded(all: &Weights<'_>, name: &str, stride: usize) -> Result<Conv, EngineError> {
    let (shape, kernel) = all.tensor(&format!("{name}.conv.weight"), 4)?;
    let statistics = |field: &str| all.tensor(&format!("{name}.norm.{field}"), 1).map(|(_, values)| values);
    let (gain, bias) = (statistics("gamma")?, statistics("beta")?);
    let (mean, variance) = (statistics("running_mean")?, statistics("running_var")?);
    let outputs = shape[0];
    let lengths = [gain.len(), bias.len(), mean.len(), variance.len()];
    all.expect(&lengths.map(|length| (name, length, outputs)))?;
    all.expect(&[(name, shape[2], shape[3])])?;
    let scales: Vec<f32> = gain.iter().zip(variance).map(|(gain, v)| gain / (v + NORM_EPSILON).sqrt()).collect();
    let row = kernel.len() / outputs.max(1);
    let kernel: Vec<f32> = kernel.iter().enumerate().map(|(at, value)| value * scales[at / row]).collect();
    let bias: Vec<f32> = (0..outputs).map(|c| bias[c] - mean[c] * scales[c]).collect();
    let padding = Padding::Symmetric(shape[2].saturating_sub(stride).div_ceil(2));
    Ok(Conv::new(&kernel, shape, Some(&bias), Window { kernel: shape[2], stride, padding }))
}
