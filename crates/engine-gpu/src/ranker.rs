//! The ranker on a GPU. Item representations stay in GPU memory; a request uploads its list and reads back the scores.

use std::{collections::HashMap, future::Future};

use burn::tensor::{Device, Tensor, TensorData};
use windowshop_bundle::{Bundle, RANKER_FILE, Tensors};
use windowshop_features::RankerInput;
use windowshop_model::{
    ListBatch, Ranker, RankerInputs,
    weights::{self, Weight},
};
use windowshop_schema::Group;

use crate::error::GpuError;

/// Scores of one list.
#[derive(Clone, Debug, PartialEq)]
pub struct Scores {
    /// Raw score of each item.
    pub scores: Vec<f32>,
    /// Gated contributions, `[items, groups]`.
    pub contributions: Vec<f32>,
}

/// The ranker on a GPU with its item representations.
pub struct GpuRanker {
    device: Device,
    ranker: Ranker,
    inputs: RankerInputs,
    /// `[rows, repr]`
    encoded: Option<Tensor<2>>,
    /// Row of each handle in `encoded`.
    rows: HashMap<u32, i32>,
}

impl GpuRanker {
    /// Verifies a bundle's manifest and weights, and moves the weights to `device`.
    ///
    /// # Errors
    /// Those of [`Bundle::decode_ranker`], and [`GpuError::Weights`] for weights that do not fit the manifest.
    pub fn load(manifest_json: &str, ranker: &[u8], device: Device) -> Result<Self, GpuError> {
        let (card, tensors) = Bundle::decode_ranker(manifest_json, ranker)?;
        let inputs = RankerInputs::new(
            &card.features,
            rows(&tensors, "item_encoder.layers.0.weight")?,
            rows(&tensors, "query_encoder.layers.0.weight")?.saturating_sub(card.features.context.len()),
        );
        let weights = tensors.0.into_iter().map(|(n, t)| (n, Weight { shape: t.shape, values: t.data })).collect();
        let ranker = Ranker::init(&card.model, &inputs, &device);
        let ranker = weights::load(ranker, &weights, &device);
        let ranker = ranker.map_err(|error| GpuError::Weights { file: RANKER_FILE, found: error.to_string() })?;
        Ok(Self { device, ranker, inputs, encoded: None, rows: HashMap::new() })
    }

    /// The handles without a representation, ascending, each once.
    pub fn missing(&self, handles: impl IntoIterator<Item = u32>) -> Vec<u32> {
        let mut missing: Vec<u32> = handles.into_iter().filter(|handle| !self.rows.contains_key(handle)).collect();
        missing.sort_unstable();
        missing.dedup();
        missing
    }

    /// Computes and stores the representations of [missing](Self::missing) items.
    ///
    /// # Shapes
    /// - `inputs` `[handles, item input]`, row-major
    ///
    /// # Errors
    /// [`GpuError::List`] for inputs of another length.
    pub fn add(&mut self, handles: &[u32], inputs: Vec<f32>) -> Result<(), GpuError> {
        let (count, width) = (handles.len(), self.inputs.item);
        expect("inputs of items", inputs.len(), count * width)?;
        if count == 0 {
            return Ok(());
        }
        let new = self.ranker.encode_items(Tensor::from_data(TensorData::new(inputs, [count, width]), &self.device));
        let known = self.rows.len() as i32;
        self.rows.extend(handles.iter().zip(known..).map(|(handle, row)| (*handle, row)));
        self.encoded = Some(match self.encoded.take() {
            Some(known) => Tensor::cat(vec![known, new], 0),
            None => new,
        });
        Ok(())
    }

    /// Removes every representation.
    pub fn clear(&mut self) {
        self.encoded = None;
        self.rows.clear();
    }

    /// Starts scoring a list. The future waits for the GPU and borrows nothing.
    ///
    /// # Errors
    /// [`GpuError::List`] for a list without items, of another bundle, or with missing items. The future returns
    /// [`GpuError::Lost`] if the device is lost.
    pub fn score(
        &self,
        input: &RankerInput,
    ) -> Result<impl Future<Output = Result<Scores, GpuError>> + use<>, GpuError> {
        let count = input.items.len();
        self.check(input)?;
        let encoded = self.encoded.as_ref().filter(|_| count > 0);
        let encoded = encoded.ok_or_else(|| list("no items", "at least one"))?;
        let batch = ListBatch::new(&[input], |handle| self.rows[&handle], &self.device);
        let output = self.ranker.score(&batch, encoded);
        // One read for both tensors: the round trip dominates the cost.
        let contributions = output.contributions.reshape([count * Group::COUNT]);
        let both = Tensor::cat(vec![contributions, output.scores.reshape([count])], 0);
        Ok(async move {
            let data = both.into_data_async().await.map_err(|error| GpuError::lost(format!("{error:?}")))?;
            let mut contributions = data.try_to_vec::<f32>().map_err(|error| GpuError::lost(format!("{error:?}")))?;
            let scores = contributions.split_off(count * Group::COUNT);
            Ok(Scores { scores, contributions })
        })
    }

    fn check(&self, input: &RankerInput) -> Result<(), GpuError> {
        expect("numbers of the query", input.query_vector.len(), self.inputs.query)?;
        expect("numbers of the context", input.context.len(), self.inputs.context)?;
        for (values, columns) in input.groups.iter().zip(self.inputs.groups) {
            expect("features of a group", values.len(), columns * input.items.len())?;
        }
        let handles = input.items.iter().copied().chain(input.session.iter().map(|(handle, _)| *handle));
        match self.missing(handles).first() {
            Some(handle) => Err(list(&format!("item {handle} without a representation"), "items that were added")),
            None => Ok(()),
        }
    }
}

fn rows(tensors: &Tensors, name: &str) -> Result<usize, GpuError> {
    let rows = tensors.0.get(name).and_then(|tensor| tensor.shape.first());
    rows.copied()
        .ok_or_else(|| GpuError::Weights { file: RANKER_FILE, found: format!("`{name}` is missing or has no shape") })
}

fn expect(what: &str, found: usize, expected: usize) -> Result<(), GpuError> {
    if found == expected { Ok(()) } else { Err(list(&format!("{found} {what}"), &expected.to_string())) }
}

fn list(found: &str, expected: &str) -> GpuError {
    GpuError::List { found: found.into(), expected: expected.into() }
}
