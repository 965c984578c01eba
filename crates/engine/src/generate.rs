//! Image generation on the CPU: the same computation as `windowshop_model::Generator`, on the fused kernel.

use windowshop_bundle::NetworkFile;
use windowshop_features::{latent::latent, photo};
use windowshop_kernels::{Dense, padded};
use windowshop_schema::{GanNetwork, dims::MAX_GENERATED_SIDE, manifest::GeneratorCard};

use crate::{
    convolution::{Conv, Padding},
    error::EngineError,
    pixels::Pixels,
    weights::{NORM_EPSILON, Weights, pad_row},
};

/// A generated image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneratedImage {
    /// Width and height in pixels.
    pub side: usize,
    /// `[side, side, 4]`, RGBA as in `ImageData`, fully opaque.
    pub rgba: Vec<u8>,
}

/// The generator.
pub struct Generator {
    card: GeneratorCard,
    /// From latent vector and one-hot category to the first feature map, `[channels, side, side]`.
    start: Dense,
    start_norm: CategoryNorm,
    /// Each upsamples to twice the side.
    stages: Vec<(Conv, CategoryNorm)>,
    /// To the image's channels.
    last: Conv,
    /// Side of the first feature map.
    side: usize,
}

/// Class-conditional batch normalisation with its running statistics folded in: `value * factor + summand` for each channel,
/// then ReLU.
struct CategoryNorm {
    channels: usize,
    /// `[classes, padded(channels)]`
    factors: Vec<f32>,
    /// `[classes, padded(channels)]`
    summands: Vec<f32>,
}

impl Generator {
    /// Packs the weights of a network.
    ///
    /// # Errors
    /// [`EngineError::Weights`] for shapes that do not fit each other, [`EngineError::Baseline`] for the network `mlp`.
    pub fn load(file: &NetworkFile) -> Result<Self, EngineError> {
        let all = Weights { kind: "generator", tensors: &file.weights };
        let card: GeneratorCard =
            serde_json::from_str(&file.card).map_err(|error| all.fault("card", &error.to_string()))?;
        if card.model.network != GanNetwork::Convolutional {
            return Err(EngineError::Baseline);
        }
        let (size, classes) = (card.model.size, card.classes.len());
        let numbers = card.model.latent_dim;
        if !(1..=MAX_GENERATED_SIDE).contains(&size)
            || !matches!(card.model.channels, 1 | 3)
            || classes == 0
            || numbers == 0
        {
            return Err(all.fault("card", "invalid: size, channels, classes or latent_dim is out of range"));
        }
        let name = |rest: &str| format!("Convolutional.{rest}");
        let start = all.dense(&name("start"))?;
        let start_norm = CategoryNorm::load(&all, &name("start_norm"), classes)?;
        let mut stages: Vec<(Conv, CategoryNorm)> = Vec::new();
        let mut side = size;
        while all.has(&name(&format!("stages.{}.conv.weight", stages.len()))) {
            let stage = name(&format!("stages.{}", stages.len()));
            let conv = Conv::load(&all, &format!("{stage}.conv"), 1, Padding::Symmetric(1))?;
            let norm = CategoryNorm::load(&all, &format!("{stage}.norm"), classes)?;
            let before = stages.last().map_or(start_norm.channels, |(conv, _)| conv.outputs());
            all.expect(&[
                ("stages", conv.kernel(), 3),
                ("stages", conv.inputs(), before),
                ("stages", norm.channels, conv.outputs()),
                ("stages", side % 2, 0),
            ])?;
            stages.push((conv, norm));
            side /= 2;
        }
        let last = Conv::load(&all, &name("last"), 1, Padding::Symmetric(1))?;
        all.expect(&[
            ("start", start.inputs().saturating_sub(classes), numbers),
            ("start", start.outputs(), start_norm.channels * side * side),
            ("last", last.kernel(), 3),
            ("last", last.inputs(), stages.last().map_or(start_norm.channels, |(conv, _)| conv.outputs())),
            ("last", last.outputs(), card.model.channels),
        ])?;
        Ok(Self { card, start, start_norm, stages, last, side })
    }

    /// The network's card.
    pub fn card(&self) -> &GeneratorCard {
        &self.card
    }

    /// Index of a category.
    ///
    /// # Errors
    /// [`EngineError::InvalidArgument`] for an unknown category, with a suggestion.
    pub fn class(&self, label: &str) -> Result<usize, EngineError> {
        let names = &self.card.classes;
        names.iter().position(|name| name == label).ok_or_else(|| EngineError::InvalidArgument {
            argument: "label".into(),
            found: format!("`{label}`"),
            expected: match names.iter().find(|name| is_prefix_of_other(name, label)) {
                Some(similar) => format!("one of {} (did you mean {similar}?)", names.join(", ")),
                None => format!("one of {}", names.join(", ")),
            },
        })
    }

    /// Generates the image of a class and a seed. One seed gives similar images for different classes.
    ///
    /// # Panics
    /// If `class` is not an index of the card's classes.
    pub fn generate(&self, class: usize, seed: u64) -> GeneratedImage {
        let mut input = latent(seed, self.card.model.latent_dim);
        input.extend((0..self.card.classes.len()).map(|other| if other == class { 1.0 } else { 0.0 }));
        let mut planes = Vec::new();
        self.start.forward(&pad_row(&input), false, &mut planes);
        planes.truncate(self.start.outputs());
        let mut x = Pixels::from_planes(&planes, self.side, self.start_norm.channels);
        self.start_norm.apply(&mut x, class);
        for (conv, norm) in &self.stages {
            x = conv.forward(&x.upsample_nearest2x(), false);
            norm.apply(&mut x, class);
        }
        let image = self.last.forward(&x, false);
        let pixels = image.values.chunks_exact(padded(image.channels));
        let opaque = |pixel: &[f32]| photo::opaque(image.channels, |channel| tanh(pixel[channel]));
        GeneratedImage { side: image.side, rgba: pixels.flat_map(opaque).collect() }
    }
}

impl CategoryNorm {
    fn load(all: &Weights<'_>, name: &str, classes: usize) -> Result<Self, EngineError> {
        let trained = |field: &str| all.tensor(&format!("{name}.norm.{field}"), 1).map(|(_, values)| values);
        let (mean, variance) = (trained("running_mean")?, trained("running_var")?);
        let table = |field: &str| all.tensor(&format!("{name}.{field}"), 2);
        let ((gain_shape, gain), (bias_shape, bias)) = (table("gain")?, table("bias")?);
        let channels = mean.len();
        if channels == 0 {
            return Err(all.fault(name, "without channels"));
        }
        let sizes = [(variance.len(), channels), (gain_shape[0], classes), (gain_shape[1], channels)];
        all.expect(&sizes.map(|(found, expected)| (name, found, expected)))?;
        all.expect(&[(name, bias_shape[0], classes), (name, bias_shape[1], channels)])?;
        let stride = padded(channels);
        let (mut factors, mut summands) = (vec![0.0; classes * stride], vec![0.0; classes * stride]);
        for (at, (gain, bias)) in gain.iter().zip(bias).enumerate() {
            let (class, channel) = (at / channels, at % channels);
            let factor = gain / (variance[channel] + NORM_EPSILON).sqrt();
            factors[class * stride + channel] = factor;
            summands[class * stride + channel] = bias - mean[channel] * factor;
        }
        Ok(Self { channels, factors, summands })
    }

    fn apply(&self, x: &mut Pixels, class: usize) {
        let stride = padded(self.channels);
        let of = |table: &'_ [f32]| table[class * stride..][..stride].to_vec();
        let (factors, summands) = (of(&self.factors), of(&self.summands));
        for pixel in x.values.chunks_exact_mut(stride) {
            for ((value, factor), summand) in pixel.iter_mut().zip(&factors).zip(&summands) {
                *value = (*value * factor + summand).max(0.0);
            }
        }
    }
}

/// True if one name is a prefix of the other, ignoring ASCII case.
fn is_prefix_of_other(a: &str, b: &str) -> bool {
    let length = a.len().min(b.len());
    length > 0 && a.as_bytes()[..length].eq_ignore_ascii_case(&b.as_bytes()[..length])
}

/// tanh to an error of 1e-6 by `exp`, which the engine links anyway: libm's tanh would add as much code as this file.
fn tanh(x: f32) -> f32 {
    1.0 - 2.0 / ((2.0 * x).exp() + 1.0)
}
