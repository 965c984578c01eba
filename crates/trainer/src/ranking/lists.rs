//! A dataset's lists with their features, ready for the network.

use windowshop_features::{FeatureExtractor, ListFeatures, ListRequest, PreparedText, RankerInput, SessionEvent};
use windowshop_ingest::{Dataset, List};

/// A list the ranker can read, and what is known about it.
#[derive(Clone, Debug)]
pub struct PreparedList {
    /// The network's input.
    pub input: RankerInput,
    /// Grade of each item.
    pub grades: Vec<f32>,
    /// How much a click on each item counts; empty where all count alike.
    pub weights: Vec<f32>,
}

/// A list's own tensors before standardisation.
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

/// Registers every item of a dataset; `handles[row]` is the item's handle.
pub fn register(dataset: &Dataset, features: &mut FeatureExtractor) -> Vec<u32> {
    dataset.items.iter().map(|item| features.register(item)).collect()
}

/// Computes the features of `lists`, two threads at a time, and standardises them; with `fit` the standardisation is
/// first fitted to the first so many of the lists. `intents` has for each list how likely its visit was to end in a
/// purchase; it may be empty.
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
    let computed = parallel(&raws, |list| features.raw(list.request(dataset.shop_order)));
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

fn parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let chunk = items.len().div_ceil(threads).max(1);
    let work = &work;
    std::thread::scope(|scope| {
        let handles: Vec<_> =
            items.chunks(chunk).map(|chunk| scope.spawn(move || chunk.iter().map(work).collect::<Vec<R>>())).collect();
        handles.into_iter().flat_map(|handle| handle.join().expect("feature code does not panic")).collect()
    })
}
