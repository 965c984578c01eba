//! All features of one list: the numbers the network reads.

use std::collections::BTreeMap;

use windowshop_schema::{
    Group, InteractionKind, Statistics,
    dims::MAX_SESSION_EVENTS,
    manifest::{FeatureSpec, Standardisation},
};

use crate::{
    context, intent, item::Items, matrix::Matrix, quality, query_match, reviews, session_match, shop_order, spec,
    standardise, text::PreparedText, text_statistics::TextStatistics, visual,
};

/// Something the visitor did, oldest first in a session.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SessionEvent {
    /// Handle of the item.
    pub item: u32,
    /// What was done.
    pub kind: InteractionKind,
    /// How long ago, in seconds, where known.
    pub age_s: Option<f32>,
}

/// A list to describe.
#[derive(Clone, Copy, Debug)]
pub struct ListRequest<'a> {
    /// The analysed query, if there is one.
    pub query: Option<&'a PreparedText>,
    /// Handles of the items in the shop's order.
    pub items: &'a [u32],
    /// What the visitor did before, oldest first.
    pub session: &'a [SessionEvent],
    /// Does the order of `items` mean anything?
    pub shop_order: bool,
    /// How likely the visit is to end in a purchase, 0 to 1, where that is known.
    pub intent: Option<f32>,
}

impl ListRequest<'_> {
    /// The request with no more of its session than the most recent [`MAX_SESSION_EVENTS`].
    pub(crate) fn recent(self) -> Self {
        Self { session: &self.session[self.session.len().saturating_sub(MAX_SESSION_EVENTS)..], ..self }
    }
}

/// The features of one list.
#[derive(Clone, Debug, PartialEq)]
pub struct ListFeatures {
    /// Features that are constant within the list, one row.
    pub context: Matrix,
    /// How likely the visit is to end in a purchase: one number, which the group `intent` is multiplied with.
    pub visit: Matrix,
    /// One matrix a group, in the order of [`Group::ALL`].
    pub groups: [Matrix; Group::COUNT],
    /// Which groups have anything to say here; the others contribute exactly 0.
    pub present: [bool; Group::COUNT],
}

impl ListFeatures {
    /// Computes every feature, unknown values as NaN.
    pub fn compute(request: ListRequest, items: &Items, statistics: &Statistics, text: &TextStatistics) -> Self {
        let prepared: Vec<_> = request.items.iter().map(|&handle| items.get(handle)).collect();
        let query = request.query.filter(|q| !q.is_empty());
        let matches = match query {
            Some(query) => query_match::features(query, &prepared, text),
            None => Matrix::unknown(prepared.len(), query_match::names().len()),
        };
        let embeddings: Vec<_> = prepared.iter().map(|item| item.image_embedding.as_ref()).collect();
        let liked: Vec<_> = request
            .session
            .iter()
            .filter_map(|event| Some((items.get(event.item).image_embedding.as_ref()?, event.kind.weight())))
            .collect();
        let session = if request.session.is_empty() {
            Matrix::unknown(prepared.len(), session_match::names().len())
        } else {
            session_match::features(request.session, request.items, items, statistics)
        };
        let reviews = reviews::features(&prepared);
        let reviews_are_known = reviews.values.iter().any(|value| value.is_finite());
        let quality = quality::features(&prepared);
        let factors = intent::factors(&quality);
        let intent_is_known = request.intent.is_some() && factors.values.iter().any(|value| value.is_finite());
        let visual_is_known = !liked.is_empty() && embeddings.iter().any(Option::is_some);
        Self {
            context: context::features(query, &matches, request.session.len(), prepared.len(), text),
            visit: intent::odds(request.intent),
            present: [
                query.is_some(),
                !request.session.is_empty(),
                true,
                reviews_are_known,
                visual_is_known,
                request.shop_order,
                intent_is_known,
            ],
            groups: [
                matches,
                session,
                quality,
                reviews,
                visual::features(&embeddings, &liked),
                shop_order::features(prepared.len(), request.shop_order),
                factors,
            ],
        }
    }

    /// Standardises in place with the statistics of a bundle; unknown values become 0.
    pub fn standardise(&mut self, spec: &FeatureSpec) {
        let none = Standardisation::default();
        let of = |name: &str| spec.standardisation.get(name).unwrap_or(&none);
        standardise::apply(&mut self.context, of(spec::CONTEXT));
        standardise::apply(&mut self.visit, of(spec::VISIT));
        for (group, matrix) in Group::ALL.iter().zip(&mut self.groups) {
            standardise::apply(matrix, of(group.name()));
        }
        intent::multiply(&mut self.groups[Group::Intent as usize], &self.visit);
    }
}

/// Fits the standardisation of every group over training lists.
pub fn fit<'a>(lists: impl IntoIterator<Item = &'a ListFeatures>) -> BTreeMap<String, Standardisation> {
    let mut context = standardise::Fit::new(context::names().len());
    let mut visit = standardise::Fit::new(1);
    let mut groups = Group::ALL.map(|group| standardise::Fit::new(spec::columns(group).len()));
    for list in lists {
        context.add(&list.context);
        visit.add(&list.visit);
        for ((fit, matrix), present) in groups.iter_mut().zip(&list.groups).zip(list.present) {
            if present {
                fit.add(matrix);
            }
        }
    }
    let mut out =
        BTreeMap::from([(spec::CONTEXT.to_owned(), context.finish()), (spec::VISIT.to_owned(), visit.finish())]);
    out.extend(Group::ALL.iter().zip(groups).map(|(group, fit)| (group.name().to_owned(), fit.finish())));
    out
}
