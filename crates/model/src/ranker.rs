//! The ranker: one network for query, item and session, where any of the three may be missing.
//!
//! `score = query_term + Σ gate_g · contribution_g` over the groups of [`Group::ALL`], exactly: a reason is a term of
//! the sum, not an approximation. Gates and the query term see only what is constant within a list.

use burn::{
    module::{Initializer, Module},
    nn::{Linear, LinearConfig},
    tensor::{Device, Tensor, activation::sigmoid},
};
use windowshop_features::FeatureExtractor;
use windowshop_schema::{Group, RankerConfig, manifest::FeatureSpec};

use crate::{
    batch::{ListBatch, RankerBatch},
    linear,
    mlp::{Mlp, MlpConfig},
    session_encoder::SessionEncoder,
};

/// Numbers of features the ranker reads, from the feature specification.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankerInputs {
    /// Features constant within a list.
    pub context: usize,
    /// Features a group.
    pub groups: [usize; Group::COUNT],
    /// Length of what the item encoder reads.
    pub item: usize,
    /// Length of the query vector.
    pub query: usize,
}

impl RankerInputs {
    /// What a network on features of this specification reads; `item` and `query` are the lengths of their inputs.
    pub fn new(spec: &FeatureSpec, item: usize, query: usize) -> Self {
        let columns = |group: Group| spec.columns.get(group.name()).map_or(0, Vec::len);
        Self { context: spec.context.len(), groups: Group::ALL.map(columns), item, query }
    }

    /// What a network on these features reads.
    pub fn of(features: &FeatureExtractor) -> Self {
        Self::new(features.spec(), features.item_len(), features.query_len())
    }
}

/// See the module's text.
#[derive(Module, Debug)]
pub struct Ranker {
    item_encoder: Mlp,
    query_encoder: Mlp,
    session_encoder: SessionEncoder,
    query_match: Mlp,
    session: Mlp,
    item_quality: Mlp,
    reviews: Mlp,
    visual: Mlp,
    shop_order: Mlp,
    gates: Linear,
    query_term: Mlp,
    intent: Mlp,
}

/// What the ranker says about a batch of lists.
#[derive(Clone, Debug)]
pub struct RankerOutput {
    /// `[batch, list]`: the sum of the parts below; meaningless where `list_mask` is 0.
    pub scores: Tensor<2>,
    /// `[batch, list, groups]`: gated contributions.
    pub contributions: Tensor<3>,
    /// `[batch, 1]`: the part that is constant within a list.
    pub query_term: Tensor<2>,
}

impl Ranker {
    /// A ranker with random weights, except that every gate starts at 1.
    pub fn init(config: &RankerConfig, inputs: &RankerInputs, device: &Device) -> Self {
        let RankerConfig { hidden_dim: hidden, session_dim, repr_dim: repr, dropout } = *config;
        let [matches, session, quality, reviews, visual, order, intent] = inputs.groups;
        let mlp = |widths: &[usize]| MlpConfig::new(widths).with_dropout(dropout).init(device);
        let gates = LinearConfig::new(inputs.context + 2 * repr, Group::COUNT).with_initializer(Initializer::Zeros);
        Self {
            item_encoder: mlp(&[inputs.item, hidden / 2, repr]),
            query_encoder: mlp(&[inputs.query + inputs.context, hidden / 2, repr]),
            session_encoder: SessionEncoder::init(repr, device),
            query_match: mlp(&[matches + inputs.context + repr, hidden, hidden, 1]),
            session: mlp(&[session + repr + 1, session_dim, 1]),
            item_quality: mlp(&[quality, session_dim / 2, 1]),
            reviews: mlp(&[reviews, session_dim / 4, 1]),
            visual: mlp(&[visual, session_dim / 4, 1]),
            shop_order: mlp(&[order, session_dim / 4, 1]),
            gates: linear::init(&gates, device),
            query_term: mlp(&[inputs.context + repr, hidden / 4, 1]),
            intent: mlp(&[intent, session_dim / 4, 1]),
        }
    }

    /// The same ranker with the query term starting at `mean`, the mean grade of graded data.
    pub fn with_query_term(mut self, mean: f32) -> Self {
        self.query_term = self.query_term.with_output_bias(mean);
        self
    }

    /// Item representations, which depend on nothing but the item: compute once, cache.
    ///
    /// # Shapes
    /// - `inputs` `[items, item input]`
    /// - output `[items, repr]`
    pub fn encode_items(&self, inputs: Tensor<2>) -> Tensor<2> {
        self.item_encoder.forward(inputs)
    }

    /// Query and session representations.
    ///
    /// # Shapes
    /// - `items` `[items, repr]` from [`Self::encode_items`]
    /// - output two `[batch, repr]`, exactly 0 where there is no query or no session
    pub fn encode_context(&self, batch: &ListBatch, items: &Tensor<2>) -> (Tensor<2>, Tensor<2>) {
        let query = Tensor::cat(vec![batch.query_vectors.clone(), batch.context.clone()], 1);
        let query = self.query_encoder.forward(query) * batch.has_query.clone();
        let [lists, events] = batch.session_mask.dims();
        let repr = items.dims()[1];
        let events = items.clone().select(0, batch.session_items.clone()).reshape([lists, events, repr]);
        let session = self.session_encoder.forward(events, batch.session_kinds.clone(), batch.session_mask.clone());
        (query, session)
    }

    /// Scores a batch of lists.
    pub fn forward(&self, batch: &RankerBatch) -> RankerOutput {
        self.score(&batch.lists, &self.encode_items(batch.item_inputs.clone()))
    }

    /// Scores a batch of lists whose items were encoded before.
    ///
    /// # Shapes
    /// - `items` `[items, repr]` from [`Self::encode_items`]
    pub fn score(&self, batch: &ListBatch, items: &Tensor<2>) -> RankerOutput {
        let (query, session) = self.encode_context(batch, items);
        let [lists, list] = batch.list_mask.dims();
        let listed = items.clone().select(0, batch.items.clone()); // [lists * list, repr]
        let spread = |x: &Tensor<2>| {
            let width = x.dims()[1];
            x.clone().unsqueeze_dim::<3>(1).repeat_dim(1, list).reshape([lists * list, width])
        };
        let by_query = spread(&query) * listed.clone();
        let by_session = spread(&session) * listed;
        let affinity = by_session.clone().sum_dim(1);
        let [matches, session_features, quality, reviews, visual, order, intent] = &batch.groups;
        let mut parts = vec![
            self.query_match.forward(Tensor::cat(vec![matches.clone(), spread(&batch.context), by_query], 1)),
            self.session.forward(Tensor::cat(vec![session_features.clone(), by_session, affinity], 1)),
            self.item_quality.forward(quality.clone()),
            self.reviews.forward(reviews.clone()),
            self.visual.forward(visual.clone()),
            self.shop_order.forward(order.clone()),
        ];
        let query_term = self.query_term.forward(Tensor::cat(vec![batch.context.clone(), query.clone()], 1));
        // Last, so that where nobody speaks of intent, dropout is drawn as if there were no such group.
        parts.push(self.intent.forward(intent.clone()));
        let parts = Tensor::cat(parts, 1).reshape([lists, list, Group::COUNT]);
        let context = Tensor::cat(vec![batch.context.clone(), query, session], 1);
        let gates = sigmoid(linear::forward(&self.gates, context)) * 2.0 * batch.present.clone(); // [lists, groups]
        let contributions = parts * gates.unsqueeze_dim::<3>(1);
        let scores = contributions.clone().sum_dim(2).squeeze_dim::<2>(2) + query_term.clone();
        RankerOutput { scores, contributions, query_term }
    }
}
