//! Parity of the GPU with the CPU engine. Without any GPU, hardware or software, each test is skipped.

#[path = "../../engine/tests/common/mod.rs"]
mod common;
#[path = "../../engine/tests/common/generator.rs"]
mod generator;

use burn::tensor::Device;
use common::{items, load, requests, setup};
use pollster::block_on;
use windowshop_bundle::{Bundle, Precision};
use windowshop_engine_gpu::{GpuGenerator, GpuRanker, device};
use windowshop_features::RankerInput;
use windowshop_test_support::skip;

/// Tolerance for f32 sums on a GPU.
const TOLERANCE: f32 = 1e-3;

/// Waits for the GPU before the test ends: a software driver crashes if the process ends during its work.
struct Gpu(Device);

impl Drop for Gpu {
    fn drop(&mut self) {
        let _ = self.0.sync();
    }
}

fn gpu() -> Option<Gpu> {
    match block_on(device::open(|_| {})) {
        Ok((device, adapter)) => {
            println!("GPU: {} ({:?})", adapter.name, adapter.device_type);
            Some(Gpu(device))
        }
        Err(error) => {
            skip(format_args!("{error}; `node scripts/setup.mjs` installs a software Vulkan driver"));
            None
        }
    }
}

fn network(bundle: &Bundle, device: Device) -> GpuRanker {
    let files = bundle.encode(Some(Precision::F32)).unwrap();
    let file = |name: &str| &files.iter().find(|(file, _)| file == name).unwrap().1;
    let manifest = std::str::from_utf8(file("manifest.json")).unwrap();
    GpuRanker::load(manifest, file("ranker.safetensors"), device).unwrap()
}

fn handles(input: &RankerInput) -> impl Iterator<Item = u32> {
    input.items.iter().copied().chain(input.session.iter().map(|(handle, _)| *handle))
}

#[test]
fn the_gpu_agrees_with_the_cpu_engine() {
    let Some(gpu) = gpu() else { return };
    let (_, bundle, features, registered) = setup(&Device::flex());
    let (mut engine, mut network) = (load(&bundle), network(&bundle, gpu.0.clone()));
    assert_eq!(engine.register(&items()).unwrap(), registered);
    for input in requests(&features, &registered) {
        let missing = network.missing(handles(&input));
        network.add(&missing, missing.iter().flat_map(|&item| features.item_input(item)).collect()).unwrap();
        let found = block_on(network.score(&input).unwrap()).unwrap();
        let expected = engine.score(&input).unwrap();
        let pairs = |a: &[f32], b: &[f32]| a.iter().copied().zip(b.iter().copied()).collect::<Vec<_>>();
        for (a, b) in
            [pairs(&found.scores, &expected.scores), pairs(&found.contributions, &expected.contributions)].concat()
        {
            assert!((a - b).abs() <= TOLERANCE * (1.0 + b.abs()), "{a} against {b}");
        }
    }
}

#[test]
fn a_list_that_does_not_fit_is_an_error_before_it_reaches_the_gpu() {
    let Some(gpu) = gpu() else { return };
    let (_, bundle, features, registered) = setup(&Device::flex());
    let network = network(&bundle, gpu.0.clone());
    let input = requests(&features, &registered).remove(0);
    let refusal = |input: &RankerInput| network.score(input).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(refusal(&input).contains("without a representation"), "{}", refusal(&input));
    let short = RankerInput { context: Vec::new(), ..input.clone() };
    assert!(refusal(&short).contains("0 numbers of the context"), "{}", refusal(&short));
    assert!(
        refusal(&RankerInput { items: Vec::new(), groups: Default::default(), session: Vec::new(), ..input })
            .contains("no items")
    );
}

#[test]
fn an_item_is_encoded_once_until_representations_are_cleared() {
    let Some(gpu) = gpu() else { return };
    let (_, bundle, features, registered) = setup(&Device::flex());
    let mut network = network(&bundle, gpu.0.clone());
    let twice = [registered[1], registered[0], registered[1]];
    assert_eq!(network.missing(twice), [registered[0], registered[1]]);
    network.add(&[registered[1]], features.item_input(registered[1])).unwrap();
    assert_eq!(network.missing(twice), [registered[0]]);
    network.clear();
    assert_eq!(network.missing(twice).len(), 2);
    assert!(network.add(&[registered[0]], vec![0.0]).is_err());
}

#[test]
fn generated_images_agree_with_the_cpu_engine() {
    let Some(gpu) = gpu() else { return };
    for (size, channels) in [(28, 1), (32, 3)] {
        let card = generator::card(size, channels);
        let (_, file) = generator::network(&card, &Device::flex());
        let (manifest, bytes) = generator::bundle(file);
        let engine = generator::engine(&manifest, &bytes).unwrap();
        let expected = engine.networks().generator().unwrap();
        let found = GpuGenerator::load(&manifest, &bytes, gpu.0.clone()).unwrap();
        assert!(found.generate(card.classes.len(), 1).is_err(), "there are no more categories");
        for (class, seed) in [(0, 1), (2, 1), (1, 77)] {
            let started = std::time::Instant::now();
            let picture = block_on(found.generate(class, seed).unwrap()).unwrap();
            println!("{size} pixels, {channels} channels: {:.1} ms", started.elapsed().as_secs_f64() * 1e3);
            let other = expected.generate(class, seed);
            assert_eq!((picture.side, picture.rgba.len()), (other.side, other.rgba.len()));
            let most = picture.rgba.iter().zip(&other.rgba).map(|(a, b)| a.abs_diff(*b)).max();
            assert!(most <= Some(1), "{size} pixels, category {class}, seed {seed}: off by {most:?} of 255");
        }
    }
}
