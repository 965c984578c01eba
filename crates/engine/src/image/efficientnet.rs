//! EfficientNet-Lite0: inverted residual blocks.

use crate::{
    convolution::{Conv, Depthwise, Padding},
    error::EngineError,
    pixels::Pixels,
    weights::Weights,
};

/// Stride of the first block and number of blocks, by stage.
const STAGES: [[usize; 2]; 7] = [[1, 1], [2, 2], [2, 2], [2, 3], [1, 3], [2, 4], [1, 1]];
/// Activations are clamped to 0 up to this (ReLU6).
const HIGHEST: f32 = 6.0;

/// The encoder.
pub struct EfficientNetLite0 {
    stem: Conv,
    blocks: Vec<InvertedResidual>,
    head: Conv,
}

struct InvertedResidual {
    expand: Option<Conv>,
    depthwise: Depthwise,
    project: Conv,
    residual: bool,
}

impl EfficientNetLite0 {
    pub fn load(all: &Weights<'_>) -> Result<Self, EngineError> {
        let name = |rest: &str| format!("encoder.EfficientNetLite0.{rest}");
        let strides =
            STAGES.iter().flat_map(|&[stride, count]| (0..count).map(move |i| if i == 0 { stride } else { 1 }));
        let stem = Conv::load(all, &name("stem"), 2, Padding::Same)?;
        all.expect(&[("stem", stem.inputs(), 3)])?;
        let mut before = stem.outputs();
        let mut blocks = Vec::new();
        for (number, stride) in strides.enumerate() {
            let at = |field: &str| name(&format!("blocks.{number}.{field}"));
            let expand = all.has(&at("expand.weight")).then(|| Conv::load(all, &at("expand"), 1, Padding::Same));
            let expand = expand.transpose()?;
            let depthwise = Depthwise::load(all, &at("depthwise"), stride, Padding::Same)?;
            let project = Conv::load(all, &at("project"), 1, Padding::Same)?;
            let wide = expand.as_ref().map_or(before, Conv::outputs);
            all.expect(&[
                ("blocks.expand", expand.as_ref().map_or(before, Conv::inputs), before),
                ("blocks.depthwise", depthwise.channels(), wide),
                ("blocks.project", project.inputs(), wide),
            ])?;
            let residual = stride == 1 && project.outputs() == before;
            before = project.outputs();
            blocks.push(InvertedResidual { expand, depthwise, project, residual });
        }
        let head = Conv::load(all, &name("head"), 1, Padding::Same)?;
        all.expect(&[("head", head.inputs(), before)])?;
        Ok(Self { stem, blocks, head })
    }

    /// Number of pooled features.
    pub fn features(&self) -> usize {
        self.head.outputs()
    }

    pub fn forward(&self, photo: Pixels) -> Vec<f32> {
        let mut x = self.stem.forward(&photo, true);
        x.clamp(HIGHEST);
        for block in &self.blocks {
            x = block.forward(x);
        }
        let mut x = self.head.forward(&x, true);
        x.clamp(HIGHEST);
        x.pooled()
    }
}

impl InvertedResidual {
    fn forward(&self, x: Pixels) -> Pixels {
        let wide = self.expand.as_ref().map(|expand| {
            let mut wide = expand.forward(&x, true);
            wide.clamp(HIGHEST);
            wide
        });
        let mut filtered = self.depthwise.forward(wide.as_ref().unwrap_or(&x));
        filtered.clamp(HIGHEST);
        let mut narrow = self.project.forward(&filtered, false);
        if self.residual {
            narrow.add(&x);
        }
        narrow
    }
}
