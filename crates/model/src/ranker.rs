//! The ranker: one network for query, items and session. Query and session may be absent.
//!
//! `score = query_term + Σ gate_g · head_g` over the groups of [`Group::ALL`], exactly: a reason is a term of the sum, not an
//! approximation. Gates and query term read only what is constant within a list.
//!
//! A group's head is a small network. Its inputs and hidden layers come from the group's definition,
//! [`windowshop_features::groups::head`].

use burn::{
    module::{Initializer, Module},
    nn::{Linear, LinearConfig},
    tensor::{Device, Tensor, activation::sigmoid},
};
use windowshop_features::{FeatureExtractor, group::HeadInput, groups};
use windowshop_schema::{Group, RankerConfig, manifest::FeatureSpec};

use crate::{
    batch::{ListBatch, RankerBatch},
    linear,
    mlp::{Mlp, MlpConfig},
    session_encoder::SessionEncoder,
};

/// Lengths of the ranker's inputs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankerInputs {
    /// Features that are constant within a list.
    pub context: usize,
    /// Columns of each group.
    pub groups: [usize; Group::COUNT],
    /// Length of the item encoder's input.
    pub item: usize,
    /// Length of the query vector.
    pub query: usize,
}

impl RankerInputs {
    /// The lengths for a feature specification and the lengths of item and query inputs.
    pub fn new(spec: &FeatureSpec, item: usize, query: usize) -> Self {
        let columns = |group: Group| spec.columns.get(group.name()).map_or(0, Vec::len);
        Self { context: spec.context.len(), groups: Group::ALL.map(columns), item, query }
    }

    /// The lengths for these features.
    pub fn of(features: &FeatureExtractor) -> Self {
        Self::new(features.spec(), features.item_len(), features.query_len())
    }
}

/// The first group whose head comes after the query term. burn draws random weights when a layer is first visited or run, and
/// dropout masks when it runs: with new heads at the end, a new group does not change the draws of the layers before it.
/// A group that is added to [`Group::ALL`] goes after this one.
const FIRST_LATE_GROUP: usize = Group::Intent as usize;

/// The ranking network. The order of the fields is the order of the random draws.
#[derive(Module, Debug)]
pub struct Ranker {
    item_encoder: Mlp,
    query_encoder: Mlp,
    session_encoder: SessionEncoder,
    heads: Vec<Mlp>, // of the groups before `FIRST_LATE_GROUP`
    gates: Linear,
    query_term: Mlp,
    late_heads: Vec<Mlp>, // of the other groups
}

/// The name of the ranker's weights at a module path: as the path, except that a head has the name of its group.
/// `heads.2.layers.0.weight` is `item_quality.layers.0.weight`.
pub(crate) fn weight_name(path: &[String]) -> String {
    let first = match path.first().map(String::as_str) {
        Some("heads") => 0,
        Some("late_heads") => FIRST_LATE_GROUP,
        _ => return path.join("."),
    };
    let index: usize = path[1].parse().expect("heads are in a Vec");
    format!("{}.{}", Group::ALL[first + index].name(), path[2..].join("."))
}

/// Scores of a batch of lists.
#[derive(Clone, Debug)]
pub struct RankerOutput {
    /// `[batch, list]`: contributions plus query term; undefined where `list_mask` is 0.
    pub scores: Tensor<2>,
    /// `[batch, list, groups]`: gated contributions.
    pub contributions: Tensor<3>,
    /// `[batch, 1]`: the term that is constant within a list.
    pub query_term: Tensor<2>,
}

impl Ranker {
    /// A ranker with random weights, except that every gate starts at 1.
    pub fn init(config: &RankerConfig, inputs: &RankerInputs, device: &Device) -> Self {
        let RankerConfig { hidden_dim: hidden, repr_dim: repr, dropout, .. } = *config;
        let mlp = |widths: &[usize]| MlpConfig::new(widths).with_dropout(dropout).init(device);
        let head = |group: &Group| {
            let head = groups::head(*group);
            let width = head.input.width(inputs.groups[*group as usize], inputs.context, repr);
            mlp(&[&[width][..], &head.hidden.widths(config), &[1]].concat())
        };
        let (early, late) = Group::ALL.split_at(FIRST_LATE_GROUP);
        let gates = LinearConfig::new(inputs.context + 2 * repr, Group::COUNT).with_initializer(Initializer::Zeros);
        Self {
            item_encoder: mlp(&[inputs.item, hidden / 2, repr]),
            query_encoder: mlp(&[inputs.query + inputs.context, hidden / 2, repr]),
            session_encoder: SessionEncoder::init(repr, device),
            heads: early.iter().map(head).collect(),
            gates: linear::init(&gates, device),
            query_term: mlp(&[inputs.context + repr, hidden / 4, 1]),
            late_heads: late.iter().map(head).collect(),
        }
    }

    /// The same ranker with the query term's output bias at `mean`, the mean grade of graded data.
    pub fn with_query_term(mut self, mean: f32) -> Self {
        self.query_term = self.query_term.with_output_bias(mean);
        self
    }

    /// Item representations. They depend on the item alone, so callers cache them.
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
    /// - output query and session, each `[batch, repr]`; exactly 0 where there is no query or no session
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

    /// Scores a batch of lists whose items are already encoded.
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
        let run = |(head, group): (&Mlp, &Group)| {
            let columns = batch.groups[*group as usize].clone();
            head.forward(match groups::head(*group).input {
                HeadInput::Columns => columns,
                HeadInput::Query => Tensor::cat(vec![columns, spread(&batch.context), by_query.clone()], 1),
                HeadInput::Session => Tensor::cat(vec![columns, by_session.clone(), affinity.clone()], 1),
            })
        };
        let (early, late) = Group::ALL.split_at(FIRST_LATE_GROUP);
        let mut terms: Vec<Tensor<2>> = self.heads.iter().zip(early).map(run).collect();
        let query_term = self.query_term.forward(Tensor::cat(vec![batch.context.clone(), query.clone()], 1));
        terms.extend(self.late_heads.iter().zip(late).map(run));
        let terms = Tensor::cat(terms, 1).reshape([lists, list, Group::COUNT]);
        let context = Tensor::cat(vec![batch.context.clone(), query, session], 1);
        let gates = sigmoid(linear::forward(&self.gates, context)) * 2.0 * batch.present.clone(); // [lists, groups]
        let contributions = terms * gates.unsqueeze_dim::<3>(1);
        let scores = contributions.clone().sum_dim(2).squeeze_dim::<2>(2) + query_term.clone();
        RankerOutput { scores, contributions, query_term }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use windowshop_features::spec;

    use super::*;
    use crate::weights;

    #[test]
    fn a_head_has_the_name_of_its_group_and_the_widths_of_its_definition() {
        let (config, device) = (RankerConfig::default(), Device::default());
        let spec = spec::spec(Default::default());
        let ranker = Ranker::init(&config, &RankerInputs::new(&spec, 5, 4), &device);
        let saved = weights::save(&ranker);
        let layers: BTreeSet<&str> = saved.keys().filter_map(|name| name.split('.').next()).collect();
        let others = ["gates", "item_encoder", "query_encoder", "query_term", "session_encoder"];
        assert_eq!(layers, Group::ALL.iter().map(|group| group.name()).chain(others).collect());
        let first = |name: &str| saved[&format!("{name}.layers.0.weight")].shape.clone();
        let (context, repr) = (spec.context.len(), config.repr_dim);
        assert_eq!(first("query_match"), [40 + context + repr, config.hidden_dim]);
        assert_eq!(first("session"), [30 + repr + 1, config.session_dim]);
        assert_eq!(first("item_quality"), [12, config.session_dim / 2]);
        assert_eq!(first("intent"), [4, config.session_dim / 4]);
        assert!(saved.contains_key("query_match.layers.2.bias"));
    }

    #[test]
    fn modules_are_visited_in_the_order_of_the_random_draws() {
        let (device, spec) = (Device::default(), spec::spec(Default::default()));
        let ranker = Ranker::init(&RankerConfig::default(), &RankerInputs::new(&spec, 5, 4), &device);
        let mut visited = Visited::default();
        ranker.visit(&mut visited);
        visited.names.dedup();
        let groups = Group::ALL.map(Group::name);
        let (early, late) = groups.split_at(6);
        assert_eq!(late[0], "intent", "the first group that was added after the query term");
        let encoders = ["item_encoder", "query_encoder", "session_encoder"];
        let expected = [&encoders[..], early, &["gates", "query_term"], late];
        assert_eq!(visited.names, expected.concat());
    }

    #[derive(Default)]
    struct Visited {
        path: Vec<String>,
        names: Vec<String>,
    }

    impl burn::module::ModuleVisitor for Visited {
        fn enter_module(&mut self, name: &str, _: &str) {
            self.path.push(name.to_owned());
        }

        fn exit_module(&mut self, _: &str, _: &str) {
            self.path.pop();
        }

        fn visit_float<const D: usize>(&mut self, _: &burn::module::Param<Tensor<D>>) {
            self.names.extend(weight_name(&self.path).split('.').next().map(str::to_owned));
        }
    }
}
