//! The one door to the features: register items, then describe lists.

use windowshop_schema::{
    Group, InteractionKind, Item, Statistics,
    manifest::{FeatureSpec, Standardisation},
};

use crate::{
    item::Items,
    list::{self, ListFeatures, ListRequest},
    matrix::Matrix,
    spec, standardise,
    text::PreparedText,
    text_statistics::TextStatistics,
};

/// One list as the network reads it. All features are standardised, without unknown values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RankerInput {
    /// Mean direction of the query's words; zero without a query.
    pub query_vector: Vec<f32>,
    /// Features constant within the list.
    pub context: Vec<f32>,
    /// Handles of the items.
    pub items: Vec<u32>,
    /// Features of each group, row-major `[items, features]`.
    pub groups: [Vec<f32>; Group::COUNT],
    /// Which groups have anything to say.
    pub present: [bool; Group::COUNT],
    /// Handles and kinds of the visitor's events, oldest first.
    pub session: Vec<(u32, InteractionKind)>,
}

/// Everything that turns raw requests into numbers.
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
    pub fn new(statistics: Statistics, spec: FeatureSpec) -> Self {
        let text = TextStatistics::from_statistics(&statistics);
        Self { items: Items::new(&statistics), text, statistics, spec, excluded: Vec::new() }
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

    /// The frozen statistics, once the extractor is no longer needed.
    pub fn into_statistics(self) -> Statistics {
        self.statistics
    }

    /// Raw features of a list, before standardisation.
    pub fn raw(&self, request: ListRequest) -> ListFeatures {
        ListFeatures::compute(request.recent(), &self.items, &self.statistics, &self.text)
    }

    /// Leaves features or whole groups out of the next [`Self::fit`]: such a feature becomes 0 everywhere and such a group has
    /// nothing to say, in a page too.
    ///
    /// # Errors
    /// The first name that is neither a feature nor a group.
    pub fn exclude(&mut self, names: &str) -> Result<(), String> {
        let names: Vec<String> = names.split(',').map(|n| n.trim().to_owned()).filter(|n| !n.is_empty()).collect();
        let known = |name: &String| {
            spec::CONTEXT == name
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
        for (group, columns) in columns.chain([(spec::CONTEXT, &*context)]) {
            let Some(statistics) = standardisation.get_mut(group) else { continue };
            for (column, std) in columns.iter().zip(&mut statistics.std) {
                if self.excluded.iter().any(|name| name == column || name == group) {
                    *std = 0.0;
                }
            }
        }
    }

    /// A list as the network reads it.
    pub fn input(&self, request: ListRequest) -> RankerInput {
        self.standardised(request, self.raw(request))
    }

    /// The same from features that [`Self::raw`] gave earlier.
    pub fn standardised(&self, request: ListRequest, mut features: ListFeatures) -> RankerInput {
        let request = request.recent();
        features.standardise(&self.spec);
        RankerInput {
            query_vector: self.text.vector(request.query.unwrap_or(&PreparedText::default())),
            context: features.context.values,
            items: request.items.to_vec(),
            groups: features.groups.map(|matrix| matrix.values),
            present: std::array::from_fn(|group| features.present[group] && !self.is_left_out(Group::ALL[group])),
            session: request.session.iter().map(|e| (e.item, e.kind)).collect(),
        }
    }

    /// Was every feature of this group left out of training?
    fn is_left_out(&self, group: Group) -> bool {
        let fitted = self.spec.standardisation.get(group.name());
        fitted.is_some_and(|fitted| fitted.std.iter().all(|std| *std == 0.0))
    }

    /// What the item encoder reads of a registered item: text vector, item vector, standardised item-only features.
    pub fn item_input(&self, handle: u32) -> Vec<f32> {
        let item = self.items.get(handle);
        let mut quality = Matrix { values: item.quality.to_vec(), columns: item.quality.len() };
        let none = Standardisation::default();
        standardise::apply(&mut quality, self.spec.standardisation.get(Group::ItemQuality.name()).unwrap_or(&none));
        let vectors = &self.statistics.item_vectors;
        let unknown = vec![0.0; vectors.dim];
        let vector = item.row.and_then(|row| vectors.row(row as usize)).unwrap_or(&unknown);
        [&item.text_vector, vector, &quality.values].concat()
    }

    /// Length of [`RankerInput::query_vector`].
    pub fn query_len(&self) -> usize {
        self.text.vector_dim()
    }

    /// Length of what [`Self::item_input`] returns.
    pub fn item_len(&self) -> usize {
        self.text.vector_dim() + self.statistics.item_vectors.dim + crate::quality::NAMES.len()
    }
}
