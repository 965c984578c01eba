//! Image generation on a GPU.

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

/// Prefix of the weights' names in a bundle.
const KIND: &str = "Convolutional.";

/// The generator with its weights on a GPU.
pub struct GpuGenerator {
    device: Device,
    card: GeneratorCard,
    network: ConvGenerator,
}

/// A generated image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneratedImage {
    /// Width and height in pixels.
    pub side: usize,
    /// `[side, side, 4]`, RGBA as in `ImageData`, fully opaque.
    pub rgba: Vec<u8>,
}

impl GpuGenerator {
    /// Verifies a bundle's manifest and its generator, whose file is `bytes`, and moves the weights to `device`.
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

    /// The network's card.
    pub fn card(&self) -> &GeneratorCard {
        &self.card
    }

    /// Starts generating the image of a class and a seed. The future waits for the GPU and borrows nothing.
    ///
    /// # Errors
    /// [`GpuError::List`] for an index without a category. The future returns [`GpuError::Lost`] if the device is lost.
    pub fn generate(
        &self,
        class: usize,
        seed: u64,
    ) -> Result<impl Future<Output = Result<GeneratedImage, GpuError>> + use<>, GpuError> {
        let (model, classes) = (&self.card.model, self.card.classes.len());
        if class >= classes {
            return Err(GpuError::List { found: format!("category {class}"), expected: format!("one of {classes}") });
        }
        let numbers = TensorData::new(latent(seed, model.latent_dim), [1, model.latent_dim]);
        let latents = Tensor::from_data(numbers, &self.device);
        let image = self.network.forward(latents, one_hot(&[class], classes, &self.device));
        let [channels, _, side, _] = image.dims();
        Ok(async move {
            let data = image.into_data_async().await.map_err(|error| GpuError::lost(format!("{error:?}")))?;
            let planes = data.try_to_vec::<f32>().map_err(|error| GpuError::lost(format!("{error:?}")))?;
            let plane = side * side;
            let pixel = |at: usize| photo::opaque(channels, |channel| planes[channel * plane + at]);
            Ok(GeneratedImage { side, rgba: (0..plane).flat_map(pixel).collect() })
        })
    }
}
