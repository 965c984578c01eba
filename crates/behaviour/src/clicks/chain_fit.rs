//! Fits the models of [`chain`](super::chain): by counting what was read for certain, or by EM over how far each visitor read.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::chain::{Chain, ChainKind};
use super::em::{self, EmSettings};
use super::groups::Groups;
use super::log::{ClickLog, Row, Slot};
use super::model::{Fit, Fitted};
use super::pair_rates::{PairRates, PseudoCounts, RatePrior};
use super::pair_table::kept_rate;
use crate::error::BehaviourError;

/// What can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainSettings {
    /// Which model.
    pub kind: ChainKind,
    /// Prior of attractiveness.
    #[serde(default)]
    pub attractiveness: RatePrior,
    /// Prior of satisfaction; unused by the cascade model.
    #[serde(default)]
    pub satisfaction: RatePrior,
    /// Pseudo-counts of going on; the DBN's alone.
    #[serde(default = "even")]
    pub continuation: PseudoCounts,
    /// When to stop; the DBN's alone.
    #[serde(default)]
    pub em: EmSettings,
}

fn even() -> PseudoCounts {
    PseudoCounts::PYCLICK_COUNTS
}

impl ChainSettings {
    /// The usual settings of a model.
    pub fn new(kind: ChainKind) -> Self {
        Self {
            kind,
            attractiveness: RatePrior::default(),
            satisfaction: RatePrior::default(),
            continuation: even(),
            em: EmSettings::default(),
        }
    }
}

impl Fit for Chain {
    type Settings = ChainSettings;

    /// In the cascade model nothing below a first click was read, so what is clicked there is left out, as in PyClick.
    fn fit(log: &ClickLog, settings: &ChainSettings) -> Result<Fitted<Self>, BehaviourError> {
        settings.attractiveness.check("attractiveness")?;
        settings.satisfaction.check("satisfaction")?;
        settings.continuation.check("continuation")?;
        let mut fitted = match settings.kind {
            ChainKind::Cascade | ChainKind::SimplifiedDbn => counted(log, settings),
            ChainKind::Dbn => climbed(log, settings)?,
        };
        fitted.model.examined = log.mean_by_rank(|query, items, _| fitted.model.examined(query, items));
        Ok(fitted)
    }
}

/// Of an item in a list: how far it is believed to have been read.
#[derive(Clone, Copy, Debug, Default)]
struct Read {
    /// Probability that it was examined.
    examined: f64,
    /// Probability that it satisfied, being clicked; and whether that made a difference to what can be seen.
    satisfied: f64,
    judged: f64,
    /// Probabilities that the visitor, free to go on, did or did not.
    went_on: f64,
    left: f64,
}

fn counted(log: &ClickLog, settings: &ChainSettings) -> Fitted<Chain> {
    let mut read = vec![Read::default(); log.slots.len()];
    let simplified = settings.kind == ChainKind::SimplifiedDbn;
    for row in &log.rows {
        let slots = &log.slots[row.slots.clone()];
        let is_click = |slot: &Slot| slot.clicked;
        let last = if simplified { slots.iter().rposition(is_click) } else { slots.iter().position(is_click) };
        for (i, read) in read[row.slots.clone()].iter_mut().enumerate() {
            read.examined = f64::from(u8::from(last.is_none_or(|last| i <= last)));
            read.satisfied = f64::from(u8::from(last == Some(i)));
            read.judged = f64::from(u8::from(slots[i].clicked));
        }
    }
    let (attracted, satisfied) = sums(log, &by_pair(log), &log.slot_counts(), &read);
    let attractiveness = PairRates::counted(log, settings.attractiveness, &attracted).table();
    let satisfaction = simplified.then(|| PairRates::counted(log, settings.satisfaction, &satisfied).table());
    let columns = log.columns();
    let (kind, examined) = (settings.kind, Vec::new());
    Fitted {
        model: Chain { kind, attractiveness, satisfaction, continuation: 1.0, columns, examined },
        trace: Vec::new(),
    }
}

fn climbed(log: &ClickLog, settings: &ChainSettings) -> Result<Fitted<Chain>, BehaviourError> {
    let groups = by_pair(log);
    let counts = log.slot_counts();
    let all = Groups::new(1, log.slots.iter().map(|_| 0));
    let mut attracts = PairRates::new(log, settings.attractiveness);
    let mut satisfies = PairRates::new(log, settings.satisfaction);
    let mut continuation = 0.9;
    let mut read = vec![Read::default(); log.slots.len()];
    let trace = em::climb(settings.em, log.impressions(), || {
        let expect = |(row, read): (&Row, &mut [Read])| {
            let slots = &log.slots[row.slots.clone()];
            row.count * expect(slots, &attracts.rates, &satisfies.rates, continuation, read)
        };
        // Rows in parallel, their likelihoods added in order.
        let likelihoods: Vec<f64> = log.rows.par_iter().zip(log.rows_of(&mut read)).map(expect).collect();
        let objective = likelihoods.iter().sum::<f64>()
            + settings.continuation.log_density(continuation)
            + attracts.log_prior()
            + satisfies.log_prior();
        let (attracted, satisfied) = sums(log, &groups, &counts, &read);
        let [[went_on, left]] = all.sums(|_, i| [counts[i] * read[i].went_on, counts[i] * read[i].left])[..] else {
            unreachable!("one key has one sum")
        };
        attracts.maximise(&attracted);
        satisfies.maximise(&satisfied);
        continuation = settings.continuation.rate(went_on, went_on + left);
        objective
    })?;
    let (attractiveness, satisfaction) = (attracts.table(), Some(satisfies.table()));
    let (kind, columns, examined) = (settings.kind, log.columns(), Vec::new());
    let continuation = kept_rate(continuation);
    Ok(Fitted { model: Chain { kind, attractiveness, satisfaction, continuation, columns, examined }, trace })
}

fn by_pair(log: &ClickLog) -> Groups {
    Groups::new(log.pairs.len(), log.slots.iter().map(|slot| slot.pair))
}

/// Successes and trials of attraction and of satisfaction. `[pairs]`
fn sums(log: &ClickLog, groups: &Groups, counts: &[f64], read: &[Read]) -> (Vec<[f64; 2]>, Vec<[f64; 2]>) {
    let clicked = |i: usize| f64::from(u8::from(log.slots[i].clicked));
    let attracted = groups.sums(|_, i| [counts[i] * clicked(i) * read[i].examined, counts[i] * read[i].examined]);
    let satisfied = groups.sums(|_, i| [counts[i] * read[i].satisfied, counts[i] * read[i].judged]);
    (attracted, satisfied)
}

/// Fills `read` for one list and returns the logarithm of its clicks' probability. Down to the last click everything was examined;
/// how far the visitor read below it is weighed by how likely each ending is.
fn expect(slots: &[Slot], attracts: &[f64], satisfies: &[f64], continuation: f64, read: &mut [Read]) -> f64 {
    let (attracts, satisfies) =
        (|i: usize| attracts[slots[i].pair as usize], |i: usize| satisfies[slots[i].pair as usize]);
    let n = slots.len();
    let last = slots.iter().rposition(|slot| slot.clicked);
    // Probability of no click from i on, given that i is examined; and that of none after i, given that the visitor is free to go on.
    let mut silent = vec![1.0; n + 1];
    let after =
        |silent: &[f64], i: usize| if i + 1 < n { 1.0 - continuation + continuation * silent[i + 1] } else { 1.0 };
    let tail = last.map_or(0, |last| last + 1);
    for i in (tail..n).rev() {
        silent[i] = (1.0 - attracts(i)) * after(&silent, i);
    }
    let mut log_likelihood = 0.0;
    for i in 0..tail {
        let before_last = i + 1 < tail;
        read[i] = Read { examined: 1.0, ..Read::default() };
        log_likelihood += if slots[i].clicked { attracts(i).ln() } else { (-attracts(i)).ln_1p() };
        if before_last {
            read[i].went_on = 1.0;
            log_likelihood += continuation.ln();
            if slots[i].clicked {
                read[i].judged = 1.0;
                log_likelihood += (-satisfies(i)).ln_1p();
            }
        }
    }
    // Probability that the visitor is free to go on at i, and the tail begins to be read.
    let mut free = 1.0;
    if let Some(last) = last {
        let unsatisfied = (1.0 - satisfies(last)) * after(&silent, last);
        let ends = satisfies(last) + unsatisfied;
        log_likelihood += ends.ln();
        // After the last item of a list satisfaction cannot be told from its absence.
        if tail < n {
            read[last].judged = 1.0;
            read[last].satisfied = satisfies(last) / ends;
        }
        free = unsatisfied / ends;
    } else {
        log_likelihood += silent[0].ln();
    }
    let mut examined = free;
    if let Some(last) = last {
        examined = go_on(&mut read[last], free, tail < n, continuation, silent[tail]);
    }
    for i in tail..n {
        read[i] = Read { examined, ..Read::default() };
        examined = go_on(&mut read[i], examined, i + 1 < n, continuation, silent[i + 1]);
    }
    log_likelihood
}

/// Of a visitor who is free to go on with probability `free`: notes whether they did, knowing that nothing below was clicked, and
/// returns the probability that they did.
fn go_on(read: &mut Read, free: f64, more: bool, continuation: f64, silent: f64) -> f64 {
    if !more {
        return 0.0;
    }
    let goes = continuation * silent / (1.0 - continuation + continuation * silent);
    read.went_on = free * goes;
    read.left = free * (1.0 - goes);
    read.went_on
}
