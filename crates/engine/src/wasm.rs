//! What JavaScript sees: translates, does not think.

use std::collections::BTreeMap;

use js_sys::{Array, Error, Float32Array, Object, Reflect, Uint8Array, Uint32Array};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::prelude::*;
use windowshop_schema::{Item, request::RerankOptions};

use crate::{engine::Engine, error::EngineError, profile::Profile};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
export interface RankedLists { order: Uint32Array; scores: Float32Array; groups: string[]; contributions: Float32Array }
"#;

/// The engine as a JavaScript class.
#[wasm_bindgen]
pub struct WasmEngine(Engine);

fn throw(error: EngineError) -> JsValue {
    let object = Error::new(&error.to_string());
    // Setting a property on a fresh Error cannot fail.
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

const SIMD: &str = if cfg!(target_feature = "relaxed-simd") { "relaxed" } else { "simd128" };

#[wasm_bindgen]
impl WasmEngine {
    /// Verifies and unpacks a bundle: the manifest's text and an object from file name to bytes.
    pub fn load(manifest_json: &str, files: &Object) -> Result<WasmEngine, JsValue> {
        let mut bytes = BTreeMap::new();
        for entry in Object::entries(files).iter() {
            let entry = Array::from(&entry);
            let name = entry.get(0).as_string().unwrap_or_default();
            bytes.insert(name, Uint8Array::new(&entry.get(1)).to_vec());
        }
        Engine::load(manifest_json, &bytes).map(WasmEngine).map_err(throw)
    }

    /// Name, groups, metrics and backend of what was loaded.
    pub fn info(&self) -> Result<JsValue, JsValue> {
        let manifest = self.0.manifest();
        let info = Object::new();
        set(&info, "name", manifest.name.as_str());
        set(&info, "formatVersion", manifest.format_version);
        set(&info, "groups", to_js(&manifest.groups)?);
        set(&info, "itemCount", self.0.features().statistics().ids.len() as u32);
        set(&info, "backend", "cpu");
        set(&info, "simd", SIMD);
        set(&info, "simulated", manifest.card.simulated);
        set(&info, "metrics", to_js(&manifest.metrics)?);
        Ok(info.into())
    }

    /// Registers items; returns a handle each.
    #[wasm_bindgen(js_name = registerItems)]
    pub fn register_items(&mut self, items: JsValue) -> Result<Uint32Array, JsValue> {
        let items: Vec<Item> = argument("items", items)?;
        self.0.register(&items).map(|handles| Uint32Array::from(handles.as_slice())).map_err(throw)
    }

    /// Re-ranks a list given by handles.
    pub fn rerank(&mut self, handles: &Uint32Array, options: JsValue) -> Result<JsValue, JsValue> {
        let options: RerankOptions = argument("options", options)?;
        let list = self.0.rerank(&handles.to_vec(), &options, js_sys::Date::now()).map_err(throw)?;
        let out = Object::new();
        set(&out, "order", Uint32Array::from(list.order.as_slice()));
        set(&out, "scores", Float32Array::from(list.scores.as_slice()));
        set(&out, "groups", to_js(&self.0.manifest().groups)?);
        set(&out, "contributions", Float32Array::from(list.contributions.as_slice()));
        Ok(out.into())
    }

    /// Remembers what the visitor did.
    pub fn track(&mut self, event: JsValue, now_ms: f64) -> Result<(), JsValue> {
        self.0.track(argument("event", event)?, now_ms).map_err(throw)
    }

    /// The profile as JSON.
    #[wasm_bindgen(js_name = profileExport)]
    pub fn profile_export(&self) -> String {
        self.0.profile().export()
    }

    /// Replaces the profile with one that was exported.
    #[wasm_bindgen(js_name = profileImport)]
    pub fn profile_import(&mut self, json: &str) -> Result<(), JsValue> {
        self.0.set_profile(Profile::import(json).map_err(throw)?);
        Ok(())
    }

    /// Forgets the visitor.
    #[wasm_bindgen(js_name = profileClear)]
    pub fn profile_clear(&mut self) {
        self.0.set_profile(Profile::default());
    }
}
