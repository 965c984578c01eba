//! Pictures of a category on the CPU: the same sum as `windowshop_model::Generator`, on the fused kernel.

use windowshop_bundle::NetworkFile;
use windowshop_features::{latent::latent, photo};
use windowshop_kernels::{Dense, padded};
use windowshop_schema::{GanNetwork, dims::MAX_MADE_SIDE, manifest::GeneratorCard};

use crate::{
    convolution::{Conv, Padding},
    error::EngineError,
    pixels::Pixels,
    weights::{NORM_EPSILON, Weights, pad_row},
};

/// A picture that no camera has seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Width and height in pixels.
    pub side: usize,
    /// `[side, side, 4]`: red, green, blue and full opacity, as a canvas has them; grey three times.
    pub rgba: Vec<u8>,
}

/// A network that makes pictures.
pub struct Generator {
    card: GeneratorCard,
    /// Latent and category to the picture's start, channel by channel.
    start: Dense,
    start_norm: CategoryNorm,
    /// Each doubles the side.
    stages: Vec<(Conv, CategoryNorm)>,
    /// To the picture's channels.
    last: Conv,
    /// Where pictures start.
    side: usize,
}

/// A batch normalisation whose stretch and shift are those of a category, once trained: a factor and a summand for each
/// channel. Then what is below zero is cut.
struct CategoryNorm {
    channels: usize,
    /// `[classes, padded(channels)]`
    factors: Vec<f32>,
    /// `[classes, padded(channels)]`
    summands: Vec<f32>,
}

impl Generator {
    /// Packs the weights of a kind; refuses shapes that do not fit each other.
    ///
    /// # Errors
    /// [`EngineError::Weights`], and [`EngineError::Baseline`] for the network of linear layers.
    pub fn load(file: &NetworkFile) -> Result<Self, EngineError> {
        let all = Weights { kind: "generator", tensors: &file.weights };
        let card: GeneratorCard =
            serde_json::from_str(&file.card).map_err(|error| all.fault("card", &error.to_string()))?;
        if card.model.network != GanNetwork::Convolutional {
            return Err(EngineError::Baseline);
        }
        let (size, classes) = (card.model.size, card.classes.len());
        let numbers = card.model.latent_dim;
        if !(1..=MAX_MADE_SIDE).contains(&size) || !matches!(card.model.channels, 1 | 3) || classes == 0 || numbers == 0
        {
            return Err(all
                .fault("card", "of no picture: another size, other channels, no categories or nothing to start from"));
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

    /// What the network is.
    pub fn card(&self) -> &GeneratorCard {
        &self.card
    }

    /// The place of a category among those of the card.
    ///
    /// # Errors
    /// [`EngineError::InvalidArgument`] for a category that the network does not know, with the one that may have been meant.
    pub fn class(&self, label: &str) -> Result<usize, EngineError> {
        let names = &self.card.classes;
        names.iter().position(|name| name == label).ok_or_else(|| EngineError::InvalidArgument {
            argument: "label".into(),
            found: format!("`{label}`"),
            expected: match names.iter().find(|name| alike(name, label)) {
                Some(meant) => format!("one of {} (perhaps {meant})", names.join(", ")),
                None => format!("one of {}", names.join(", ")),
            },
        })
    }

    /// Makes the picture that `seed` decides; the same seed makes pictures of several categories that are alike.
    ///
    /// # Panics
    /// When there is no category at place `class`.
    pub fn generate(&self, class: usize, seed: u64) -> Picture {
        let mut input = latent(seed, self.card.model.latent_dim);
        input.extend((0..self.card.classes.len()).map(|other| if other == class { 1.0 } else { 0.0 }));
        let mut planes = Vec::new();
        self.start.forward(&pad_row(&input), false, &mut planes);
        planes.truncate(self.start.outputs());
        let mut x = Pixels::from_planes(&planes, self.side, self.start_norm.channels);
        self.start_norm.apply(&mut x, class);
        for (conv, norm) in &self.stages {
            x = conv.forward(&x.doubled(), false);
            norm.apply(&mut x, class);
        }
        let made = self.last.forward(&x, false);
        let pixels = made.values.chunks_exact(padded(made.channels));
        let opaque = |pixel: &[f32]| photo::opaque(made.channels, |channel| tanh(pixel[channel]));
        Picture { side: made.side, rgba: pixels.flat_map(opaque).collect() }
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
            return Err(all.fault(name, "of no channels"));
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

/// Does one of two names, apart from the case of Latin letters, begin the other?
fn alike(a: &str, b: &str) -> bool {
    let length = a.len().min(b.len());
    length > 0 && a.as_bytes()[..length].eq_ignore_ascii_case(&b.as_bytes()[..length])
}

/// By the exponential that the engine has already, to an error of 1e-6: the library's own function is as long as all of this file.
fn tanh(x: f32) -> f32 {
    1.0 - 2.0 / ((2.0 * x).exp() + 1.0)
}
