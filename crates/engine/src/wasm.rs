//! JavaScript bindings: conversions only.

use std::collections::BTreeMap;

use js_sys::{Array, Error, Float32Array, Object, Reflect, Uint8Array, Uint8ClampedArray, Uint32Array};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::prelude::*;
use windowshop_features::RankerInput;
use windowshop_schema::{Item, NetworkKind, dims::MAX_ENCODED_EVENTS, request::RerankOptions};

use crate::{
    engine::{Engine, RankedList},
    error::EngineError,
    intent::Cell,
    profile::Profile,
    ranker::Scores,
    softmax::argmax,
};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
export interface RankedLists { order: Uint32Array; scores: Float32Array; groups: string[]; contributions: Float32Array }
"#;

/// The engine as a JavaScript class.
#[wasm_bindgen]
pub struct WasmEngine(Engine);

/// The ranker's input for one list.
#[wasm_bindgen]
pub struct PreparedList(RankerInput);

#[wasm_bindgen]
impl PreparedList {
    /// The tensors, row-major, for another implementation of the network. `items` and `session` are handles; the session's most
    /// recent event is first. `groups` and `present` are in the order of all groups.
    pub fn tensors(&self) -> Object {
        let input = &self.0;
        let out = Object::new();
        set(&out, "items", Uint32Array::from(input.items.as_slice()));
        set(&out, "query", Float32Array::from(input.query_vector.as_slice()));
        set(&out, "context", Float32Array::from(input.context.as_slice()));
        let groups: Array =
            input.groups.iter().map(|group| JsValue::from(Float32Array::from(group.as_slice()))).collect();
        set(&out, "groups", groups);
        set(&out, "present", input.present.iter().map(|&p| JsValue::from(p)).collect::<Array>());
        let session = || input.session.iter().rev().take(MAX_ENCODED_EVENTS);
        set(&out, "session", Uint32Array::from(session().map(|(item, _)| *item).collect::<Vec<_>>().as_slice()));
        set(&out, "kinds", Uint32Array::from(session().map(|(_, kind)| *kind as u32).collect::<Vec<_>>().as_slice()));
        out
    }
}

fn throw(error: EngineError) -> JsValue {
    let object = Error::new(&error.to_string());
    // Setting a property of a new Error cannot fail.
    let _ = Reflect::set(&object, &"code".into(), &error.code().into());
    object.into()
}

fn argument<T: DeserializeOwned>(name: &str, value: JsValue) -> Result<T, JsValue> {
    serde_wasm_bindgen::from_value(value).map_err(|error| {
        throw(EngineError::InvalidArgument {
            argument: name.into(),
            found: error.to_string(),
            expected: "the documented shape".into(),
        })
    })
}

fn set(object: &Object, key: &str, value: impl Into<JsValue>) {
    let _ = Reflect::set(object, &key.into(), &value.into());
}

fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).map_err(|e| Error::new(&e.to_string()).into())
}

/// Names and values of an object.
fn entries(object: &Object) -> impl Iterator<Item = (String, JsValue)> {
    Object::entries(object).into_iter().map(|entry| {
        let entry = Array::from(&entry);
        (entry.get(0).as_string().unwrap_or_default(), entry.get(1))
    })
}

/// A cell; the module accepts booleans, numbers and strings only.
fn cell(value: &JsValue) -> Option<Cell> {
    let other = || value.as_f64().map(Cell::Number).or_else(|| value.as_string().map(Cell::Name));
    value.as_bool().map(Cell::Flag).or_else(other)
}

/// The result of a classifier.
fn classes(names: &[String], predicted: usize, probabilities: &[f32]) -> Result<Object, JsValue> {
    let out = Object::new();
    set(&out, "classes", to_js(&names)?);
    set(&out, "predicted", predicted as u32);
    set(&out, "probabilities", Float32Array::from(probabilities));
    Ok(out)
}

const SIMD: &str = if cfg!(target_feature = "relaxed-simd") { "relaxed" } else { "simd128" };

#[wasm_bindgen]
impl WasmEngine {
    /// Verifies and decodes a bundle: the manifest's text and an object of bytes by file name.
    pub fn load(manifest_json: &str, files: &Object) -> Result<WasmEngine, JsValue> {
        let mut bytes = BTreeMap::new();
        for (name, value) in entries(files) {
            bytes.insert(name, Uint8Array::new(&value).to_vec());
        }
        Engine::load(manifest_json, &bytes).map(WasmEngine).map_err(throw)
    }

    /// Name, groups, metrics and backend of the loaded bundle.
    pub fn info(&self) -> Result<JsValue, JsValue> {
        let manifest = self.0.manifest();
        let networks: Array = self.0.network_kinds().map(|kind| JsValue::from(kind.name())).collect();
        let info = Object::new();
        set(&info, "name", manifest.name.as_str());
        set(&info, "formatVersion", manifest.format_version);
        set(&info, "networks", networks);
        set(&info, "groups", to_js(&self.0.groups())?);
        set(&info, "itemCount", self.0.features().statistics().ids.len() as u32);
        set(&info, "imageEmbeddingLength", self.0.image_embedding_length() as u32);
        set(&info, "backend", "cpu");
        set(&info, "simd", SIMD);
        set(&info, "simulated", self.0.card().is_some_and(|card| card.card.simulated));
        set(&info, "metrics", to_js(&self.0.card().map(|card| &card.metrics).unwrap_or(&BTreeMap::new()))?);
        Ok(info.into())
    }

    /// Verifies and decodes a network that was not among the files of [`load`](Self::load).
    #[wasm_bindgen(js_name = openNetwork)]
    pub fn open_network(&mut self, network: &str, bytes: &[u8]) -> Result<(), JsValue> {
        let kind = NetworkKind::ALL.into_iter().find(|kind| kind.name() == network);
        let kind = kind.ok_or_else(|| {
            throw(EngineError::InvalidArgument {
                argument: "network".into(),
                found: network.into(),
                expected: "the name of a network".into(),
            })
        })?;
        self.0.open_network(kind, bytes).map_err(throw)
    }

    /// Classifies texts: the classes, the index of the predicted class of each text, and probabilities `[texts, classes]`.
    pub fn sentiment(&self, texts: Vec<String>) -> Result<JsValue, JsValue> {
        let network = self.0.networks().sentiment().map_err(throw)?;
        let probabilities: Vec<Vec<f32>> = texts.iter().map(|text| network.predict(text)).collect();
        let predicted: Vec<u32> = probabilities.iter().map(|row| network.predicted_class(row) as u32).collect();
        let out = Object::new();
        set(&out, "classes", to_js(&network.card().classes)?);
        set(&out, "predicted", Uint32Array::from(predicted.as_slice()));
        set(&out, "probabilities", Float32Array::from(probabilities.concat().as_slice()));
        Ok(out.into())
    }

    /// Classifies a row: the classes, the index of the predicted class, and probabilities.
    pub fn intent(&self, row: &Object) -> Result<JsValue, JsValue> {
        let network = self.0.networks().intent().map_err(throw)?;
        let mut cells = BTreeMap::new();
        for (name, value) in entries(row) {
            cell(&value).and_then(|cell| cells.insert(name, cell));
        }
        let probabilities = network.predict(&cells);
        classes(&network.card().classes, network.predicted_class(&probabilities), &probabilities).map(Into::into)
    }

    /// Classifies the visit that is current at `now_ms`; returns the same as [`intent`](Self::intent).
    #[wasm_bindgen(js_name = visitIntent)]
    pub fn visit_intent(&self, now_ms: f64) -> Result<JsValue, JsValue> {
        let probabilities = self.0.predict_visit(now_ms).map_err(throw)?;
        let network = self.0.networks().intent().map_err(throw)?;
        classes(&network.card().classes, network.predicted_class(&probabilities), &probabilities).map(Into::into)
    }

    /// Recommended next items: identifiers and scores, best first.
    pub fn recommend(&self, top_n: usize, exclude: Vec<String>) -> Result<JsValue, JsValue> {
        let found = self.0.recommend(top_n, &exclude).map_err(throw)?;
        let network = self.0.networks().sequence().map_err(throw)?;
        let out = Object::new();
        set(&out, "ids", found.iter().map(|item| JsValue::from(network.id(item.item))).collect::<Array>());
        set(&out, "scores", Float32Array::from(found.iter().map(|item| item.score).collect::<Vec<_>>().as_slice()));
        Ok(out.into())
    }

    /// Embeds and classifies a decoded photo, `[height, width, 3]`: the embedding, and the same as [`intent`](Self::intent).
    #[wasm_bindgen(js_name = predictImage)]
    pub fn predict_image(&self, rgb: &[u8], width: usize, height: usize) -> Result<JsValue, JsValue> {
        let network = self.0.networks().image().map_err(throw)?;
        let output = network.predict(rgb, width, height).map_err(throw)?;
        let out = classes(&network.card().classes, argmax(&output.probabilities), &output.probabilities)?;
        set(&out, "embedding", Float32Array::from(output.embedding.as_slice()));
        Ok(out.into())
    }

    /// The categories that the generator supports.
    #[wasm_bindgen(js_name = generatorLabels)]
    pub fn generator_labels(&self) -> Result<JsValue, JsValue> {
        to_js(&self.0.networks().generator().map_err(throw)?.card().classes)
    }

    /// Generates an image of a category: its side, and its RGBA pixels. `seed` is an integer up to 2^53.
    pub fn generate(&self, label: &str, seed: f64) -> Result<JsValue, JsValue> {
        let network = self.0.networks().generator().map_err(throw)?;
        let image = network.generate(network.class(label).map_err(throw)?, seed as u64);
        let out = Object::new();
        set(&out, "side", image.side as u32);
        set(&out, "pixels", Uint8ClampedArray::from(image.rgba.as_slice()));
        Ok(out.into())
    }

    /// Registers items; returns one handle per item.
    #[wasm_bindgen(js_name = registerItems)]
    pub fn register_items(&mut self, items: JsValue) -> Result<Uint32Array, JsValue> {
        let items: Vec<Item> = argument("items", items)?;
        self.0.register(&items).map(|handles| Uint32Array::from(handles.as_slice())).map_err(throw)
    }

    /// Re-ranks a list given by handles.
    pub fn rerank(&mut self, handles: &Uint32Array, options: JsValue) -> Result<JsValue, JsValue> {
        let options: RerankOptions = argument("options", options)?;
        let list = self.0.rerank(&handles.to_vec(), &options, js_sys::Date::now()).map_err(throw)?;
        self.answer(&list)
    }

    /// Computes the ranker's input for a list without scoring it.
    pub fn prepare(&mut self, handles: &Uint32Array, options: JsValue) -> Result<PreparedList, JsValue> {
        let options: RerankOptions = argument("options", options)?;
        self.0.prepare(&handles.to_vec(), &options, js_sys::Date::now()).map(PreparedList).map_err(throw)
    }

    /// The raw score of each item of a prepared list.
    pub fn score(&mut self, list: &PreparedList) -> Result<Float32Array, JsValue> {
        self.0.score(&list.0).map(|scores| Float32Array::from(scores.scores.as_slice())).map_err(throw)
    }

    /// Clears the cache of item representations.
    #[wasm_bindgen(js_name = clearRepresentations)]
    pub fn clear_representations(&mut self) {
        self.0.clear_representations();
    }

    /// The item encoder's inputs, `[handles, item input]`, row-major.
    #[wasm_bindgen(js_name = itemInputs)]
    pub fn item_inputs(&self, handles: &[u32]) -> Vec<f32> {
        handles.iter().flat_map(|&item| self.0.features().item_input(item)).collect()
    }

    /// Representations of items that were scored, `[handles, repr]`, row-major.
    pub fn representations(&self, handles: &[u32]) -> Vec<f32> {
        handles.iter().flat_map(|&item| self.0.representation(item)).copied().collect()
    }

    /// Orders and explains raw scores that another implementation computed from a list's [tensors](PreparedList::tensors).
    pub fn finish(&self, scores: Vec<f32>, contributions: Vec<f32>, options: JsValue) -> Result<JsValue, JsValue> {
        let options: RerankOptions = argument("options", options)?;
        self.answer(&self.0.finish(&Scores { scores, contributions }, &options).map_err(throw)?)
    }

    /// Adds an event to the profile.
    pub fn track(&mut self, event: JsValue, now_ms: f64) -> Result<(), JsValue> {
        self.0.track(argument("event", event)?, now_ms).map_err(throw)
    }

    /// The profile as JSON.
    #[wasm_bindgen(js_name = profileExport)]
    pub fn profile_export(&self) -> String {
        self.0.profile().export()
    }

    /// Replaces the profile with an exported one.
    #[wasm_bindgen(js_name = profileImport)]
    pub fn profile_import(&mut self, json: &str) -> Result<(), JsValue> {
        self.0.set_profile(Profile::import(json).map_err(throw)?);
        Ok(())
    }

    /// Deletes the profile.
    #[wasm_bindgen(js_name = profileClear)]
    pub fn profile_clear(&mut self) {
        self.0.set_profile(Profile::default());
    }
}

impl WasmEngine {
    fn answer(&self, list: &RankedList) -> Result<JsValue, JsValue> {
        let out = Object::new();
        set(&out, "order", Uint32Array::from(list.order.as_slice()));
        set(&out, "scores", Float32Array::from(list.scores.as_slice()));
        set(&out, "groups", to_js(&self.0.groups())?);
        set(&out, "contributions", Float32Array::from(list.contributions.as_slice()));
        Ok(out.into())
    }
}
