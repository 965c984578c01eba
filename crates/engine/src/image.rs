//! Image embedding and classification on the CPU: the same computation as `windowshop_model::ImageClassifier`, on the fused
//! kernel.

mod efficientnet;
mod light;

use windowshop_bundle::NetworkFile;
use windowshop_features::photo;
use windowshop_kernels::Dense;
use windowshop_schema::{ImageNetwork, NetworkKind, dims::MAX_PHOTO_SIDE, manifest::ImageCard};

use crate::{
    error::EngineError,
    pixels::Pixels,
    softmax::softmax,
    weights::{LayerNorm, Weights, pad_row},
};
use efficientnet::EfficientNetLite0;
use light::LightCnn;

/// Added to the squared length of an embedding before its square root.
const EPSILON: f32 = 1e-6;

enum Encoder {
    Light(LightCnn),
    EfficientNetLite0(EfficientNetLite0),
}

/// The image network.
pub struct ImageEmbedder {
    card: ImageCard,
    encoder: Encoder,
    mix: Option<(LayerNorm, Dense)>,
    embed: Dense,
    head: Dense,
    logit_scale: f32,
}

/// Embedding and class probabilities of a photo.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageOutput {
    /// The L2-normalised embedding, `[embedding]`.
    pub embedding: Vec<f32>,
    /// The probability of each class, `[classes]`.
    pub probabilities: Vec<f32>,
}

impl ImageEmbedder {
    /// Packs the weights of a network.
    ///
    /// # Errors
    /// [`EngineError::Weights`] for shapes that do not fit each other.
    pub fn load(file: &NetworkFile) -> Result<Self, EngineError> {
        let all = Weights { kind: NetworkKind::Image.name(), tensors: &file.weights };
        let card: ImageCard =
            serde_json::from_str(&file.card).map_err(|error| all.fault("card", &error.to_string()))?;
        let (encoder, features) = match card.model.network {
            ImageNetwork::Light => {
                let network = LightCnn::load(&all, card.photo.channels)?;
                let features = network.features();
                (Encoder::Light(network), features)
            }
            ImageNetwork::EfficientnetLite0 => {
                let network = EfficientNetLite0::load(&all)?;
                let features = network.features();
                (Encoder::EfficientNetLite0(network), features)
            }
        };
        let mix = match card.model.network {
            ImageNetwork::Light => None,
            _ => Some((LayerNorm::load(&all, "embedder.mix.0")?, all.dense("embedder.mix.1")?)),
        };
        let embedder = Self {
            encoder,
            mix,
            embed: all.dense("embedder.embed")?,
            head: all.dense("embedder.head")?,
            logit_scale: all.tensor("embedder.sharpness", 1)?.1.first().copied().unwrap_or(1.0),
            card,
        };
        let mixed = embedder.mix.as_ref().map_or(features, |(_, mix)| mix.outputs());
        let photo = &embedder.card.photo;
        all.expect(&[
            ("mix", embedder.mix.as_ref().map_or(features, |(norm, _)| norm.width()), features),
            ("mix", embedder.mix.as_ref().map_or(features, |(_, mix)| mix.inputs()), features),
            ("embed", embedder.embed.inputs(), mixed),
            ("head", embedder.head.inputs(), embedder.embed.outputs()),
            ("head", embedder.head.outputs(), embedder.card.classes.len()),
            ("mean", photo.mean.len(), photo.channels),
            ("std", photo.std.len(), photo.channels),
        ])?;
        Ok(embedder)
    }

    /// The network's card.
    pub fn card(&self) -> &ImageCard {
        &self.card
    }

    /// Embeds and classifies a decoded photo, `[height, width, 3]`.
    ///
    /// # Errors
    /// [`EngineError::InvalidArgument`] for another number of bytes, or a side of 0 or above [`MAX_PHOTO_SIDE`].
    pub fn predict(&self, rgb: &[u8], width: usize, height: usize) -> Result<ImageOutput, EngineError> {
        let sides = 1..=MAX_PHOTO_SIDE;
        if !sides.contains(&width) || !sides.contains(&height) || rgb.len() != width * height * 3 {
            return Err(EngineError::InvalidArgument {
                argument: "photo".into(),
                found: format!("{width} × {height} pixels in {} bytes", rgb.len()),
                expected: format!("sides of 1 to {MAX_PHOTO_SIDE}, three bytes per pixel"),
            });
        }
        let spec = &self.card.photo;
        let square = photo::square(rgb, width, height, spec.size, spec.channels);
        let values: Vec<f32> = photo::normalise(&square, spec).collect();
        Ok(self.classify(self.features(&values)))
    }

    /// The encoder's features of a preprocessed photo, `[channels, size, size]`.
    fn features(&self, photo: &[f32]) -> Vec<f32> {
        let pixels = Pixels::from_planes(photo, self.card.photo.size, self.card.photo.channels);
        match &self.encoder {
            Encoder::Light(network) => network.forward(pixels),
            Encoder::EfficientNetLite0(network) => network.forward(pixels),
        }
    }

    fn classify(&self, mut features: Vec<f32>) -> ImageOutput {
        let through = |layer: &Dense, x: &[f32], relu: bool| {
            let mut out = Vec::new();
            layer.forward(&pad_row(x), relu, &mut out);
            out.truncate(layer.outputs());
            out
        };
        if let Some((norm, mix)) = &self.mix {
            norm.apply(&mut features);
            features = through(mix, &features, true);
        }
        let mut embedding = through(&self.embed, &features, false);
        let length = (embedding.iter().map(|value| value * value).sum::<f32>() + EPSILON).sqrt();
        embedding.iter_mut().for_each(|value| *value /= length);
        let mut probabilities = through(&self.head, &embedding, false);
        let scale = self.logit_scale / self.card.temperature;
        probabilities.iter_mut().for_each(|score| *score *= scale);
        softmax(&mut probabilities);
        ImageOutput { embedding, probabilities }
    }
}
