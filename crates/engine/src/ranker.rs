//! The ranker's forward pass on the CPU: the same computation as `windowshop_model::Ranker`, on the fused kernel.
//!
//! Item representations are computed once and cached. A request computes the query, the session and the heads.

use windowshop_bundle::Tensors;
use windowshop_features::{FeatureExtractor, RankerInput, group::HeadInput, groups};
use windowshop_kernels::{Dense, padded};
use windowshop_schema::{Group, RankerConfig, dims::MAX_ENCODED_EVENTS};

use crate::{
    error::EngineError,
    weights::{Mlp, Weights, pad_row},
};

/// Scores of one list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scores {
    /// Raw score of each item: query term plus contributions.
    pub scores: Vec<f32>,
    /// Gated contributions, `[items, groups]`.
    pub contributions: Vec<f32>,
}

/// The ranker's weights, packed for the kernel.
pub struct Ranker {
    item_encoder: Mlp,
    query_encoder: Mlp,
    event_kinds: Vec<f32>,
    session_hidden: Dense,
    session_attention: Dense,
    session_recency: Vec<f32>,
    session_output: Dense,
    heads: Vec<Mlp>, // one per group, in the order of `Group::ALL`
    gates: Dense,
    query_term: Mlp,
    repr: usize,
}

impl Ranker {
    /// Packs the weights of a bundle.
    ///
    /// # Errors
    /// [`EngineError::Weights`] for shapes that do not fit each other or the features.
    pub fn load(tensors: &Tensors, config: &RankerConfig, features: &FeatureExtractor) -> Result<Self, EngineError> {
        let all = Weights { kind: "ranker", tensors };
        let ranker = Self {
            item_encoder: all.mlp("item_encoder")?,
            query_encoder: all.mlp("query_encoder")?,
            event_kinds: all.tensor("session_encoder.kinds", 2)?.1.to_vec(),
            session_hidden: all.dense("session_encoder.hidden")?,
            session_attention: all.dense("session_encoder.attention")?,
            session_recency: all.tensor("session_encoder.recency", 1)?.1.to_vec(),
            session_output: all.dense("session_encoder.output")?,
            heads: Group::ALL.iter().map(|group| all.mlp(group.name())).collect::<Result<_, _>>()?,
            gates: all.dense("gates")?,
            query_term: all.mlp("query_term")?,
            repr: config.repr_dim,
        };
        ranker.check(&all, features)?;
        Ok(ranker)
    }

    fn check(&self, all: &Weights<'_>, features: &FeatureExtractor) -> Result<(), EngineError> {
        let spec = features.spec();
        let context = spec.context.len();
        for (group, head) in Group::ALL.into_iter().zip(&self.heads) {
            let columns = spec.columns.get(group.name()).map_or(0, Vec::len);
            let expected = groups::head(group).input.width(columns, context, self.repr);
            all.expect(&[(group.name(), head.inputs(), expected)])?;
        }
        all.expect(&[
            ("item_encoder", self.item_encoder.inputs(), features.item_len()),
            ("query_encoder", self.query_encoder.inputs(), features.query_len() + context),
            ("session_encoder", self.session_hidden.inputs(), self.repr),
            ("session_encoder.recency", self.session_recency.len(), MAX_ENCODED_EVENTS),
            ("gates", self.gates.inputs(), context + 2 * self.repr),
            ("query_term", self.query_term.inputs(), context + self.repr),
        ])
    }

    /// Length of a representation.
    pub fn repr(&self) -> usize {
        self.repr
    }

    /// Representations of `handles`, `[handles, padded(repr)]`.
    pub fn encode_items(&self, handles: &[u32], features: &FeatureExtractor) -> Vec<f32> {
        let stride = padded(self.item_encoder.inputs());
        let mut input = vec![0.0; handles.len() * stride];
        for (row, &handle) in input.chunks_exact_mut(stride).zip(handles) {
            let item = features.item_input(handle);
            row[..item.len()].copy_from_slice(&item);
        }
        self.item_encoder.forward(input)
    }

    fn encode_query(&self, input: &RankerInput) -> Vec<f32> {
        if !input.present[Group::QueryMatch as usize] {
            return vec![0.0; self.repr];
        }
        self.query_encoder.forward(pad_row(&[input.query_vector.as_slice(), &input.context].concat()))
    }

    fn encode_session<'a>(&self, input: &RankerInput, encoded: &impl Fn(u32) -> &'a [f32]) -> Vec<f32> {
        let events: Vec<_> = input.session.iter().rev().take(MAX_ENCODED_EVENTS).collect();
        if events.is_empty() {
            return vec![0.0; self.repr];
        }
        let stride = padded(self.repr);
        let mut x = vec![0.0; events.len() * stride];
        for (row, (handle, kind)) in x.chunks_exact_mut(stride).zip(&events) {
            for ((cell, item), kind) in
                row.iter_mut().zip(encoded(*handle)).zip(&self.event_kinds[*kind as usize * self.repr..])
            {
                *cell = item + kind;
            }
        }
        let (mut hidden, mut logits) = (Vec::new(), Vec::new());
        self.session_hidden.forward(&x, true, &mut hidden);
        self.session_attention.forward(&hidden, false, &mut logits);
        let logit = |e: usize| logits[e * padded(1)] + self.session_recency[e];
        let highest = (0..events.len()).map(logit).fold(f32::MIN, f32::max);
        let weights: Vec<f32> = (0..events.len()).map(|e| (logit(e) - highest).exp()).collect();
        let total: f32 = weights.iter().sum();
        let mut pooled = vec![0.0; stride];
        for (row, weight) in x.chunks_exact(stride).zip(&weights) {
            for (sum, value) in pooled.iter_mut().zip(row) {
                *sum += value * weight / total;
            }
        }
        let mut session = Vec::new();
        self.session_output.forward(&pooled, false, &mut session);
        session
    }

    /// Scores one list. `encoded` returns the representation of any handle in the list or its session.
    pub fn score<'a>(&self, input: &RankerInput, encoded: impl Fn(u32) -> &'a [f32]) -> Scores {
        let query = self.encode_query(input);
        let session = self.encode_session(input, &encoded);
        let context = [&input.context, &query[..self.repr], &session[..self.repr]].concat();
        let query_term = self.query_term.forward(pad_row(&context[..input.context.len() + self.repr]))[0];
        let mut gates = Vec::new();
        self.gates.forward(&pad_row(&context), false, &mut gates);
        let count = input.items.len();
        let mut contributions = vec![0.0; count * Group::COUNT];
        for (g, head) in self.heads.iter().enumerate().filter(|(g, _)| input.present[*g]) {
            let kind = groups::head(Group::ALL[g]).input;
            let outputs = head.forward(rows(&input.groups[g], head.inputs(), count, |i, out| match kind {
                HeadInput::Columns => {}
                HeadInput::Query => {
                    out[..input.context.len()].copy_from_slice(&input.context);
                    product(&query[..self.repr], encoded(input.items[i]), &mut out[input.context.len()..]);
                }
                HeadInput::Session => {
                    out[self.repr] = product(&session[..self.repr], encoded(input.items[i]), out);
                }
            }));
            let gate = 2.0 / (1.0 + (-gates[g]).exp());
            for i in 0..count {
                contributions[i * Group::COUNT + g] = outputs[i * padded(1)] * gate;
            }
        }
        let scores = contributions.chunks_exact(Group::COUNT).map(|c| c.iter().sum::<f32>() + query_term).collect();
        Scores { scores, contributions }
    }
}

/// A group's columns as rows of the kernel's input. `rest` writes the inputs after the columns.
fn rows(features: &[f32], inputs: usize, count: usize, rest: impl Fn(usize, &mut [f32])) -> Vec<f32> {
    let columns = features.len() / count;
    let stride = padded(inputs);
    let mut rows = vec![0.0; count * stride];
    for (i, row) in rows.chunks_exact_mut(stride).enumerate() {
        let (head, tail) = row.split_at_mut(columns);
        head.copy_from_slice(&features[i * columns..][..columns]);
        rest(i, tail);
    }
    rows
}

/// `out = a · b` element by element; returns the sum.
fn product(a: &[f32], b: &[f32], out: &mut [f32]) -> f32 {
    let mut sum = 0.0;
    for ((cell, a), b) in out.iter_mut().zip(a).zip(b) {
        *cell = a * b;
        sum += *cell;
    }
    sum
}
