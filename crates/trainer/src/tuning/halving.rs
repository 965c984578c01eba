//! Successive halving (Jamieson & Talwalkar 2016): all trials train a little, the best third three times as long, and so on.

/// Share of the trials that goes on is one in so many; so many times as long they train.
const FACTOR: usize = 3;
/// Times that trials are cut down.
const CUTS: usize = 2;

/// How long the trials of a rung train, and how many of them there are.
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
    // Where there are few epochs or trials a rung would only repeat the one before.
    rungs.dedup_by(|next, before| {
        let same = next.epochs == before.epochs;
        before.trials = if same { next.trials.max(before.trials) } else { before.trials };
        same
    });
    rungs
}

/// The trials that go on: the best `keep` by score, a smaller number first where scores are equal.
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
    fn a_trial_that_failed_does_not_go_on() {
        assert_eq!(best(&[(0, 0.5), (1, f64::NAN), (2, 0.9), (3, 0.5)], 2), [2, 0]);
    }
}
