//! Statistics frozen at training: text tables, item signals, relations between items.

use std::{cmp::Reverse, collections::BTreeMap};

use windowshop_features::{
    PreparedText,
    grams::{self, GramWeights},
    groups::session::{IN_STRENGTH, INTERACTIONS, NEXT, OUT_STRENGTH, TOGETHER},
    text_statistics::TextStatistics,
};
use windowshop_ingest::Dataset;
use windowshop_schema::{Item, Neighbours, Statistics, dims::COLOR_DESCRIPTOR_DIM, statistics::Vectors, store::Lists};

use super::{
    reviews,
    sample::Sample,
    signals::{self, INTERACTION_PRIOR, Signals},
};

/// Most pairs of the relation `next`; a pair takes 1.7 bytes of the bundle.
const NEXT_PAIRS: usize = 900_000;
/// Most pairs of the relation `together`; a pair takes 1.3 bytes of the bundle.
const TOGETHER_PAIRS: usize = 700_000;
/// Exponent of the second item's popularity, by which the weight of a pair is divided.
const POPULARITY_POWER: f32 = 0.25;

/// Outputs of other networks for the shop.
#[derive(Debug, Default)]
pub struct AuxiliarySignals {
    /// Sentiment of each item review, if a sentiment network is used.
    pub sentiments: Option<Vec<f32>>,
    /// Image embedding of each item, if an image network is used; else colour descriptors are used.
    pub image_embeddings: Option<Vectors>,
}

/// Fits every table. Titles, reviews and photos come from the dataset, behaviour from the sample; labels of validation and test lists are not
/// used.
pub fn fit(dataset: &Dataset, sample: &Sample<'_>, auxiliary: AuxiliarySignals) -> anyhow::Result<Statistics> {
    let titles: Vec<PreparedText> = dataset.items.iter().map(|item| PreparedText::new(&item.title)).collect();
    let lists = || sample.lists.iter();
    let queries: Vec<PreparedText> = lists().filter_map(|l| l.query.as_deref().map(PreparedText::new)).collect();
    let mut shown = vec![false; titles.len()];
    for item in lists().flat_map(|list| &list.items) {
        shown[*item as usize] = true;
    }
    let has_index = has_index(dataset);
    let known = || titles.iter().zip(&shown).filter(|(_, shown)| has_index || **shown).map(|(title, _)| title);
    let mut text = TextStatistics::fit(known(), &queries).to_tables();
    if !has_index {
        return Ok(Statistics { text, ..Default::default() });
    }
    text.insert(grams::TABLE.into(), GramWeights::fit(known()).table().to_vec());
    let mut signals = signals::counts(&sample.histories, dataset.items.len());
    signals.extend(signals::rates(&sample.rates));
    signals.extend(reviews::signals(&dataset.item_reviews, dataset.items.len(), auxiliary.sentiments.as_deref()));
    let neighbours = relations(sample, &shown, &mut signals);
    Ok(Statistics {
        ids: dataset.items.iter().map(|item| item.id.clone()).collect(),
        titles: dataset.items.iter().map(|item| item.title.clone()).collect(),
        signals,
        neighbours,
        image_embeddings: auxiliary.image_embeddings.unwrap_or_else(|| colours(dataset)),
        text,
        ..Default::default()
    })
}

/// Whether items have identifiers. Graded rows have titles only; an index would copy the data.
fn has_index(dataset: &Dataset) -> bool {
    !matches!(dataset.store.lists, Some(Lists::Graded { .. }))
}

/// Colour descriptors of the items; empty if no item has one.
fn colours(dataset: &Dataset) -> Vectors {
    if dataset.items.iter().all(|item| item.image_embedding.is_none()) {
        return Vectors::default();
    }
    let descriptor = |item: &Item| item.image_embedding.clone().unwrap_or_else(|| vec![0.0; COLOR_DESCRIPTOR_DIM]);
    Vectors { dim: COLOR_DESCRIPTOR_DIM, values: dataset.items.iter().flat_map(descriptor).collect() }
}

/// The strongest pairs of both relations. Row sums before truncation become signals.
fn relations(sample: &Sample<'_>, shown: &[bool], signals: &mut Signals) -> BTreeMap<String, Neighbours> {
    let count = shown.len();
    let transitions = summed(sample.transitions.iter().map(|t| (t.from, t.to, t.weight)).collect());
    let (mut outgoing, mut incoming) = (vec![0f32; count], vec![0f32; count]);
    for &(from, to, weight) in &transitions {
        outgoing[from as usize] += weight;
        incoming[to as usize] += weight;
    }
    let together = summed(sample.cooccurrence.iter().map(|c| (c.a.min(c.b), c.a.max(c.b), c.count as f32)).collect());
    let target_factor = inverse_popularity(&incoming);
    let next = strongest(transitions, NEXT_PAIRS, |&(_, to, weight)| priority(shown, &target_factor, to, weight));
    let target_factor = inverse_popularity(&signals[INTERACTIONS]);
    let together = strongest(together, TOGETHER_PAIRS, |&(a, b, weight)| {
        priority(shown, &target_factor, a, weight).max(priority(shown, &target_factor, b, weight))
    });
    signals.insert(OUT_STRENGTH.into(), outgoing);
    signals.insert(IN_STRENGTH.into(), incoming);
    BTreeMap::from([(NEXT.to_owned(), table(next, count)), (TOGETHER.to_owned(), table(together, count))])
}

/// From, to, weight.
type Pair = (u32, u32, f32);

/// Sums the weights of equal pairs, sorted by items: real and simulated data may both have a pair.
fn summed(mut pairs: Vec<Pair>) -> Vec<Pair> {
    pairs.sort_by_key(|&(from, to, _)| (from, to));
    pairs.dedup_by(|more, pair| {
        let same = (more.0, more.1) == (pair.0, pair.1);
        if same {
            pair.2 += more.2;
        }
        same
    });
    pairs
}

/// Inverse popularity factor of each item.
fn inverse_popularity(popularity: &[f32]) -> Vec<f32> {
    popularity.iter().map(|count| (count + INTERACTION_PRIOR).powf(-POPULARITY_POWER)).collect()
}

/// Rank of a pair into `to`, higher first: pairs into items of lists before others, then by weight. A cutoff per item would spend as much on
/// rare items as on popular ones.
fn priority(shown: &[bool], inverse_popularity: &[f32], to: u32, weight: f32) -> (bool, u32) {
    let to = to as usize;
    // The bits of positive floats are ordered like their values.
    (shown[to], (weight * inverse_popularity[to]).to_bits())
}

/// The `keep` pairs of the highest rank.
fn strongest(mut pairs: Vec<Pair>, keep: usize, priority: impl Fn(&Pair) -> (bool, u32)) -> Vec<Pair> {
    if pairs.len() > keep {
        pairs.select_nth_unstable_by_key(keep, |pair| (Reverse(priority(pair)), pair.0, pair.1));
        pairs.truncate(keep);
    }
    pairs
}

fn table(pairs: Vec<Pair>, items: usize) -> Neighbours {
    let mut rows = vec![Vec::new(); items];
    for (from, to, weight) in pairs {
        rows[from as usize].push((to, weight));
    }
    Neighbours::from_rows(rows)
}
