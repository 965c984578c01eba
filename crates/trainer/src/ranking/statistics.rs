//! What is frozen at training: text tables, item signals, relations between items.

use std::{cmp::Reverse, collections::BTreeMap};

use windowshop_features::{
    PreparedText,
    grams::{self, GramWeights},
    groups::session::{IN_STRENGTH, INTERACTIONS, NEXT, OUT_STRENGTH, TOGETHER},
    text_statistics::TextStatistics,
};
use windowshop_ingest::{Dataset, History, ListStatistics};
use windowshop_schema::{Item, Neighbours, Statistics, dims::COLOR_DESCRIPTOR_DIM, statistics::Vectors, store::Lists};

use super::{reviews, sample::Sample};

/// Pairs that each relation keeps: the bundle pays 1.7 and 1.3 bytes for each.
const NEXT_PAIRS: usize = 900_000;
/// See [`NEXT_PAIRS`].
const TOGETHER_PAIRS: usize = 700_000;
/// A pair's weight is divided by this power of the second item's popularity.
const POPULARITY_POWER: f32 = 0.25;
/// Pseudo-counts of the shares of an item's interactions.
const SHARE_PRIOR: f32 = 5.0;
/// Pseudo-impressions of the rates.
const RATE_PRIOR: f32 = 20.0;

/// What networks have made of the shop.
#[derive(Debug, Default)]
pub struct AuxiliarySignals {
    /// How the reviewers felt, one number a review of an item, where a network has read them.
    pub sentiments: Option<Vec<f32>>,
    /// How the items look, one vector an item, where a network has seen their photos; else their colour descriptors count.
    pub image_embeddings: Option<Vectors>,
}

/// Fits every table: titles, reviews and photos are those of the dataset, behaviour is that of the sample. None of it holds a label of a list
/// that is not learned from.
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
    let mut signals = counts(&sample.histories, dataset.items.len());
    signals.extend(rates(&sample.rates));
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

/// Are items known by identifier? Graded rows only have titles: there an index would be a copy of the data.
fn has_index(dataset: &Dataset) -> bool {
    !matches!(dataset.store.lists, Some(Lists::Graded { .. }))
}

/// The items' colour descriptors, where any has one.
fn colours(dataset: &Dataset) -> Vectors {
    if dataset.items.iter().all(|item| item.image_embedding.is_none()) {
        return Vectors::default();
    }
    let look = |item: &Item| item.image_embedding.clone().unwrap_or_else(|| vec![0.0; COLOR_DESCRIPTOR_DIM]);
    Vectors { dim: COLOR_DESCRIPTOR_DIM, values: dataset.items.iter().flat_map(look).collect() }
}

/// Numbers of the items by name, one an item.
pub type Signals = BTreeMap<String, Vec<f32>>;

/// How often, and where in a history, each item was chosen.
fn counts(histories: &[&History], count: usize) -> Signals {
    let (mut all, mut last, mut last_three, mut first) =
        (vec![0f32; count], vec![0f32; count], vec![0f32; count], vec![0f32; count]);
    for history in histories {
        let items: Vec<u32> = history.items.iter().copied().chain(history.target).collect();
        for (position, &item) in items.iter().enumerate() {
            let item = item as usize;
            all[item] += 1.0;
            first[item] += f32::from(position == 0);
            last[item] += f32::from(position + 1 == items.len());
            last_three[item] += f32::from(position + 3 >= items.len());
        }
    }
    let log = |values: &[f32]| values.iter().map(|v| v.ln_1p()).collect::<Vec<_>>();
    let share = |values: &[f32]| values.iter().zip(&all).map(|(v, n)| v / (n + SHARE_PRIOR)).collect::<Vec<_>>();
    Signals::from([
        ("log_interactions".into(), log(&all)),
        ("log_last".into(), log(&last)),
        ("last_share".into(), share(&last)),
        ("last_three_share".into(), share(&last_three)),
        ("first_share".into(), share(&first)),
        (INTERACTIONS.into(), all),
    ])
}

/// Smoothed rates over the training impressions; absent where the data know no impressions.
fn rates(statistics: &[ListStatistics]) -> Signals {
    let total: u32 = statistics.iter().map(|s| s.impressions).sum();
    if total == 0 {
        return Signals::new();
    }
    let rate = |count: fn(&ListStatistics) -> u32| {
        let overall = statistics.iter().map(count).sum::<u32>() as f32 / total as f32;
        statistics
            .iter()
            .map(|s| (count(s) as f32 + RATE_PRIOR * overall) / (s.impressions as f32 + RATE_PRIOR))
            .collect()
    };
    Signals::from([
        ("click_rate".into(), rate(|s| s.clicks)),
        ("cart_rate".into(), rate(|s| s.carts)),
        ("purchase_rate".into(), rate(|s| s.purchases)),
    ])
}

/// The strongest pairs of both relations; what an item's rows summed to before the cut goes to the signals.
fn relations(sample: &Sample<'_>, shown: &[bool], signals: &mut Signals) -> BTreeMap<String, Neighbours> {
    let count = shown.len();
    let transitions = summed(sample.transitions.iter().map(|t| (t.from, t.to, t.weight)).collect());
    let (mut outgoing, mut incoming) = (vec![0f32; count], vec![0f32; count]);
    for &(from, to, weight) in &transitions {
        outgoing[from as usize] += weight;
        incoming[to as usize] += weight;
    }
    let together = summed(sample.cooccurrence.iter().map(|c| (c.a.min(c.b), c.a.max(c.b), c.count as f32)).collect());
    let into = rarity(&incoming);
    let next = strongest(transitions, NEXT_PAIRS, |&(_, to, weight)| worth(shown, &into, to, weight));
    let into = rarity(&signals[INTERACTIONS]);
    let together = strongest(together, TOGETHER_PAIRS, |&(a, b, weight)| {
        worth(shown, &into, a, weight).max(worth(shown, &into, b, weight))
    });
    signals.insert(OUT_STRENGTH.into(), outgoing);
    signals.insert(IN_STRENGTH.into(), incoming);
    BTreeMap::from([(NEXT.to_owned(), table(next, count)), (TOGETHER.to_owned(), table(together, count))])
}

/// From, to, weight.
type Pair = (u32, u32, f32);

/// Each pair once, in the order of its items: real and made-up visitors may both have it.
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

/// What the weight of a pair into each item is multiplied by: less for popular items, which are near everything.
fn rarity(popularity: &[f32]) -> Vec<f32> {
    popularity.iter().map(|count| (count + SHARE_PRIOR).powf(-POPULARITY_POWER)).collect()
}

/// What a pair into `to` is worth to a ranker of lists: first whether the shop ever showed that item, then its weight. Higher
/// is better. A cut for each item would spend as much on items nobody asks for.
fn worth(shown: &[bool], rarity: &[f32], to: u32, weight: f32) -> (bool, u32) {
    let to = to as usize;
    // The bits of numbers above zero order like the numbers.
    (shown[to], (weight * rarity[to]).to_bits())
}

/// The `keep` pairs of the highest worth over the whole shop.
fn strongest(mut pairs: Vec<Pair>, keep: usize, worth: impl Fn(&Pair) -> (bool, u32)) -> Vec<Pair> {
    if pairs.len() > keep {
        pairs.select_nth_unstable_by_key(keep, |pair| (Reverse(worth(pair)), pair.0, pair.1));
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
