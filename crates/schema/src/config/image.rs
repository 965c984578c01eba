//! `trainer train image`

use serde::{Deserialize, Serialize};

/// The backbone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageNetwork {
    /// A small residual network, trained from scratch.
    #[default]
    Light,
    /// EfficientNet-Lite0, pretrained on ImageNet; layers behind it are trained on its features.
    EfficientnetLite0,
}

/// Architecture of the image network. A change of a size changes the shapes of the weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ImageConfig {
    /// The backbone.
    pub network: ImageNetwork,
    /// Side of the square input, in pixels.
    pub size: usize,
    /// Channels: 1 (grey) or 3 (RGB).
    pub channels: usize,
    /// Channels of the first stage of the light network; doubled with each stage.
    pub width: usize,
    /// Dimension of the embedding.
    pub embedding_dim: usize,
    /// Width of the layer between a pretrained backbone and the embedding.
    pub hidden_dim: usize,
    /// Number of the last blocks of the pretrained backbone (of 16) that fine-tuning trains.
    pub tune_blocks: usize,
    /// Dropout rate of the pooled features, 0 to 1.
    pub dropout: f64,
    /// safetensors file of the pretrained backbone. Needed for training only: the network's file holds the backbone.
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

/// Training of the image network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ImageTrainConfig {
    /// Architecture.
    pub model: ImageConfig,
    /// Epochs: passes over the training photos.
    pub epochs: usize,
    /// Batch size in photos.
    pub batch: usize,
    /// Peak learning rate; linear warm-up, then cosine decay.
    pub learning_rate: f64,
    /// Decoupled weight decay (AdamW).
    pub weight_decay: f64,
    /// Label smoothing, 0 to 1.
    pub label_smoothing: f64,
    /// Exponent b of the class weights in the loss, (class frequency)^−b: 0 weights examples equally, 1 classes equally.
    pub class_balance: f64,
    /// Weight of the supervised contrastive loss, added to the cross-entropy; 0: off.
    pub contrastive: f64,
    /// Augmentation of the training photos: a policy as a JSON file or by name, or "none". Empty: `shift`, `flip`, `zoom` and
    /// `erase`.
    pub augment: String,
    /// Largest translation, as a fraction of the side.
    pub shift: f64,
    /// Probability of a horizontal flip, 0 to 1.
    pub flip: f64,
    /// Probability of erasing a rectangle, 0 to 1.
    pub erase: f64,
    /// Largest fraction of the side that a random crop removes, 0 to 1; 0: no crop.
    pub zoom: f64,
    /// Epochs of fine-tuning the pretrained backbone, after the layers behind it were trained on its frozen features; 0: none.
    pub tune_epochs: usize,
    /// Peak learning rate of fine-tuning.
    pub tune_learning_rate: f64,
    /// Views of each photo whose backbone features are computed before training: the photo, its mirror image, crops.
    pub views: usize,
    /// Largest number of training photos per category, drawn by the seed; 0: all.
    pub samples_per_class: usize,
    /// Run folder of `trainer train gan` on the same dataset and split: its generated images are added to the training photos.
    /// Empty: photos only.
    pub generated: String,
    /// Generated images per photo, in each category.
    pub generated_share: f64,
    /// Train on generated images only, to measure their quality.
    pub generated_only: bool,
    /// Fraction of the photos in the validation split, 0 to 1.
    pub validation_share: f64,
    /// Fraction of the photos in the test split, 0 to 1; ignored if the store has test photos.
    pub test_share: f64,
    /// Early stopping: epochs without a better validation metric.
    pub patience: usize,
    /// Decay of the exponential moving average of the weights, 0 (off) to 1. The average is validated and exported.
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
