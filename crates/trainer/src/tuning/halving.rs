//! Successive halving (Jamieson & Talwalkar 2016): all trials train for few epochs, the best third for three times as many, and
//! so on.

/// The reduction factor: one trial in so many continues, for so many times as many epochs.
const FACTOR: usize = 3;
/// Number of reductions.
const CUTS: usize = 2;

/// The epochs and the number of trials of a rung.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rung {
    pub epochs: usize,
    pub trials: usize,
}

/// The rungs of `trials` trials whose best train `epochs` epochs.
pub fn rungs(trials: usize, epochs: usize) -> Vec<Rung> {
    let mut rungs: Vec<Rung> = (0..=CUTS)
        .map(|cut| Rung {
            epochs: epochs.div_ceil(FACTOR.pow((CUTS - cut) as u32)),
            trials: trials.div_ceil(FACTOR.pow(cut as u32)),
        })
        .collect();
    // With few epochs or trials a rung would repeat the one before.
    rungs.dedup_by(|next, before| {
        let same = next.epochs == before.epochs;
        before.trials = if same { next.trials.max(before.trials) } else { before.trials };
        same
    });
    rungs
}

/// The trials that continue: the best `keep` by score, ties by number.
pub fn best(scores: &[(usize, f64)], keep: usize) -> Vec<usize> {
    let mut order: Vec<(usize, f64)> = scores.iter().copied().filter(|(_, score)| score.is_finite()).collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    order.into_iter().take(keep).map(|(trial, _)| trial).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rung_has_a_third_of_the_trials_and_three_times_the_epochs() {
        let rung = |epochs, trials| Rung { epochs, trials };
        assert_eq!(rungs(27, 18), [rung(2, 27), rung(6, 9), rung(18, 3)]);
        assert_eq!(rungs(4, 1), [rung(1, 4)]);
        assert_eq!(rungs(1, 9), [rung(1, 1), rung(3, 1), rung(9, 1)]);
    }

    #[test]
    fn a_failed_trial_does_not_continue() {
        assert_eq!(best(&[(0, 0.5), (1, f64::NAN), (2, 0.9), (3, 0.5)], 2), [2, 0]);
    }
}
