//! Lists as tensors: padded and masked. Every distinct item of a batch is encoded once.

use std::collections::HashMap;

use burn::tensor::{Device, Int, Tensor, TensorData};
use windowshop_features::{FeatureExtractor, RankerInput};
use windowshop_schema::{Group, dims::MAX_ENCODED_EVENTS};

use crate::session_encoder::kind_row;

/// A batch of lists and its distinct items, on a device.
#[derive(Clone, Debug)]
pub struct RankerBatch {
    /// `[items, item input]`, the distinct items
    pub item_inputs: Tensor<2>,
    /// The lists; items are rows of `item_inputs`.
    pub lists: ListBatch,
}

/// A batch of lists on a device. Items are rows of a table that the caller holds.
#[derive(Clone, Debug)]
pub struct ListBatch {
    /// `[lists, query input]`
    pub query_vectors: Tensor<2>,
    /// `[lists, 1]`, 1 = the list has a query
    pub has_query: Tensor<2>,
    /// `[lists, context]`
    pub context: Tensor<2>,
    /// `[lists * events]` rows of the items, most recent event first
    pub session_items: Tensor<1, Int>,
    /// `[lists * events]` rows of the table of interaction kinds
    pub session_kinds: Tensor<1, Int>,
    /// `[lists, events]`, 1 = real
    pub session_mask: Tensor<2>,
    /// `[lists * list]` rows of the items
    pub items: Tensor<1, Int>,
    /// `[lists, list]`, 1 = real
    pub list_mask: Tensor<2>,
    /// `[lists * list, columns]` for each group
    pub groups: [Tensor<2>; Group::COUNT],
    /// `[lists, groups]`, 1 = present
    pub present: Tensor<2>,
}

/// Numbers distinct items in order of appearance.
#[derive(Default)]
struct Unique {
    handles: Vec<u32>,
    numbers: HashMap<u32, i32>,
}

impl Unique {
    fn number(&mut self, handle: u32) -> i32 {
        *self.numbers.entry(handle).or_insert_with(|| {
            self.handles.push(handle);
            self.handles.len() as i32 - 1
        })
    }
}

impl RankerBatch {
    /// Pads `lists` to the longest and moves them to `device`. `features` has the items.
    ///
    /// # Panics
    /// If `lists` is empty or a list has no items.
    pub fn new(lists: &[&RankerInput], features: &FeatureExtractor, device: &Device) -> Self {
        let mut unique = Unique::default();
        let lists = ListBatch::new(lists, |handle| unique.number(handle), device);
        Self { item_inputs: item_inputs(&unique.handles, features, device), lists }
    }
}

/// The item encoder's inputs for `handles`.
///
/// # Shapes
/// - output `[handles, item input]`
pub fn item_inputs(handles: &[u32], features: &FeatureExtractor, device: &Device) -> Tensor<2> {
    let values: Vec<f32> = handles.iter().flat_map(|&handle| features.item_input(handle)).collect();
    floats(values, [handles.len(), features.item_len()], device)
}

impl ListBatch {
    /// Pads `lists` to the longest and moves them to `device`. `row` maps a handle to its row in the table.
    ///
    /// # Panics
    /// If `lists` is empty or a list has no items.
    pub fn new(lists: &[&RankerInput], mut row: impl FnMut(u32) -> i32, device: &Device) -> Self {
        let batch = lists.len();
        let longest = lists.iter().map(|l| l.items.len()).max().expect("a batch has lists");
        let events = lists.iter().map(|l| l.session.len().min(MAX_ENCODED_EVENTS)).max().unwrap_or(0).max(1);
        let mut items = vec![0i32; batch * longest];
        let mut list_mask = vec![0f32; batch * longest];
        let mut session_items = vec![0i32; batch * events];
        let mut session_mask = vec![0f32; batch * events];
        let mut session_kinds = vec![0i32; batch * events];
        for (b, list) in lists.iter().enumerate() {
            for (i, &handle) in list.items.iter().enumerate() {
                items[b * longest + i] = row(handle);
                list_mask[b * longest + i] = 1.0;
            }
            for (e, &(handle, kind)) in list.session.iter().rev().take(events).enumerate() {
                session_items[b * events + e] = row(handle);
                session_mask[b * events + e] = 1.0;
                session_kinds[b * events + e] = kind_row(kind);
            }
        }
        let query_vectors: Vec<f32> = lists.iter().flat_map(|l| &l.query_vector).copied().collect();
        let has_query: Vec<f32> = lists.iter().map(|l| f32::from(l.present[Group::QueryMatch as usize])).collect();
        let context: Vec<f32> = lists.iter().flat_map(|l| &l.context).copied().collect();
        let present: Vec<f32> = lists.iter().flat_map(|l| l.present).map(f32::from).collect();
        let groups = std::array::from_fn(|g| {
            let columns = lists[0].groups[g].len() / lists[0].items.len();
            let mut padded = vec![0f32; batch * longest * columns];
            for (b, list) in lists.iter().enumerate() {
                let start = b * longest * columns;
                padded[start..start + list.groups[g].len()].copy_from_slice(&list.groups[g]);
            }
            floats(padded, [batch * longest, columns], device)
        });
        Self {
            query_vectors: floats(query_vectors, [batch, lists[0].query_vector.len()], device),
            has_query: floats(has_query, [batch, 1], device),
            context: floats(context, [batch, lists[0].context.len()], device),
            session_items: ints(session_items, [batch * events], device),
            session_kinds: ints(session_kinds, [batch * events], device),
            session_mask: floats(session_mask, [batch, events], device),
            items: ints(items, [batch * longest], device),
            list_mask: floats(list_mask, [batch, longest], device),
            groups,
            present: floats(present, [batch, Group::COUNT], device),
        }
    }
}

fn floats<const D: usize>(values: Vec<f32>, shape: [usize; D], device: &Device) -> Tensor<D> {
    Tensor::from_data(TensorData::new(values, shape), device)
}

fn ints<const D: usize>(values: Vec<i32>, shape: [usize; D], device: &Device) -> Tensor<D, Int> {
    Tensor::from_data(TensorData::new(values, shape), device)
}
