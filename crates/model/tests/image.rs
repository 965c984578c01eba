//! Properties of the image networks.

use burn::{
    module::Module,
    optim::{AdamWConfig, GradientsParams},
    tensor::{Device, Tensor, TensorData, activation::log_softmax},
};
use windowshop_model::{ImageClassifier, ImageEncoder, image::pretrained, weights};
use windowshop_schema::{ImageConfig, ImageNetwork};

fn config(network: ImageNetwork) -> ImageConfig {
    let (size, channels) = if network == ImageNetwork::Light { (16, 1) } else { (64, 3) };
    ImageConfig {
        network,
        size,
        channels,
        width: 8,
        embedding_dim: 8,
        hidden_dim: 16,
        dropout: 0.0,
        ..Default::default()
    }
}

/// Images of one bar, horizontal or vertical by class, at varying positions.
fn bars(count: usize, device: &Device) -> (Tensor<4>, Vec<usize>) {
    let value = |photo: usize, y: usize, x: usize| {
        let along = if photo.is_multiple_of(2) { y } else { x };
        if along == photo / 2 % 14 + 1 { 1.0f32 } else { 0.0 }
    };
    let pixels = (0..count * 256).map(|at| value(at / 256, at / 16 % 16, at % 16)).collect::<Vec<f32>>();
    let photos = Tensor::from_data(TensorData::new(pixels, [count, 1, 16, 16]), device);
    (photos, (0..count).map(|photo| photo % 2).collect())
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_to_vec::<f32>().unwrap()
}

#[test]
fn forward_returns_a_logit_per_class_and_an_embedding_of_unit_length() {
    let device = Device::flex();
    for network in [ImageNetwork::Light, ImageNetwork::EfficientnetLite0] {
        let config = config(network);
        let network = ImageClassifier::init(&config, 5, &device);
        let photos = Tensor::<4>::ones([2, config.channels, config.size, config.size], &device);
        let output = network.forward(photos);
        assert_eq!((output.logits.dims(), output.embedding.dims()), ([2, 5], [2, 8]));
        let length: f32 = values(output.embedding)[..8].iter().map(|v| v * v).sum();
        assert!((length - 1.0).abs() < 1e-3, "{length}");
    }
}

#[test]
fn thirty_two_images_are_memorised_and_saved_weights_give_equal_logits_on_both_devices() {
    let device = Device::flex();
    device.seed(3);
    let learning = device.clone().autodiff();
    let mut network = ImageClassifier::init(&config(ImageNetwork::Light), 2, &learning);
    let mut optimizer = AdamWConfig::new().init();
    let (photos, labels) = bars(32, &learning);
    let wanted: Vec<f32> = labels.iter().flat_map(|&label| [1.0 - label as f32, label as f32]).collect();
    let wanted = Tensor::<2>::from_data(TensorData::new(wanted, [32, 2]), &learning);
    for _ in 0..60 {
        let loss = (log_softmax(network.forward(photos.clone()).logits, 1) * wanted.clone()).sum().neg() / 32.0;
        let gradients = GradientsParams::from_grads(loss.backward(), &network);
        network = optimizer.step(5e-3, network, gradients);
    }
    // Inference uses the running statistics, which only training updates.
    let trained = Module::valid(&network);
    let saved = weights::save(&trained);
    let means = saved.iter().filter(|(name, _)| name.ends_with("running_mean"));
    assert!(means.clone().count() >= 5, "{:?}", saved.keys());
    assert!(means.clone().all(|(_, mean)| mean.values.iter().any(|value| value.abs() > 1e-4)));
    let (photos, labels) = bars(32, &device);
    let scores = values(trained.forward(photos).logits);
    let right =
        |scores: &[f32]| labels.iter().zip(scores.chunks(2)).filter(|(l, s)| (s[1] > s[0]) == (**l == 1)).count();
    assert_eq!(right(&scores), 32);
    #[allow(deprecated)]
    for other in [Device::flex(), Device::ndarray()] {
        let empty = Module::valid(&ImageClassifier::init(&config(ImageNetwork::Light), 2, &other));
        let loaded = weights::load(empty, &saved, &other).unwrap();
        for (a, b) in values(loaded.forward(bars(32, &other).0).logits).iter().zip(&scores) {
            assert!((a - b).abs() < 1e-3, "{a} {b}");
        }
    }
}

#[test]
fn the_published_batch_normalisation_is_folded_into_the_convolutions() {
    let published =
        |shape: &[usize], values: &[f32]| weights::Weight { shape: shape.to_vec(), values: values.to_vec() };
    let mut file = weights::Weights::new();
    for (conv, norm) in [("_conv_stem", "_bn0"), ("_conv_head", "_bn1")] {
        file.insert(format!("{conv}.weight"), published(&[1, 1, 1, 2], &[2.0, -4.0]));
        for (part, value) in [("weight", 3.0), ("bias", 0.5), ("running_mean", 1.0), ("running_var", 4.0 - 1e-3)] {
            file.insert(format!("{norm}.{part}"), published(&[1], &[value]));
        }
    }
    let folded = pretrained::efficientnet_lite0(&file).unwrap();
    assert_eq!(folded["EfficientNetLite0.stem.weight"].values, [3.0, -6.0]);
    assert_eq!(folded["EfficientNetLite0.stem.bias"].values, [-1.0]);
    file.remove("_bn1.running_var");
    assert!(pretrained::efficientnet_lite0(&file).unwrap_err().to_string().contains("_bn1.running_var"));
}

#[test]
fn the_rest_of_the_batch_never_changes_an_images_features() {
    let device = Device::flex();
    device.seed(1);
    let encoder = ImageEncoder::init(&config(ImageNetwork::EfficientnetLite0), &device);
    let photo = Tensor::<4>::ones([1, 3, 64, 64], &device);
    let alone = values(encoder.forward(photo.clone()));
    let among = values(encoder.forward(Tensor::cat(vec![photo.clone() * 0.3, photo], 0)));
    for (a, b) in alone.iter().zip(&among[1280..]) {
        assert!((a - b).abs() < 1e-5, "{a} {b}");
    }
}

#[test]
fn only_the_last_blocks_of_a_pretrained_encoder_are_trained() {
    let device = Device::flex().autodiff();
    device.seed(5);
    let config = ImageConfig { tune_blocks: 2, ..config(ImageNetwork::EfficientnetLite0) };
    let start = ImageClassifier::init(&config, 2, &device);
    let photos = Tensor::<4>::ones([2, 3, 64, 64], &device);
    let loss = start.forward(photos).logits.powi_scalar(2).sum();
    let gradients = GradientsParams::from_grads(loss.backward(), &start);
    let before = weights::save(&start);
    let after = weights::save(&AdamWConfig::new().init().step(1e-2, start, gradients));
    let learned = |name: &str| before[name].values != after[name].values;
    let prefix = "encoder.EfficientNetLite0";
    assert!(!learned(&format!("{prefix}.stem.weight")) && !learned(&format!("{prefix}.blocks.13.project.weight")));
    assert!(learned(&format!("{prefix}.blocks.14.depthwise.weight")) && learned(&format!("{prefix}.head.bias")));
    assert!(learned("embedder.embed.weight"));
}
