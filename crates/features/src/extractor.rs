//! Entry point of the crate: register items, then compute the features of lists.

use windowshop_schema::{Group, InteractionKind, Item, Statistics, manifest::FeatureSpec};

use crate::{
    error::MalformedTable,
    groups::item_quality,
    item::Items,
    list::{self, ListFeatures},
    request::ListRequest,
    spec, standardise,
    text::PreparedText,
    text_statistics::TextStatistics,
};

/// One list as the network reads it. All features are standardised, without unknown values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RankerInput {
    /// Unit vector of the query's words, `[query]`; zero without a query.
    pub query_vector: Vec<f32>,
    /// Features that are constant within the list, `[context]`.
    pub context: Vec<f32>,
    /// Handles of the items.
    pub items: Vec<u32>,
    /// Features of each group, row-major `[items, columns]`.
    pub groups: [Vec<f32>; Group::COUNT],
    /// False for an absent group, which contributes exactly 0.
    pub present: [bool; Group::COUNT],
    /// Handles and kinds of the visitor's events, oldest first.
    pub session: Vec<(u32, InteractionKind)>,
}

/// Turns raw requests into the network's input.
#[derive(Clone, Debug)]
pub struct FeatureExtractor {
    statistics: Statistics,
    text: TextStatistics,
    items: Items,
    spec: FeatureSpec,
    excluded: Vec<String>,
}

impl FeatureExtractor {
    /// An extractor with frozen statistics and the standardisation of `spec`.
    ///
    /// # Errors
    /// [`MalformedTable`] for text tables whose lengths do not fit each other.
    pub fn new(statistics: Statistics, spec: FeatureSpec) -> Result<Self, MalformedTable> {
        let text = TextStatistics::from_statistics(&statistics)?;
        Ok(Self { items: Items::new(&statistics)?, text, statistics, spec, excluded: Vec::new() })
    }

    /// Registers an item; the handle stays valid.
    pub fn register(&mut self, item: &Item) -> u32 {
        self.items.register(item, &self.statistics, &self.text)
    }

    /// The registered items.
    pub fn items(&self) -> &Items {
        &self.items
    }

    /// The frozen statistics.
    pub fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    /// The feature specification.
    pub fn spec(&self) -> &FeatureSpec {
        &self.spec
    }

    /// Consumes the extractor and returns the frozen statistics.
    pub fn into_statistics(self) -> Statistics {
        self.statistics
    }

    /// Raw features of a list, before standardisation.
    pub fn raw(&self, request: ListRequest) -> ListFeatures {
        ListFeatures::compute(request.recent(), &self.items, &self.statistics, &self.text)
    }

    /// Excludes features or whole groups, named in a comma-separated list, from the next [`Self::fit`]: an excluded feature is 0
    /// everywhere and an excluded group is absent, in training and in the engine.
    ///
    /// # Errors
    /// The first name that is neither a feature nor a group.
    pub fn exclude(&mut self, names: &str) -> Result<(), String> {
        let names: Vec<String> = names.split(',').map(|n| n.trim().to_owned()).filter(|n| !n.is_empty()).collect();
        let known = |name: &String| {
            FeatureSpec::CONTEXT == name
                || Group::ALL.iter().any(|g| g.name() == name)
                || self.spec.columns.values().flatten().chain(&self.spec.context).any(|column| column == name)
        };
        if let Some(unknown) = names.iter().find(|name| !known(name)) {
            return Err(unknown.clone());
        }
        self.excluded = names;
        Ok(())
    }

    /// Fits and adopts the standardisation over `lists`.
    pub fn fit<'a>(&mut self, lists: impl IntoIterator<Item = &'a ListFeatures>) {
        self.spec = spec::spec(list::fit(lists));
        let FeatureSpec { context, columns, standardisation, .. } = &mut self.spec;
        let columns = columns.iter().map(|(group, columns)| (group.as_str(), columns));
        for (group, columns) in columns.chain([(FeatureSpec::CONTEXT, &*context)]) {
            let Some(statistics) = standardisation.get_mut(group) else { continue };
            for (column, std) in columns.iter().zip(&mut statistics.std) {
                if self.excluded.iter().any(|name| name == column || name == group) {
                    *std = 0.0;
                }
            }
        }
    }

    /// Computes a list's input of the network.
    pub fn input(&self, request: ListRequest) -> RankerInput {
        self.standardised(request, self.raw(request))
    }

    /// Computes a list's input of the network from features that [`Self::raw`] returned.
    pub fn standardised(&self, request: ListRequest, mut features: ListFeatures) -> RankerInput {
        let request = request.recent();
        features.standardise(&self.spec);
        RankerInput {
            query_vector: self.text.vector(request.query.unwrap_or(&PreparedText::default())),
            context: features.context.values,
            items: request.items.to_vec(),
            present: std::array::from_fn(|g| features.groups[g].present && !self.is_excluded(Group::ALL[g])),
            groups: features.groups.map(|group| group.values.values),
            session: request.session.iter().map(|e| (e.item, e.kind)).collect(),
        }
    }

    /// True if every feature of the group was excluded from training.
    fn is_excluded(&self, group: Group) -> bool {
        let fitted = self.spec.standardisation.get(group.name());
        fitted.is_some_and(|fitted| fitted.std.iter().all(|std| *std == 0.0))
    }

    /// The item encoder's input for a registered item, `[item]`: text vector, item vector, standardised `item_quality` columns.
    pub fn item_input(&self, handle: u32) -> Vec<f32> {
        let item = self.items.get(handle);
        let mut quality = item_quality::of_items(&[item], &self.statistics);
        standardise::apply(&mut quality, self.spec.statistics(Group::ItemQuality.name()));
        let vectors = &self.statistics.item_vectors;
        let unknown = vec![0.0; vectors.dim];
        let vector = item.row.and_then(|row| vectors.row(row as usize)).unwrap_or(&unknown);
        [&item.text_vector, vector, &quality.values].concat()
    }

    /// Length of [`RankerInput::query_vector`].
    pub fn query_len(&self) -> usize {
        self.text.vector_dim()
    }

    /// Length of [`Self::item_input`].
    pub fn item_len(&self) -> usize {
        let quality = spec::columns(Group::ItemQuality).len();
        self.text.vector_dim() + self.statistics.item_vectors.dim + quality
    }
}
