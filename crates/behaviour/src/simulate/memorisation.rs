//! Memorisation: how much simulated visitors reveal of the visitors they were fitted to.
//!
//! Each measure is taken of simulated visitors against the fitted ones, and of each fitted visitor against all others. The second is the
//! reference of a visitor who was not fitted to, so no visitors need be held out (the three-sample test of data copying, Meehan et al. 2020;
//! distances to the closest record against a holdout, Platzer & Reutterer 2021).
//!
//! A measure above its reference shows that visitors are copied. None above is no proof of privacy: membership inference with more knowledge
//! may still succeed (Yao et al. 2025).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;
use windowshop_metrics::bootstrap::{Estimate, estimates};

use super::shared_runs::longest_shared_runs;
use super::shop_log::ShopLog;

/// Fewest picks of an exact copy: short sequences coincide by chance.
const SHORTEST_COPY: usize = 3;
/// Quantile of the real run lengths above which a run is long.
const LONG_RUN_QUANTILE: f64 = 0.95;
/// Number of measures.
const MEASURES: usize = 4;

/// Longest run of picks that a visitor shares with any one fitted visitor, over visitors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RunLengths {
    /// Median.
    pub median: usize,
    /// 95th percentile.
    pub p95: usize,
    /// Maximum.
    pub most: usize,
}

/// A measure of memorisation; higher reveals more.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measure {
    /// Name.
    pub name: &'static str,
    /// Of simulated visitors against the fitted ones.
    pub simulated: Estimate,
    /// Of each fitted visitor against all others.
    pub real: Estimate,
    /// Simulated less real.
    pub difference: Estimate,
    /// Whether the interval of the difference is above 0.
    pub exceeds_real: bool,
}

/// Result of [`memorisation`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Memorisation {
    /// Number of visitors with a pick: fitted, simulated.
    pub visitors: [usize; 2],
    /// Longest shared runs of simulated visitors.
    pub simulated_runs: RunLengths,
    /// Longest shared runs of each fitted visitor with any other.
    pub real_runs: RunLengths,
    /// Exact copies, shared runs, transitions of one visitor.
    pub measures: Vec<Measure>,
    /// Share of the lists shown to simulated visitors that only one fitted visitor was shown; `None` without lists.
    pub single_visitor_lists: Option<f64>,
}

impl Memorisation {
    /// Measures that exceed the reference.
    pub fn warnings(&self) -> impl Iterator<Item = &Measure> {
        self.measures.iter().filter(|measure| measure.exceeds_real)
    }
}

/// Compares simulated visitors with those they were fitted to, by their picks in lists and outside. Products are matched by identifier.
/// Intervals are over visitors of both kinds. `None` for fewer than two fitted visitors, or no simulated one, with a pick.
pub fn memorisation(fitted: &ShopLog, simulated: &ShopLog, seed: u64) -> Option<Memorisation> {
    let mut names: HashMap<&str, usize> = HashMap::new();
    let (real, generated) = (sequences(fitted, &mut names), sequences(simulated, &mut names));
    if real.len() < 2 || generated.is_empty() {
        return None;
    }
    let [real_runs, simulated_runs] = longest_shared_runs(&real, &generated);
    let [real_lengths, simulated_lengths] = [&real_runs, &simulated_runs].map(|runs| lengths(runs));
    let counts = Counts::of(&real);
    let row = |sequence: &[usize], run: usize, others: usize| {
        let long = sequence.len() >= SHORTEST_COPY;
        let copied = long && counts.sequences.get(sequence).copied().unwrap_or(0) > others;
        // Transitions of exactly one fitted visitor, apart from the visitor itself.
        let of_one =
            sequence.windows(2).filter(|transition| counts.transitions.get(*transition) == Some(&(1 + others))).count();
        let flag = |yes: bool| f64::from(u8::from(yes));
        Row {
            sums: [flag(copied), run as f64, flag(run > real_lengths.p95), 1_000.0 * of_one as f64],
            weights: [flag(long), 1.0, 1.0, sequence.len() as f64],
        }
    };
    let rows: Vec<Row> = (generated.iter().zip(&simulated_runs).map(|(sequence, &run)| row(sequence, run, 0)))
        .chain(real.iter().zip(&real_runs).map(|(sequence, &run)| row(sequence, run, 1)))
        .collect();
    let found: [Estimate; 3 * MEASURES] = estimates(rows.len(), seed, |counts| {
        let (simulated, real) =
            (means(&rows, counts, 0..generated.len()), means(&rows, counts, generated.len()..rows.len()));
        std::array::from_fn(|i| {
            let of = i / 3;
            [simulated[of], real[of], simulated[of] - real[of]][i % 3]
        })
    });
    let names: [&'static str; MEASURES] = [
        "exact copies of 3 picks or more, share of visitors",
        "longest shared run, mean picks",
        "shared run above the real 95th percentile, share",
        "transitions of one visitor repeated, per 1,000 picks",
    ];
    let measure = |(name, found): (&'static str, &[Estimate])| Measure {
        name,
        simulated: found[0],
        real: found[1],
        difference: found[2],
        exceeds_real: found[2].ci95[0] > 0.0,
    };
    Some(Memorisation {
        visitors: [real.len(), generated.len()],
        simulated_runs: simulated_lengths,
        real_runs: real_lengths,
        measures: names.into_iter().zip(found.chunks(3)).map(measure).collect(),
        single_visitor_lists: single_visitor_lists(fitted, simulated),
    })
}

/// Contribution of a visitor to each measure, and its weight.
struct Row {
    sums: [f64; MEASURES],
    weights: [f64; MEASURES],
}

/// Weighted means of a range of rows, with bootstrap counts; 0 without weight.
fn means(rows: &[Row], counts: &[u32], of: std::ops::Range<usize>) -> [f64; MEASURES] {
    let (mut sums, mut weights) = ([0.0; MEASURES], [0.0; MEASURES]);
    for (row, &count) in rows[of.clone()].iter().zip(&counts[of]).filter(|(_, count)| **count > 0) {
        for i in 0..MEASURES {
            sums[i] += f64::from(count) * row.sums[i];
            weights[i] += f64::from(count) * row.weights[i];
        }
    }
    std::array::from_fn(|i| if weights[i] > 0.0 { sums[i] / weights[i] } else { 0.0 })
}

/// Picks of each visitor, oldest first; `names` numbers products by identifier.
fn sequences<'a>(log: &'a ShopLog, names: &mut HashMap<&'a str, usize>) -> Vec<Vec<usize>> {
    let mut number = |product: usize| {
        let next = names.len();
        *names.entry(log.products()[product].id.as_str()).or_insert(next)
    };
    log.by_visitor()
        .map(|visits| visits.iter().flat_map(|visit| log.picks(visit)).map(&mut number).collect())
        .filter(|picks: &Vec<usize>| !picks.is_empty())
        .collect()
}

/// Number of fitted visitors by whole sequence and by transition.
struct Counts<'a> {
    sequences: HashMap<&'a [usize], usize>,
    transitions: HashMap<&'a [usize], usize>,
}

impl<'a> Counts<'a> {
    fn of(fitted: &'a [Vec<usize>]) -> Self {
        let mut counts = Self { sequences: HashMap::new(), transitions: HashMap::new() };
        for sequence in fitted {
            *counts.sequences.entry(sequence).or_default() += 1;
            let transitions: BTreeSet<&[usize]> =
                sequence.windows(2).filter(|transition| transition[0] != transition[1]).collect();
            transitions.into_iter().for_each(|transition| *counts.transitions.entry(transition).or_default() += 1);
        }
        counts
    }
}

fn lengths(runs: &[usize]) -> RunLengths {
    let mut sorted = runs.to_vec();
    sorted.sort_unstable();
    let quantile = |q: f64| sorted[((sorted.len() as f64 * q).ceil() as usize).clamp(1, sorted.len()) - 1];
    RunLengths { median: quantile(0.5), p95: quantile(LONG_RUN_QUANTILE), most: quantile(1.0) }
}

fn single_visitor_lists(fitted: &ShopLog, simulated: &ShopLog) -> Option<f64> {
    let mut visitors: BTreeMap<&[String], usize> = BTreeMap::new();
    for visits in fitted.by_visitor() {
        let shown: BTreeSet<&[String]> =
            visits.iter().flat_map(|visit| &visit.lists).map(|shown| shown.impression.list().items()).collect();
        shown.into_iter().for_each(|items| *visitors.entry(items).or_default() += 1);
    }
    let shown = || simulated.impressions().map(|impression| impression.list().items());
    let of_one = shown().filter(|items| visitors.get(items) == Some(&1)).count();
    let all = shown().count();
    (all > 0).then(|| of_one as f64 / all as f64)
}
