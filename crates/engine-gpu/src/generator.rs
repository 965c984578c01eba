//! Pictures of a category on a GPU.

use std::{collections::BTreeMap, future::Future};

use burn::tensor::{Device, Tensor, TensorData};
use windowshop_bundle::{Bundle, NetworkFile};
use windowshop_features::{latent::latent, photo};
use windowshop_model::{
    generator::ConvGenerator,
    one_hot,
    weights::{self, Weight},
};
use windowshop_schema::{NetworkKind, manifest::GeneratorCard};

use crate::error::GpuError;

/// Under which name a bundle keeps the network's weights: that of its kind.
const KIND: &str = "Convolutional.";

/// A network that makes pictures, its weights on a GPU.
pub struct GpuGenerator {
    device: Device,
    card: GeneratorCard,
    network: ConvGenerator,
}

/// A picture that no camera has seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Width and height in pixels.
    pub side: usize,
    /// `[side, side, 4]`: red, green, blue and full opacity, as a canvas has them.
    pub rgba: Vec<u8>,
}

impl GpuGenerator {
    /// Verifies a bundle's manifest and its generator, `bytes` being the file, and moves the weights to `device`.
    ///
    /// # Errors
    /// Those of [`Bundle::decode_network`], and [`GpuError::Weights`] for weights that do not fit the card.
    pub fn load(manifest_json: &str, bytes: &[u8], device: Device) -> Result<Self, GpuError> {
        let manifest = Bundle::read_manifest(manifest_json)?;
        let NetworkFile { card, weights: tensors, .. } =
            Bundle::decode_network(&manifest, NetworkKind::Generator, bytes)?;
        let fault = |found: String| GpuError::Weights { file: NetworkKind::Generator.file(), found };
        let card: GeneratorCard = serde_json::from_str(&card).map_err(|error| fault(error.to_string()))?;
        let mut values = BTreeMap::new();
        for (name, tensor) in tensors.0 {
            if let Some(name) = name.strip_prefix(KIND) {
                values.insert(name.to_owned(), Weight { shape: tensor.shape, values: tensor.data });
            }
        }
        let network = ConvGenerator::init(&card.model, card.classes.len(), &device);
        let network = weights::load(network, &values, &device).map_err(|error| fault(error.to_string()))?;
        Ok(Self { device, card, network })
    }

    /// What the network is.
    pub fn card(&self) -> &GeneratorCard {
        &self.card
    }

    /// Starts making the picture that `seed` decides, of the category at place `class`; the future waits for it and borrows nothing.
    ///
    /// # Errors
    /// [`GpuError::List`] for a place where there is no category; [`GpuError::Lost`] later when the GPU goes away.
    pub fn generate(
        &self,
        class: usize,
        seed: u64,
    ) -> Result<impl Future<Output = Result<Picture, GpuError>> + use<>, GpuError> {
        let (model, classes) = (&self.card.model, self.card.classes.len());
        if class >= classes {
            return Err(GpuError::List { found: format!("category {class}"), expected: format!("one of {classes}") });
        }
        let numbers = TensorData::new(latent(seed, model.latent_dim), [1, model.latent_dim]);
        let latents = Tensor::from_data(numbers, &self.device);
        let made = self.network.forward(latents, one_hot(&[class], classes, &self.device));
        let [channels, _, side, _] = made.dims();
        Ok(async move {
            let data = made.into_data_async().await.map_err(|error| GpuError::lost(format!("{error:?}")))?;
            let planes = data.try_to_vec::<f32>().map_err(|error| GpuError::lost(format!("{error:?}")))?;
            let plane = side * side;
            let pixel = |at: usize| photo::opaque(channels, |channel| planes[channel * plane + at]);
            Ok(Picture { side, rgba: (0..plane).flat_map(pixel).collect() })
        })
    }
}
