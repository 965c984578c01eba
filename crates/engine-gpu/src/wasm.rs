//! JavaScript bindings: conversions only.

use std::future::Future;

use burn::tensor::Device;
use js_sys::{Array, Error, Float32Array, Function, Object, Promise, Reflect, Uint8ClampedArray, Uint32Array};
use wasm_bindgen::{JsCast, prelude::*};
use wasm_bindgen_futures::future_to_promise;
use windowshop_features::RankerInput;
use windowshop_schema::{Group, InteractionKind};

use crate::{
    device,
    error::GpuError,
    generator::{GeneratedImage, GpuGenerator},
    ranker::{GpuRanker, Scores},
};

/// The ranker and the generator on the GPU as a JavaScript class.
#[wasm_bindgen]
pub struct WasmGpu {
    ranker: GpuRanker,
    generator: Option<GpuGenerator>,
    device: Device,
    adapter: String,
}

fn throw(error: GpuError) -> JsValue {
    let object = Error::new(&error.to_string());
    // Setting a property of a new Error cannot fail.
    let _ = Reflect::set(&object, &"code".into(), &error.code().into());
    object.into()
}

fn get<T: JsCast>(list: &Object, key: &str) -> Result<T, JsValue> {
    let value = Reflect::get(list, &key.into()).unwrap_or(JsValue::UNDEFINED);
    value.dyn_into().map_err(|_| {
        throw(GpuError::List {
            found: format!("a list whose `{key}` is missing or has another type"),
            expected: "the tensors of a prepared list".into(),
        })
    })
}

#[wasm_bindgen]
impl WasmGpu {
    /// Opens the GPU, verifies a bundle's manifest and weights and uploads the weights. `lost` is called with a message if the
    /// device is lost. A thread opens its GPU at most once.
    pub async fn load(manifest_json: String, ranker: Vec<u8>, lost: Function) -> Result<WasmGpu, JsValue> {
        let opened = device::open(|setup| {
            setup.device.set_device_lost_callback(move |reason, message| {
                // An exception of the caller's function is ignored.
                let _ = lost.call1(&JsValue::NULL, &format!("{reason:?}: {message}").into());
            });
        });
        let (device, adapter): (Device, _) = opened.await.map_err(throw)?;
        let ranker = GpuRanker::load(&manifest_json, &ranker, device.clone()).map_err(throw)?;
        let adapter = format!("{} {}", adapter.name, adapter.driver).trim().to_owned();
        Ok(WasmGpu { ranker, generator: None, device, adapter })
    }

    /// The browser's name of the GPU; may be empty.
    pub fn adapter(&self) -> String {
        self.adapter.clone()
    }

    /// The handles that must be added before a list with them can be scored.
    pub fn missing(&self, handles: Vec<u32>) -> Vec<u32> {
        self.ranker.missing(handles)
    }

    /// Computes and stores the representations of items from their inputs, `[handles, item input]`.
    pub fn add(&mut self, handles: Vec<u32>, inputs: Vec<f32>) -> Result<(), JsValue> {
        self.ranker.add(&handles, inputs).map_err(throw)
    }

    /// Removes every representation.
    #[wasm_bindgen(js_name = clearRepresentations)]
    pub fn clear_representations(&mut self) {
        self.ranker.clear();
    }

    /// Scores a prepared list. Resolves to `{ scores, contributions }`.
    pub fn score(&self, list: &Object) -> Result<Promise, JsValue> {
        let scores = self.ranker.score(&input(list)?).map_err(throw)?;
        Ok(future_to_promise(answer(scores)))
    }

    /// Verifies the bundle's generator and uploads its weights.
    #[wasm_bindgen(js_name = openGenerator)]
    pub fn open_generator(&mut self, manifest_json: &str, bytes: &[u8]) -> Result<(), JsValue> {
        let generator = GpuGenerator::load(manifest_json, bytes, self.device.clone()).map_err(throw)?;
        self.generator = Some(generator);
        Ok(())
    }

    /// Generates an image. Resolves to `{ side, pixels }`. `class` is the index of a category, `seed` an integer up to 2^53.
    pub fn generate(&self, class: usize, seed: f64) -> Result<Promise, JsValue> {
        let closed = || GpuError::List { found: "no generator".into(), expected: "an opened generator".into() };
        let generator = self.generator.as_ref().ok_or_else(closed).map_err(throw)?;
        Ok(future_to_promise(to_object(generator.generate(class, seed as u64).map_err(throw)?)))
    }
}

async fn to_object(image: impl Future<Output = Result<GeneratedImage, GpuError>>) -> Result<JsValue, JsValue> {
    let GeneratedImage { side, rgba } = image.await.map_err(throw)?;
    let out = Object::new();
    Reflect::set(&out, &"side".into(), &(side as u32).into())?;
    Reflect::set(&out, &"pixels".into(), &Uint8ClampedArray::from(rgba.as_slice()))?;
    Ok(out.into())
}

async fn answer(scores: impl Future<Output = Result<Scores, GpuError>>) -> Result<JsValue, JsValue> {
    let Scores { scores, contributions } = scores.await.map_err(throw)?;
    let out = Object::new();
    Reflect::set(&out, &"scores".into(), &Float32Array::from(scores.as_slice()))?;
    Reflect::set(&out, &"contributions".into(), &Float32Array::from(contributions.as_slice()))?;
    Ok(out.into())
}

/// The ranker's input from the object of `PreparedList.tensors`.
fn input(list: &Object) -> Result<RankerInput, JsValue> {
    let floats = |key| get::<Float32Array>(list, key).map(|array| array.to_vec());
    let integers = |key| get::<Uint32Array>(list, key).map(|array| array.to_vec());
    let mut groups: [Vec<f32>; Group::COUNT] = Default::default();
    for (group, values) in groups.iter_mut().zip(get::<Array>(list, "groups")?.iter()) {
        *group = values.dyn_into::<Float32Array>().map(|array| array.to_vec())?;
    }
    let mut present = [false; Group::COUNT];
    for (present, value) in present.iter_mut().zip(get::<Array>(list, "present")?.iter()) {
        *present = value.is_truthy();
    }
    let kind = |kind: u32| InteractionKind::ALL.get(kind as usize).copied();
    let session = integers("session")?.into_iter().zip(integers("kinds")?);
    // In the object the most recent event is first.
    let session = session.filter_map(|(item, of)| Some((item, kind(of)?))).collect::<Vec<_>>().into_iter().rev();
    Ok(RankerInput {
        query_vector: floats("query")?,
        context: floats("context")?,
        items: integers("items")?,
        groups,
        present,
        session: session.collect(),
    })
}
