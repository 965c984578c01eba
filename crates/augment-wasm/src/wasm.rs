//! What JavaScript sees: translates, does not think.

use js_sys::{Error, Reflect};
use wasm_bindgen::prelude::*;
use windowshop_augment::{Key, Record, Size, Step};

use crate::{Augmenter, Changed, PageError, passes, replay, steps};

/// A policy as a JavaScript class.
#[wasm_bindgen]
pub struct WasmAugmenter(Augmenter);

/// A changed image.
#[wasm_bindgen]
pub struct WasmChanged(Changed);

/// The parts of a record, each for a GPU or for the CPU.
#[wasm_bindgen]
pub struct WasmSteps(Vec<Step>);

fn throw(error: PageError) -> JsValue {
    let object = Error::new(&error.to_string());
    // Setting a property on a fresh Error cannot fail.
    let _ = Reflect::set(&object, &"code".into(), &error.code().into());
    object.into()
}

fn json(record: &Record) -> Result<String, JsValue> {
    serde_json::to_string(record).map_err(|error| Error::new(&error.to_string()).into())
}

/// `seed` and `sample` are whole numbers up to 2^53.
fn key(seed: f64, sample: f64, epoch: u32) -> Key {
    Key { seed: seed as u64, sample: sample as u64, epoch }
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
        self.0.apply(rgba, Size { width, height }, key(seed, sample, epoch)).map(WasmChanged).map_err(throw)
    }

    /// The record of what `apply` would do, in JSON.
    pub fn draw(&self, width: u32, height: u32, seed: f64, sample: f64, epoch: u32) -> Result<String, JsValue> {
        json(&self.0.draw(Size { width, height }, key(seed, sample, epoch)).map_err(throw)?)
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
        json(&self.0.record)
    }

    /// The pixels, as a canvas takes them; frees the rest.
    pub fn pixels(self) -> Vec<u8> {
        self.0.rgba
    }
}

#[wasm_bindgen]
impl WasmSteps {
    /// Of a record in JSON, for an image of this size.
    #[wasm_bindgen(constructor)]
    pub fn new(record: &str, width: u32, height: u32) -> Result<WasmSteps, JsValue> {
        steps(record, Size { width, height }).map(WasmSteps).map_err(throw)
    }

    /// Names of the shaders, in the order of their numbers, with spaces between.
    pub fn shaders() -> String {
        passes::shader_names()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The record of one, in JSON.
    pub fn record(&self, step: usize) -> Result<String, JsValue> {
        json(&self.0[step].record)
    }

    /// Columns and rows after one.
    pub fn size(&self, step: usize) -> Vec<u32> {
        let Size { width, height } = self.0[step].record.output_size();
        vec![width, height]
    }

    /// The same for a GPU, as numbers; nothing where the CPU must do it.
    pub fn passes(&self, step: usize) -> Option<Vec<u32>> {
        self.0[step].passes.as_deref().map(passes::encode)
    }
}
