//! Fits the models of [`chain`](super::chain): by counting certain examinations, or by EM over how far each visitor examined.

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

/// Settings.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainSettings {
    /// The model.
    pub kind: ChainKind,
    /// Prior of attractiveness.
    #[serde(default)]
    pub attractiveness: RatePrior,
    /// Prior of satisfaction; not used by the cascade model.
    #[serde(default)]
    pub satisfaction: RatePrior,
    /// Pseudo-counts of continuation; DBN only.
    #[serde(default = "default_continuation")]
    pub continuation: PseudoCounts,
    /// Stopping rule; DBN only.
    #[serde(default)]
    pub em: EmSettings,
}

fn default_continuation() -> PseudoCounts {
    PseudoCounts::PYCLICK_COUNTS
}

impl ChainSettings {
    /// Default settings of a model.
    pub fn new(kind: ChainKind) -> Self {
        Self {
            kind,
            attractiveness: RatePrior::default(),
            satisfaction: RatePrior::default(),
            continuation: default_continuation(),
            em: EmSettings::default(),
        }
    }
}

impl Fit for Chain {
    type Settings = ChainSettings;

    /// The cascade model ignores everything below the first click, as in PyClick.
    fn fit(log: &ClickLog, settings: &ChainSettings) -> Result<Fitted<Self>, BehaviourError> {
        settings.attractiveness.check("attractiveness")?;
        settings.satisfaction.check("satisfaction")?;
        settings.continuation.check("continuation")?;
        let mut fitted = match settings.kind {
            ChainKind::Cascade | ChainKind::SimplifiedDbn => fit_by_counting(log, settings),
            ChainKind::Dbn => fit_by_em(log, settings)?,
        };
        fitted.model.examined = log.mean_by_rank(|query, items, _| fitted.model.examined(query, items));
        Ok(fitted)
    }
}

/// Expected hidden variables of a slot.
#[derive(Clone, Copy, Debug, Default)]
struct Hidden {
    /// P(examined).
    examined: f64,
    /// P(satisfied), and the expected number of trials of satisfaction.
    satisfied: f64,
    trials: f64,
    /// P(continued), P(stopped), for a visitor who was not satisfied.
    continued: f64,
    stopped: f64,
}

fn fit_by_counting(log: &ClickLog, settings: &ChainSettings) -> Fitted<Chain> {
    let mut hidden = vec![Hidden::default(); log.slots.len()];
    let simplified = settings.kind == ChainKind::SimplifiedDbn;
    for row in &log.rows {
        let slots = &log.slots[row.slots.clone()];
        let is_click = |slot: &Slot| slot.clicked;
        let last = if simplified { slots.iter().rposition(is_click) } else { slots.iter().position(is_click) };
        for (i, hidden) in hidden[row.slots.clone()].iter_mut().enumerate() {
            hidden.examined = f64::from(u8::from(last.is_none_or(|last| i <= last)));
            hidden.satisfied = f64::from(u8::from(last == Some(i)));
            hidden.trials = f64::from(u8::from(slots[i].clicked));
        }
    }
    let (attracted, satisfied) = sums(log, &by_pair(log), &log.slot_counts(), &hidden);
    let attractiveness = PairRates::counted(log, settings.attractiveness, &attracted).table();
    let satisfaction = simplified.then(|| PairRates::counted(log, settings.satisfaction, &satisfied).table());
    let columns = log.columns();
    let (kind, examined) = (settings.kind, Vec::new());
    Fitted {
        model: Chain { kind, attractiveness, satisfaction, continuation: 1.0, columns, examined },
        trace: Vec::new(),
    }
}

fn fit_by_em(log: &ClickLog, settings: &ChainSettings) -> Result<Fitted<Chain>, BehaviourError> {
    let groups = by_pair(log);
    let counts = log.slot_counts();
    let all = Groups::new(1, log.slots.iter().map(|_| 0));
    let mut attracts = PairRates::new(log, settings.attractiveness);
    let mut satisfies = PairRates::new(log, settings.satisfaction);
    let mut continuation = 0.9;
    let mut hidden = vec![Hidden::default(); log.slots.len()];
    let trace = em::maximise(settings.em, log.impressions(), || {
        let expect = |(row, hidden): (&Row, &mut [Hidden])| {
            let slots = &log.slots[row.slots.clone()];
            row.count * expect(slots, &attracts.rates, &satisfies.rates, continuation, hidden)
        };
        // Rows in parallel; likelihoods are added in order.
        let likelihoods: Vec<f64> = log.rows.par_iter().zip(log.rows_of(&mut hidden)).map(expect).collect();
        let objective = likelihoods.iter().sum::<f64>()
            + settings.continuation.log_density(continuation)
            + attracts.log_prior()
            + satisfies.log_prior();
        let (attracted, satisfied) = sums(log, &groups, &counts, &hidden);
        let [[continued, stopped]] =
            all.sums(|_, i| [counts[i] * hidden[i].continued, counts[i] * hidden[i].stopped])[..]
        else {
            unreachable!("one key has one sum")
        };
        attracts.maximise(&attracted);
        satisfies.maximise(&satisfied);
        continuation = settings.continuation.rate(continued, continued + stopped);
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
fn sums(log: &ClickLog, groups: &Groups, counts: &[f64], hidden: &[Hidden]) -> (Vec<[f64; 2]>, Vec<[f64; 2]>) {
    let clicked = |i: usize| f64::from(u8::from(log.slots[i].clicked));
    let attracted = groups.sums(|_, i| [counts[i] * clicked(i) * hidden[i].examined, counts[i] * hidden[i].examined]);
    let satisfied = groups.sums(|_, i| [counts[i] * hidden[i].satisfied, counts[i] * hidden[i].trials]);
    (attracted, satisfied)
}

/// E step of one list: fills `hidden` and returns the log-likelihood of the clicks. Everything down to the last click was examined; below it,
/// each stopping point is weighted by its probability.
fn expect(slots: &[Slot], attracts: &[f64], satisfies: &[f64], continuation: f64, hidden: &mut [Hidden]) -> f64 {
    let (attracts, satisfies) =
        (|i: usize| attracts[slots[i].pair as usize], |i: usize| satisfies[slots[i].pair as usize]);
    let n = slots.len();
    let last = slots.iter().rposition(|slot| slot.clicked);
    // P(no click from i on | i examined), and P(no click after i | not satisfied at i).
    let mut no_click = vec![1.0; n + 1];
    let after =
        |no_click: &[f64], i: usize| if i + 1 < n { 1.0 - continuation + continuation * no_click[i + 1] } else { 1.0 };
    let tail = last.map_or(0, |last| last + 1);
    for i in (tail..n).rev() {
        no_click[i] = (1.0 - attracts(i)) * after(&no_click, i);
    }
    let mut log_likelihood = 0.0;
    for i in 0..tail {
        let before_last = i + 1 < tail;
        hidden[i] = Hidden { examined: 1.0, ..Hidden::default() };
        log_likelihood += if slots[i].clicked { attracts(i).ln() } else { (-attracts(i)).ln_1p() };
        if before_last {
            hidden[i].continued = 1.0;
            log_likelihood += continuation.ln();
            if slots[i].clicked {
                hidden[i].trials = 1.0;
                log_likelihood += (-satisfies(i)).ln_1p();
            }
        }
    }
    // P(not satisfied at the last click).
    let mut free = 1.0;
    if let Some(last) = last {
        let unsatisfied = (1.0 - satisfies(last)) * after(&no_click, last);
        let ends = satisfies(last) + unsatisfied;
        log_likelihood += ends.ln();
        // At the last item of a list satisfaction is not identifiable.
        if tail < n {
            hidden[last].trials = 1.0;
            hidden[last].satisfied = satisfies(last) / ends;
        }
        free = unsatisfied / ends;
    } else {
        log_likelihood += no_click[0].ln();
    }
    let mut examined = free;
    if let Some(last) = last {
        examined = continuation_step(&mut hidden[last], free, tail < n, continuation, no_click[tail]);
    }
    for i in tail..n {
        hidden[i] = Hidden { examined, ..Hidden::default() };
        examined = continuation_step(&mut hidden[i], examined, i + 1 < n, continuation, no_click[i + 1]);
    }
    log_likelihood
}

/// Expected continuation of a visitor who was not satisfied with probability `free`, given no further click; returns P(continued).
fn continuation_step(hidden: &mut Hidden, free: f64, more: bool, continuation: f64, no_click: f64) -> f64 {
    if !more {
        return 0.0;
    }
    let continues = continuation * no_click / (1.0 - continuation + continuation * no_click);
    hidden.continued = free * continues;
    hidden.stopped = free * (1.0 - continues);
    hidden.continued
}
