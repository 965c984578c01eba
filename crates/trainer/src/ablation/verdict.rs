//! The verdict of an ablation: each arm against `none`, paired over seeds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use windowshop_metrics::student_t::{Mean, holm};

use super::outcome::{Cell, Outcome};

/// The baseline arm.
pub const NONE: &str = "none";

/// Significance level.
pub const SIGNIFICANCE: f64 = 0.05;

/// Direction of a significant difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Significantly better than none.
    Helps,
    /// Significantly worse than none.
    Hurts,
    /// No significant difference.
    Undecided,
}

/// Mean of the metric over seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Level {
    pub mean: f64,
    /// Student's 95 % interval over seeds; `None` for one seed.
    pub ci95: Option<[f64; 2]>,
}

/// Gain of an arm over `none`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gain {
    /// Mean of the differences, seed by seed.
    pub mean: f64,
    /// Student's 95 % interval.
    pub ci95: [f64; 2],
    /// p value of the two-sided paired t test.
    pub p: f64,
    /// The same, corrected for the comparisons of the ablation (Holm 1979).
    pub p_holm: f64,
    pub effect: Effect,
}

/// Result of one arm at one amount.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    pub arm: String,
    pub amount: String,
    pub level: Level,
    /// `None` for the arm `none`, and for fewer than two paired seeds.
    pub gain: Option<Gain>,
}

/// Content of verdict.json.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    pub task: String,
    /// The metric; higher is better.
    pub metric: String,
    /// The dataset's fingerprint.
    pub dataset: String,
    /// Settings shared by all trainings.
    pub settings: Vec<String>,
    /// Settings of the generator.
    pub generator: Vec<String>,
    pub seeds: Vec<u64>,
    pub amounts: Vec<String>,
    pub arms: Vec<String>,
    pub findings: Vec<Finding>,
}

impl Verdict {
    /// Computes the findings.
    pub fn conclude(mut self, outcomes: &[Outcome]) -> Self {
        let values: BTreeMap<&Cell, f64> =
            outcomes.iter().filter_map(|o| Some((&o.cell, *o.metrics.get(&self.metric)?))).collect();
        let value = |arm: &str, amount: &str, seed: u64| {
            values.get(&Cell { arm: arm.to_owned(), amount: amount.to_owned(), seed }).copied()
        };
        for amount in &self.amounts {
            for arm in &self.arms {
                let own: Vec<f64> = self.seeds.iter().filter_map(|&seed| value(arm, amount, seed)).collect();
                if own.is_empty() {
                    continue;
                }
                let level =
                    Level { mean: own.iter().sum::<f64>() / own.len() as f64, ci95: Mean::of(&own).map(|m| m.ci95) };
                let pair = |&seed: &u64| Some(value(arm, amount, seed)? - value(NONE, amount, seed)?);
                let differences: Vec<f64> = self.seeds.iter().filter_map(pair).collect();
                let gain = Mean::of(&differences).filter(|_| arm != NONE).map(|Mean { mean, ci95, p, .. }| Gain {
                    mean,
                    ci95,
                    p,
                    p_holm: p,
                    effect: Effect::Undecided,
                });
                self.findings.push(Finding { arm: arm.clone(), amount: amount.clone(), level, gain });
            }
        }
        let mut gains: Vec<&mut Gain> = self.findings.iter_mut().filter_map(|finding| finding.gain.as_mut()).collect();
        let corrected = holm(&gains.iter().map(|gain| gain.p).collect::<Vec<_>>());
        for (gain, p_holm) in gains.iter_mut().zip(corrected) {
            gain.p_holm = p_holm;
            gain.effect = match (p_holm < SIGNIFICANCE, gain.mean > 0.0) {
                (false, _) => Effect::Undecided,
                (true, true) => Effect::Helps,
                (true, false) => Effect::Hurts,
            };
        }
        self
    }

    /// The finding of an arm at an amount.
    pub fn finding(&self, arm: &str, amount: &str) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.arm == arm && finding.amount == amount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(values: &[(&str, [f64; 5])]) -> Verdict {
        let outcomes: Vec<Outcome> = values
            .iter()
            .flat_map(|(arm, values)| {
                values.iter().zip(1..).map(|(&value, seed)| Outcome {
                    cell: Cell { arm: (*arm).to_owned(), amount: "20".into(), seed },
                    metrics: BTreeMap::from([("accuracy".into(), value)]),
                    seconds: 0.0,
                })
            })
            .collect();
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        Verdict {
            task: "image".into(),
            metric: "accuracy".into(),
            dataset: String::new(),
            settings: Vec::new(),
            generator: Vec::new(),
            seeds: (1..=5).collect(),
            amounts: names(&["20"]),
            arms: values.iter().map(|(arm, _)| (*arm).to_owned()).collect(),
            findings: Vec::new(),
        }
        .conclude(&outcomes)
    }

    const BASE: [f64; 5] = [0.70, 0.60, 0.65, 0.75, 0.55];

    /// Seeds vary more than arms; only the paired test detects the gain.
    #[test]
    fn a_small_gain_on_every_seed_is_significant_despite_the_variance_of_seeds() {
        let better = [0.72, 0.621, 0.669, 0.77, 0.571];
        let worse = BASE.map(|value| value - 0.03);
        let found = verdict(&[(NONE, BASE), ("classic", better), ("gan", worse)]);
        let effect = |arm: &str| found.finding(arm, "20").unwrap().gain.as_ref().unwrap().effect;
        assert_eq!((effect("classic"), effect("gan")), (Effect::Helps, Effect::Hurts));
        assert!(found.finding(NONE, "20").unwrap().gain.is_none());
    }

    #[test]
    fn gains_of_mixed_sign_are_undecided() {
        let mixed = [0.75, 0.58, 0.66, 0.78, 0.50];
        let found = verdict(&[(NONE, BASE), ("classic", mixed)]);
        assert_eq!(found.finding("classic", "20").unwrap().gain.as_ref().unwrap().effect, Effect::Undecided);
    }

    /// p = 0.03 is significant for one comparison, not for the best of several.
    #[test]
    fn many_comparisons_need_stronger_evidence() {
        let slight = [0.71, 0.608, 0.653, 0.758, 0.551];
        let alone = verdict(&[(NONE, BASE), ("a", slight)]);
        let gain = |verdict: &Verdict| verdict.finding("a", "20").unwrap().gain.clone().unwrap();
        assert_eq!(gain(&alone).effect, Effect::Helps);
        let noise = [0.69, 0.61, 0.655, 0.745, 0.552];
        let many = verdict(&[(NONE, BASE), ("a", slight), ("b", noise), ("c", noise), ("d", noise), ("e", noise)]);
        assert!(gain(&many).p_holm > SIGNIFICANCE, "{:?}", gain(&many));
        assert_eq!(gain(&many).effect, Effect::Undecided);
    }
}
