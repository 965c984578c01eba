//! Next-item recommendation on the CPU: the same computation as `windowshop_model::Sequence` with attention, on the fused
//! kernel, blended with item neighbours.

use std::collections::HashMap;

use windowshop_bundle::NetworkFile;
use windowshop_features::next_item::{Blend, FEATURES, NextItem};
use windowshop_kernels::{Dense, padded};
use windowshop_schema::{NetworkKind, manifest::SequenceCard};

use crate::{
    error::EngineError,
    softmax::softmax,
    weights::{LayerNorm, Weights},
};

/// A recommended item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recommendation {
    /// Index of the item in the network's file.
    pub item: u32,
    /// Softmax of the score over all items.
    pub score: f32,
}

/// The sequence network.
pub struct Recommender {
    card: SequenceCard,
    ids: Vec<String>,
    rows: HashMap<String, u32>,
    vectors: Vec<f32>, // [items, embedding], unit vectors
    items: Dense,      // the same, packed: session vector to one logit per item
    encoder: Attention,
    next: NextItem,
    blend: Blend,
}

impl Recommender {
    /// Packs the weights of a network.
    ///
    /// # Errors
    /// [`EngineError::Weights`] for shapes that do not fit each other and for baseline encoders.
    pub fn load(mut file: NetworkFile) -> Result<Self, EngineError> {
        let all = Weights { kind: NetworkKind::Sequence.name(), tensors: &file.weights };
        let card: SequenceCard =
            serde_json::from_str(&file.card).map_err(|error| all.fault("card", &error.to_string()))?;
        let blend: [f32; FEATURES] =
            card.blend.as_slice().try_into().map_err(|_| all.fault("blend", "of another length"))?;
        let (shape, vectors) = all.tensor("vectors", 2)?;
        let (count, dim) = (shape[0], shape[1]);
        let scale = all.tensor("log_scale", 1)?.1.first().copied().unwrap_or_default().exp();
        let (_, popularity) = all.tensor("popularity", 2)?;
        let encoder = Attention::load(&all)?;
        all.expect(&[
            ("vectors", count, file.ids.len()),
            ("vectors", dim, encoder.query.inputs()),
            ("encoder.recency", encoder.recency.len(), card.model.max_items),
            ("popularity", popularity.len(), count),
        ])?;
        let mut vectors = vectors.to_vec();
        vectors.chunks_exact_mut(dim).for_each(normalise);
        let mut by_column = vec![0.0; vectors.len()];
        for (item, vector) in vectors.chunks_exact(dim).enumerate() {
            vector.iter().enumerate().for_each(|(column, value)| by_column[column * count + item] = value * scale);
        }
        let next = NextItem {
            neighbours: file.neighbours.remove("near").unwrap_or_default(),
            popularity: popularity.to_vec(),
        };
        Ok(Self {
            rows: file.ids.iter().cloned().zip(0..).collect(),
            ids: file.ids,
            items: Dense::new(&by_column, None, dim, count),
            blend: Blend(blend),
            vectors,
            encoder,
            next,
            card,
        })
    }

    /// The network's card.
    pub fn card(&self) -> &SequenceCard {
        &self.card
    }

    /// The identifier of an item.
    pub fn id(&self, item: u32) -> &str {
        &self.ids[item as usize]
    }

    /// The `top_n` items with the highest scores for the next item of `session`, best first, without those in `exclude`.
    /// `session` has item identifiers, oldest first; unknown ones are ignored.
    pub fn recommend<'a>(
        &self,
        session: impl Iterator<Item = &'a str>,
        top_n: usize,
        exclude: &[String],
    ) -> Vec<Recommendation> {
        let session: Vec<u32> = session.filter_map(|id| self.rows.get(id).copied()).collect();
        let mut scores = self.scores(&session);
        softmax(&mut scores);
        for item in exclude.iter().filter_map(|id| self.rows.get(id)) {
            scores[*item as usize] = f32::NEG_INFINITY;
        }
        let better = |a: &u32, b: &u32| scores[*b as usize].total_cmp(&scores[*a as usize]).then(a.cmp(b));
        let mut order: Vec<u32> = (0..scores.len() as u32).filter(|item| scores[*item as usize].is_finite()).collect();
        if top_n < order.len() && top_n > 0 {
            order.select_nth_unstable_by(top_n - 1, better);
        }
        order.truncate(top_n);
        order.sort_unstable_by(better);
        order.into_iter().map(|item| Recommendation { item, score: scores[item as usize] }).collect()
    }

    /// The score of every item for `session`, oldest first.
    pub fn scores(&self, session: &[u32]) -> Vec<f32> {
        let dim = self.items.inputs();
        let recent = &session[session.len().saturating_sub(self.card.model.max_items)..];
        let mut logits = vec![0.0; padded(self.ids.len())];
        if !recent.is_empty() {
            let vector = |item: u32| &self.vectors[item as usize * dim..][..dim];
            let mut encoded = self.encoder.forward(&recent.iter().map(|item| vector(*item)).collect::<Vec<_>>());
            normalise(&mut encoded);
            encoded.resize(padded(dim), 0.0);
            self.items.forward(&encoded, false, &mut logits);
        }
        logits.truncate(self.ids.len());
        self.next.scores(session, &logits, &self.blend)
    }
}

/// Self-attention that weighs the items of the session.
struct Attention {
    positions: Vec<f32>, // [max_items, embedding], most recent first
    recency: Vec<f32>,   // [max_items]
    query: Dense,
    key: Dense,
    value: Dense,
    output: Dense,
    attention_norm: LayerNorm,
    hidden: Dense,
    narrow: Dense,
    hidden_norm: LayerNorm,
    weight: Dense,
}

impl Attention {
    fn load(all: &Weights<'_>) -> Result<Self, EngineError> {
        let name = |field: &str| format!("encoder.Attention.{field}");
        let dense = |field: &str| all.dense(&name(field));
        let values = |field: &str| all.tensor(&name(field), 2).map(|(_, values)| values.to_vec());
        let encoder = Self {
            positions: values("positions")?,
            recency: values("recency")?,
            query: dense("query")?,
            key: dense("key")?,
            value: dense("value")?,
            output: dense("output")?,
            attention_norm: LayerNorm::load(all, &name("attention_norm"))?,
            hidden: dense("hidden")?,
            narrow: dense("narrow")?,
            hidden_norm: LayerNorm::load(all, &name("hidden_norm"))?,
            weight: dense("weight")?,
        };
        let dim = encoder.query.inputs();
        all.expect(&[
            ("encoder.positions", encoder.positions.len(), encoder.recency.len() * dim),
            ("encoder.query", encoder.query.outputs(), dim),
            ("encoder.key", encoder.key.inputs(), dim),
            ("encoder.key", encoder.key.outputs(), dim),
            ("encoder.value", encoder.value.inputs(), dim),
            ("encoder.value", encoder.value.outputs(), dim),
            ("encoder.output", encoder.output.inputs(), dim),
            ("encoder.output", encoder.output.outputs(), dim),
            ("encoder.attention_norm", encoder.attention_norm.width(), dim),
            ("encoder.hidden", encoder.hidden.inputs(), dim),
            ("encoder.narrow", encoder.narrow.inputs(), encoder.hidden.outputs()),
            ("encoder.narrow", encoder.narrow.outputs(), dim),
            ("encoder.hidden_norm", encoder.hidden_norm.width(), dim),
            ("encoder.weight", encoder.weight.inputs(), dim),
        ])?;
        Ok(encoder)
    }

    /// Encodes the session's items, oldest first, as one vector, `[embedding]`.
    fn forward(&self, items: &[&[f32]]) -> Vec<f32> {
        let (count, dim) = (items.len(), self.query.inputs());
        let (stride, scale) = (padded(dim), (dim as f32).sqrt());
        let mut x = vec![0.0; count * stride];
        for (index, (row, item)) in x.chunks_exact_mut(stride).zip(items).enumerate() {
            let position = &self.positions[(count - 1 - index) * dim..][..dim];
            for ((cell, value), position) in row.iter_mut().zip(*item).zip(position) {
                *cell = value * 0.5 * scale + position;
            }
        }
        let run = |layer: &Dense, x: &[f32], relu: bool| {
            let mut out = Vec::new();
            layer.forward(x, relu, &mut out);
            out
        };
        let [query, key, value] = [&self.query, &self.key, &self.value].map(|layer| run(layer, &x, false));
        let mut attended = vec![0.0; count * stride];
        for (out, query) in attended.chunks_exact_mut(stride).zip(query.chunks_exact(stride)) {
            let dot = |key: &[f32]| query[..dim].iter().zip(key).map(|(a, b)| a * b).sum::<f32>() / scale;
            let mut weights: Vec<f32> = key.chunks_exact(stride).map(dot).collect();
            softmax(&mut weights);
            for (weight, value) in weights.iter().zip(value.chunks_exact(stride)) {
                out[..dim].iter_mut().zip(value).for_each(|(sum, value)| *sum += weight * value);
            }
        }
        add(&mut x, &run(&self.output, &attended, false));
        x.chunks_exact_mut(stride).for_each(|row| self.attention_norm.apply(&mut row[..dim]));
        let hidden = run(&self.hidden, &x, true);
        add(&mut x, &run(&self.narrow, &hidden, false));
        x.chunks_exact_mut(stride).for_each(|row| self.hidden_norm.apply(&mut row[..dim]));
        let logits = run(&self.weight, &x, false);
        let mut weights: Vec<f32> =
            (0..count).map(|index| logits[index * padded(1)] + self.recency[count - 1 - index]).collect();
        softmax(&mut weights);
        let mut session = vec![0.0; dim];
        for (weight, item) in weights.iter().zip(items) {
            session.iter_mut().zip(*item).for_each(|(sum, value)| *sum += weight * value);
        }
        session
    }
}

fn add(x: &mut [f32], y: &[f32]) {
    x.iter_mut().zip(y).for_each(|(x, y)| *x += y);
}

/// Scales to length 1; a zero vector stays zero.
fn normalise(row: &mut [f32]) {
    let length = (row.iter().map(|value| value * value).sum::<f32>() + 1e-12).sqrt();
    row.iter_mut().for_each(|value| *value /= length);
}
