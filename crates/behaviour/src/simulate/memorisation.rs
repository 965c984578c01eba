//! How much simulated visitors give away of those they were fitted to.
//!
//! Each measure is taken twice: of simulated visitors against the fitted ones, and of each fitted visitor against all others. The second is
//! what a visitor shows whom nothing was fitted to, since fitted visitors know as little of each other as one who was held out knows of them;
//! so nobody need be held out, and the real ones are the reference as in the three-sample test of data-copying (Meehan, Chaudhuri & Dasgupta
//! 2020) and in distances to the closest record beside a holdout (Platzer & Reutterer 2021).
//!
//! A measure that gives away says that visitors are copied. None that does is no proof of privacy: who knows more of a visitor than such
//! measures look at may still tell whether the visitor was fitted to (Yao et al. 2025).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;

use super::runs::longest_runs;
use super::shop_log::ShopLog;
use windowshop_metrics::bootstrap::{Estimate, estimates};

/// Picks of the shortest sequence that can be a copy: many visitors pick one or two things.
const SHORTEST_COPY: usize = 3;
/// Share of the real visitors whose longest shared run is no longer than one that is called far.
const FAR: f64 = 0.95;
/// Measures of a memorisation.
const MEASURES: usize = 4;

/// How long the longest run of picks is that a visitor shares with any one fitted visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RunLengths {
    /// Of half the visitors no longer.
    pub median: usize,
    /// Of 95 % of the visitors no longer.
    pub p95: usize,
    /// Of all.
    pub most: usize,
}

/// One measure: the higher, the more is given away.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measure {
    /// Of what.
    pub of: &'static str,
    /// Of simulated visitors against the fitted ones.
    pub simulated: Estimate,
    /// Of each fitted visitor against all others.
    pub real: Estimate,
    /// Simulated less real.
    pub apart: Estimate,
    /// Is the interval of the difference above 0?
    pub gives_away: bool,
}

/// What [`memorisation`] says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Memorisation {
    /// Visitors who picked something: fitted and simulated.
    pub visitors: [usize; 2],
    /// Longest shared runs of simulated visitors.
    pub simulated_runs: RunLengths,
    /// Longest shared runs of each fitted visitor with any other.
    pub real_runs: RunLengths,
    /// Exact copies, shared runs, steps of one visitor.
    pub measures: Vec<Measure>,
    /// Of the lists that simulated visitors are shown, the share that was shown to one fitted visitor alone; `None` without lists.
    pub lists_of_one: Option<f64>,
}

impl Memorisation {
    /// The measures that show more of the fitted visitors than these show of each other.
    pub fn warnings(&self) -> impl Iterator<Item = &Measure> {
        self.measures.iter().filter(|measure| measure.gives_away)
    }
}

/// Compares simulated visitors with those they were fitted to, over their picks in lists and outside; products are told by their
/// identifiers. Intervals are over visitors of both kinds. `None` where fewer than two fitted visitors, or no simulated one, picked anything.
pub fn memorisation(fitted: &ShopLog, simulated: &ShopLog, seed: u64) -> Option<Memorisation> {
    let mut names: HashMap<&str, usize> = HashMap::new();
    let (real, made) = (sequences(fitted, &mut names), sequences(simulated, &mut names));
    if real.len() < 2 || made.is_empty() {
        return None;
    }
    let [real_runs, made_runs] = longest_runs(&real, &made);
    let [real_lengths, made_lengths] = [&real_runs, &made_runs].map(|runs| lengths(runs));
    let counts = Counts::of(&real);
    let row = |sequence: &[usize], run: usize, others: usize| {
        let long = sequence.len() >= SHORTEST_COPY;
        let copied = long && counts.sequences.get(sequence).copied().unwrap_or(0) > others;
        // Of a fitted visitor's own steps, those that one other made; of another's, those that one fitted visitor made.
        let of_one = sequence.windows(2).filter(|step| counts.steps.get(*step) == Some(&(1 + others))).count();
        let flag = |yes: bool| f64::from(u8::from(yes));
        Row {
            sums: [flag(copied), run as f64, flag(run > real_lengths.p95), 1_000.0 * of_one as f64],
            weights: [flag(long), 1.0, 1.0, sequence.len() as f64],
        }
    };
    let rows: Vec<Row> = (made.iter().zip(&made_runs).map(|(sequence, &run)| row(sequence, run, 0)))
        .chain(real.iter().zip(&real_runs).map(|(sequence, &run)| row(sequence, run, 1)))
        .collect();
    let found: [Estimate; 3 * MEASURES] = estimates(rows.len(), seed, |counts| {
        let (simulated, real) = (means(&rows, counts, 0..made.len()), means(&rows, counts, made.len()..rows.len()));
        std::array::from_fn(|i| {
            let of = i / 3;
            [simulated[of], real[of], simulated[of] - real[of]][i % 3]
        })
    });
    let names: [&'static str; MEASURES] = [
        "exact copies of 3 picks or more, share of visitors",
        "longest shared run, mean picks",
        "longer shared run than 95 % of the real, share",
        "steps of one visitor repeated, per 1,000 picks",
    ];
    let measure = |(of, found): (&'static str, &[Estimate])| Measure {
        of,
        simulated: found[0],
        real: found[1],
        apart: found[2],
        gives_away: found[2].ci95[0] > 0.0,
    };
    Some(Memorisation {
        visitors: [real.len(), made.len()],
        simulated_runs: made_lengths,
        real_runs: real_lengths,
        measures: names.into_iter().zip(found.chunks(3)).map(measure).collect(),
        lists_of_one: lists_of_one(fitted, simulated),
    })
}

/// What a visitor adds to each measure, and how much the visitor counts there.
struct Row {
    sums: [f64; MEASURES],
    weights: [f64; MEASURES],
}

/// Each measure over some of the rows, each as often as `counts` has it; 0 where nothing counts.
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

/// What each visitor picked, oldest first; `names` numbers products by their identifiers.
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

/// Of how many fitted visitors a whole sequence is, and a step from one product to another.
struct Counts<'a> {
    sequences: HashMap<&'a [usize], usize>,
    steps: HashMap<&'a [usize], usize>,
}

impl<'a> Counts<'a> {
    fn of(fitted: &'a [Vec<usize>]) -> Self {
        let mut counts = Self { sequences: HashMap::new(), steps: HashMap::new() };
        for sequence in fitted {
            *counts.sequences.entry(sequence).or_default() += 1;
            let steps: BTreeSet<&[usize]> = sequence.windows(2).filter(|step| step[0] != step[1]).collect();
            steps.into_iter().for_each(|step| *counts.steps.entry(step).or_default() += 1);
        }
        counts
    }
}

fn lengths(runs: &[usize]) -> RunLengths {
    let mut sorted = runs.to_vec();
    sorted.sort_unstable();
    let quantile = |q: f64| sorted[((sorted.len() as f64 * q).ceil() as usize).clamp(1, sorted.len()) - 1];
    RunLengths { median: quantile(0.5), p95: quantile(FAR), most: quantile(1.0) }
}

fn lists_of_one(fitted: &ShopLog, simulated: &ShopLog) -> Option<f64> {
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
