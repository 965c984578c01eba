//! What JavaScript sees: translates, does not think.

use js_sys::{Error, Reflect};
use wasm_bindgen::prelude::*;
use windowshop_augment::{Key, Size};

use crate::{Augmenter, Changed, PageError, replay};

/// A policy as a JavaScript class.
#[wasm_bindgen]
pub struct WasmAugmenter(Augmenter);

/// A changed picture.
#[wasm_bindgen]
pub struct WasmChanged(Changed);

fn throw(error: PageError) -> JsValue {
    let object = Error::new(&error.to_string());
    // Setting a property on a fresh Error cannot fail.
    let _ = Reflect::set(&object, &"code".into(), &error.code().into());
    object.into()
}

#[wasm_bindgen]
impl WasmAugmenter {
    /// A policy, or the name of a preset, in JSON.
    #[wasm_bindgen(constructor)]
    pub fn new(policy: &str, strength: f64) -> Result<WasmAugmenter, JsValue> {
        Augmenter::new(policy, strength).map(WasmAugmenter).map_err(throw)
    }

    /// Changes a canvas's pixels. `seed` and `sample` are whole numbers up to 2^53.
    pub fn apply(
        &mut self,
        rgba: &[u8],
        width: u32,
        height: u32,
        seed: f64,
        sample: f64,
        epoch: u32,
    ) -> Result<WasmChanged, JsValue> {
        let key = Key { seed: seed as u64, sample: sample as u64, epoch };
        self.0.apply(rgba, Size { width, height }, key).map(WasmChanged).map_err(throw)
    }

    /// Does again what was done to a canvas's pixels.
    pub fn replay(record: &str, rgba: &[u8], width: u32, height: u32) -> Result<WasmChanged, JsValue> {
        replay(record, rgba, Size { width, height }).map(WasmChanged).map_err(throw)
    }
}

#[wasm_bindgen]
impl WasmChanged {
    /// Columns.
    pub fn width(&self) -> u32 {
        self.0.size.width
    }

    /// Rows.
    pub fn height(&self) -> u32 {
        self.0.size.height
    }

    /// What was done, in JSON.
    pub fn record(&self) -> Result<String, JsValue> {
        serde_json::to_string(&self.0.record).map_err(|error| Error::new(&error.to_string()).into())
    }

    /// The pixels, as a canvas takes them; frees the rest.
    pub fn pixels(self) -> Vec<u8> {
        self.0.rgba
    }
}
