//! A dataset's lists with their features, ready for the network.

use rayon::prelude::*;
use windowshop_features::{FeatureExtractor, ListFeatures, ListRequest, PreparedText, RankerInput, SessionEvent};
use windowshop_ingest::{Dataset, List};

/// A list as the ranker reads it, with its labels.
#[derive(Clone, Debug)]
pub struct PreparedList {
    /// Input of the network.
    pub input: RankerInput,
    /// Grade of each item.
    pub grades: Vec<f32>,
    /// Inverse propensity weight of each item; empty for weights of 1.
    pub weights: Vec<f32>,
}

/// A list before standardisation.
struct RawList<'a> {
    list: &'a List,
    query: Option<PreparedText>,
    session: Vec<SessionEvent>,
    handles: Vec<u32>,
    intent: Option<f32>,
}

impl RawList<'_> {
    fn request(&self, shop_order: bool) -> ListRequest<'_> {
        ListRequest {
            query: self.query.as_ref(),
            items: &self.handles,
            session: &self.session,
            shop_order,
            intent: self.intent,
        }
    }
}

fn raw<'a>(list: &'a List, handles: &[u32], intent: Option<f32>) -> RawList<'a> {
    let event = |e: &windowshop_ingest::SessionEvent| SessionEvent {
        item: handles[e.item as usize],
        kind: e.kind,
        age_s: e.age_s,
    };
    RawList {
        list,
        query: list.query.as_deref().map(PreparedText::new),
        session: list.session.iter().map(event).collect(),
        handles: list.items.iter().map(|&item| handles[item as usize]).collect(),
        intent,
    }
}

/// Registers every item of a dataset; `handles[row]` is its handle.
pub fn register(dataset: &Dataset, features: &mut FeatureExtractor) -> Vec<u32> {
    dataset.items.iter().map(|item| features.register(item)).collect()
}

/// Computes and standardises the features of `lists`, in parallel. `fit` fits the standardisation to the first so many lists. `intents` holds
/// the purchase intent of each list; it may be empty.
pub fn prepare(
    lists: &[&List],
    intents: &[Option<f32>],
    dataset: &Dataset,
    handles: &[u32],
    features: &mut FeatureExtractor,
    fit: Option<usize>,
) -> Vec<PreparedList> {
    let raws: Vec<RawList> =
        lists.iter().enumerate().map(|(i, list)| raw(list, handles, intents.get(i).copied().flatten())).collect();
    let computed: Vec<ListFeatures> =
        raws.par_iter().map(|list| features.raw(list.request(dataset.shop_order))).collect();
    if let Some(fit) = fit {
        features.fit(computed[..fit].iter().collect::<Vec<_>>());
    }
    let both: Vec<(RawList, ListFeatures)> = raws.into_iter().zip(computed).collect();
    let features = &*features;
    both.into_iter()
        .map(|(raw, computed)| PreparedList {
            grades: raw.list.grades.clone(),
            weights: Vec::new(),
            input: features.standardised(raw.request(dataset.shop_order), computed),
        })
        .collect()
}
