//! All features of one list.

use std::collections::BTreeMap;

use windowshop_schema::{
    Group, Statistics,
    manifest::{FeatureSpec, Standardisation},
};

use crate::{
    context,
    group::{FeatureGroup, ListInput},
    groups,
    item::Items,
    matrix::Matrix,
    request::ListRequest,
    spec, standardise,
    text_statistics::TextStatistics,
};

/// The features of one list.
#[derive(Clone, Debug, PartialEq)]
pub struct ListFeatures {
    /// Features that are constant within the list, `[1, context]`.
    pub context: Matrix,
    /// The groups, in the order of [`Group::ALL`].
    pub groups: [GroupFeatures; Group::COUNT],
}

/// The features of one group in one list.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupFeatures {
    /// `[items, columns]`; NaN where unknown.
    pub values: Matrix,
    /// The list's number that multiplies every column, `[1, 1]`; NaN where unknown.
    pub multiplier: Option<Matrix>,
    /// False where the group is absent: it contributes exactly 0.
    pub present: bool,
}

impl GroupFeatures {
    fn extract(group: &FeatureGroup, list: &ListInput) -> Self {
        let values = (group.extract)(list);
        Self {
            present: values.is_some(),
            values: values.unwrap_or_else(|| Matrix::unknown(list.items.len(), group.columns.len())),
            multiplier: group
                .multiplier
                .as_ref()
                .map(|m| Matrix { values: vec![(m.value)(&list.request)], columns: 1 }),
        }
    }
}

impl ListFeatures {
    /// Computes every feature, unknown values as NaN.
    pub fn compute(request: ListRequest, items: &Items, statistics: &Statistics, text: &TextStatistics) -> Self {
        let prepared: Vec<_> = request.items.iter().map(|&handle| items.get(handle)).collect();
        let query = request.query.filter(|query| !query.is_empty());
        let list = ListInput {
            request: ListRequest { query, ..request },
            items: &prepared,
            registered: items,
            statistics,
            text,
        };
        let groups = Group::ALL.map(|group| GroupFeatures::extract(groups::definition(group), &list));
        let matches = &groups[Group::QueryMatch as usize].values;
        Self { context: context::features(query, matches, request.session.len(), prepared.len(), text), groups }
    }

    /// Standardises in place with the statistics of a bundle. Unknown values become 0.
    pub fn standardise(&mut self, spec: &FeatureSpec) {
        standardise::apply(&mut self.context, spec.statistics(FeatureSpec::CONTEXT));
        for (group, GroupFeatures { values, multiplier, .. }) in Group::ALL.into_iter().zip(&mut self.groups) {
            standardise::apply(values, spec.statistics(group.name()));
            if let (Some(definition), Some(multiplier)) = (&groups::definition(group).multiplier, multiplier) {
                standardise::apply(multiplier, spec.statistics(definition.name));
                values.values.iter_mut().for_each(|value| *value *= multiplier.values[0]);
            }
        }
    }
}

/// Fits the standardisation of context, groups and multipliers over training lists. A group counts only where it is present,
/// its multiplier wherever it is known.
pub fn fit<'a>(lists: impl IntoIterator<Item = &'a ListFeatures>) -> BTreeMap<String, Standardisation> {
    let mut context = standardise::Fit::new(context::names().len());
    let mut groups = Group::ALL.map(|group| standardise::Fit::new(spec::columns(group).len()));
    let mut multipliers = Group::ALL.map(|_| standardise::Fit::new(1));
    for list in lists {
        context.add(&list.context);
        for (g, features) in list.groups.iter().enumerate() {
            if features.present {
                groups[g].add(&features.values);
            }
            features.multiplier.iter().for_each(|multiplier| multipliers[g].add(multiplier));
        }
    }
    let mut out = BTreeMap::from([(FeatureSpec::CONTEXT.to_owned(), context.finish())]);
    for ((group, fit), multiplier) in Group::ALL.into_iter().zip(groups).zip(multipliers) {
        out.insert(group.name().to_owned(), fit.finish());
        if let Some(definition) = &groups::definition(group).multiplier {
            out.insert(definition.name.to_owned(), multiplier.finish());
        }
    }
    out
}
