//! `trainer train image`

use serde::{Deserialize, Serialize};

/// Which network looks at photos.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageNetwork {
    /// A small residual network, learned from the photos alone.
    #[default]
    Light,
    /// EfficientNet-Lite0 with weights learned on ImageNet; what it sees is learned from.
    EfficientnetLite0,
}

/// Sizes of the image network. Changing one changes the weights' shapes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ImageConfig {
    /// The network.
    pub network: ImageNetwork,
    /// Side of the square that a photo is brought to, in pixels.
    pub size: usize,
    /// 1: grey, 3: red, green, blue.
    pub channels: usize,
    /// Channels of the light network's first stage; each further stage has twice as many.
    pub width: usize,
    /// Length of the embedding.
    pub embedding_dim: usize,
    /// Width of the layer between a pretrained backbone and the embedding.
    pub hidden_dim: usize,
    /// Of a pretrained backbone's 16 blocks, how many of the last learn where the backbone is tuned.
    pub tune_blocks: usize,
    /// Share of pooled features dropped while training, 0 to 1.
    pub dropout: f64,
    /// Weights of the pretrained backbone: a safetensors file. Of no use once trained: a network's file has them.
    pub backbone: String,
}

impl Default for ImageConfig {
    fn default() -> Self {
        Self {
            network: ImageNetwork::Light,
            size: 64,
            channels: 3,
            width: 48,
            embedding_dim: 64,
            hidden_dim: 256,
            tune_blocks: 11,
            dropout: 0.1,
            backbone: String::new(),
        }
    }
}

/// How the image network is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ImageTrainConfig {
    /// Network and sizes.
    pub model: ImageConfig,
    /// Passes over the training photos.
    pub epochs: usize,
    /// Photos a step.
    pub batch: usize,
    /// Peak learning rate (warm-up, then cosine).
    pub learning_rate: f64,
    /// Decoupled weight decay.
    pub weight_decay: f64,
    /// Share of the label given to the other classes, 0 to 1.
    pub label_smoothing: f64,
    /// Weight of a class in the loss: (its share)^−balance; 0 leaves classes as they are, 1 makes them equal.
    pub class_balance: f64,
    /// Weight of the supervised contrastive loss beside the cross-entropy; 0 turns it off.
    pub contrastive: f64,
    /// How training photos are changed each time they are shown: a policy in a JSON file, the name of one, or "none"; empty
    /// is what `shift`, `flip`, `zoom` and `erase` say.
    pub augment: String,
    /// Most pixels that a photo is shifted by, as a share of its side.
    pub shift: f64,
    /// Share of photos that are mirrored, 0 to 1.
    pub flip: f64,
    /// Share of photos that a rectangle is erased of, 0 to 1.
    pub erase: f64,
    /// Most of a photo's side that a crop leaves out, 0 to 1; 0 crops nothing.
    pub zoom: f64,
    /// Passes over the training photos in which a pretrained backbone learns with the layers behind it, after those have
    /// learned from its features; 0 leaves it as it is.
    pub tune_epochs: usize,
    /// Peak learning rate of those passes.
    pub tune_learning_rate: f64,
    /// Views of each photo that a pretrained backbone is shown once, before training: the photo, its mirror image, crops.
    pub views: usize,
    /// Most training photos of each category, drawn by seed; 0 takes all.
    pub samples_per_class: usize,
    /// The folder of a run of `trainer train gan` on the same part of the same data: pictures that it makes up are learned from, too.
    /// Empty: photos alone.
    pub generated: String,
    /// Made-up pictures for each photo, category by category.
    pub generated_share: f64,
    /// Learn from the made-up pictures alone: how much of the truth is in them?
    pub generated_only: bool,
    /// Share of photos kept for validation, 0 to 1.
    pub validation_share: f64,
    /// Share of photos kept for the one final test, 0 to 1, where the store names no test photos.
    pub test_share: f64,
    /// Epochs without a better validation metric before training stops.
    pub patience: usize,
    /// Decay of the averaged weights that are validated and exported, 0 (off) to 1.
    pub ema_decay: f64,
}

impl Default for ImageTrainConfig {
    fn default() -> Self {
        Self {
            model: ImageConfig::default(),
            epochs: 12,
            batch: 64,
            learning_rate: 4e-3,
            weight_decay: 2e-2,
            label_smoothing: 0.05,
            class_balance: 0.0,
            contrastive: 0.1,
            augment: String::new(),
            shift: 0.08,
            flip: 0.5,
            erase: 0.25,
            zoom: 0.0,
            tune_epochs: 0,
            tune_learning_rate: 2e-4,
            views: 4,
            samples_per_class: 0,
            generated: String::new(),
            generated_share: 1.0,
            generated_only: false,
            validation_share: 0.1,
            test_share: 0.15,
            patience: 4,
            ema_decay: 0.998,
        }
    }
}
