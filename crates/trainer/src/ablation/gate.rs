//! Export gate: networks trained on synthetic samples need an ablation with a significant gain.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use windowshop_schema::manifest::ModelCard;

use super::{
    arms,
    expansion::{SIMULATED, SIMULATED_ONLY},
    verdict::{Effect, Gain, Verdict},
};
use crate::run::Expansion;

/// Fewest seeds of a valid ablation.
const MIN_SEEDS: usize = 5;

/// The verdicts given to an export.
pub struct Gate {
    verdicts: Vec<(PathBuf, Verdict)>,
    force: bool,
}

/// A network to export.
pub struct Candidate<'a> {
    pub task: &'a str,
    /// Fingerprint of the training data.
    pub dataset: &'a str,
    /// Number of real training samples, in the form of `--amounts`.
    pub amount: &'a str,
    /// How the samples were expanded.
    pub expansion: &'a Expansion,
}

impl Gate {
    /// Reads verdicts: files, or folders of `trainer ablate`.
    pub fn open(paths: &[PathBuf], force: bool) -> anyhow::Result<Self> {
        let verdicts = paths.iter().map(|path| Ok((path.clone(), read(path)?))).collect::<anyhow::Result<_>>()?;
        Ok(Self { verdicts, force })
    }

    /// Writes the result of the ablation to the network's card.
    ///
    /// # Errors
    /// If the network was trained on synthetic samples without a significant gain, unless forced.
    pub fn check(&self, candidate: &Candidate<'_>, card: &mut ModelCard) -> anyhow::Result<()> {
        let Candidate { task, amount, expansion, .. } = candidate;
        let found = self.find(candidate);
        let helps = matches!(found, Ok((_, Gain { effect: Effect::Helps, .. })));
        let summary = found.as_ref().map(|(verdict, gain)| {
            let [low, high] = gain.ci95;
            let effect = format!("{:?}", gain.effect).to_lowercase();
            let (metric, seeds) = (&verdict.metric, verdict.seeds.len());
            format!("{effect}, {metric} {:+.4} [{low:+.4}, {high:+.4}] over {seeds} seeds", gain.mean)
        });
        if expansion.synthetic > 0 && !helps && !self.force {
            let why = summary.unwrap_or_else(|why| why.to_string());
            bail!(
                "the {task} network was trained on {} synthetic and {} real samples (arm {}); found {why}; expected a verdict with a significant gain: run \
                 `trainer ablate {task} --arms {} --amounts {amount}` and pass its folder as --verdict, train without synthetic samples, or export with --force",
                expansion.synthetic,
                expansion.real,
                expansion.arm,
                expansion.arm,
            );
        }
        card.expansion.extend(
            summary.ok().map(|summary| format!("Ablation with {amount} samples, arm {}: {summary}.", expansion.arm)),
        );
        if expansion.synthetic > 0 && !helps {
            card.limits.push("Trained on synthetic samples without an ablation that shows a gain.".into());
        }
        Ok(())
    }

    /// The finding of the verdicts for the network's expansion; the error says what is missing.
    fn find(&self, candidate: &Candidate<'_>) -> anyhow::Result<(&Verdict, &Gain)> {
        let arm = candidate.expansion.arm.as_str();
        // Datasets with simulated visitors have another fingerprint than the real one of the ablation.
        let any_dataset = [SIMULATED, SIMULATED_ONLY].contains(&arm);
        let fits =
            |verdict: &Verdict| verdict.task == candidate.task && (any_dataset || verdict.dataset == candidate.dataset);
        let mut why = match self.verdicts.is_empty() {
            true => "no verdict".to_owned(),
            false => format!("no verdict about {} on the same dataset", candidate.task),
        };
        for (path, verdict) in self.verdicts.iter().filter(|(_, verdict)| fits(verdict)) {
            let mut findings = verdict.findings.iter().filter(|found| found.arm == arm);
            let found = findings.find(|found| same(&found.amount, candidate.amount));
            match found.and_then(|found| found.gain.as_ref()) {
                Some(gain) if verdict.seeds.len() >= MIN_SEEDS => return Ok((verdict, gain)),
                Some(_) => {
                    why = format!("{}: {} seeds; at least {MIN_SEEDS} count", path.display(), verdict.seeds.len())
                }
                None => {
                    why = format!(
                        "{}: nothing about arm {arm} with {} samples, but arms {} with {}",
                        path.display(),
                        candidate.amount,
                        verdict.arms.join(", "),
                        verdict.amounts.join(", ")
                    );
                }
            }
        }
        bail!(why)
    }
}

/// The amount of a run with these settings, in the form of `--amounts`.
pub fn amount_of(config: &serde_json::Value) -> String {
    match (config["samples_per_class"].as_u64(), config["visitor_share"].as_f64()) {
        (Some(count), _) if count > 0 => count.to_string(),
        (_, Some(share)) if share < 1.0 => format!("{}%", share * 100.0),
        _ => arms::ALL.to_owned(),
    }
}

/// Whether two amounts in the form of `--amounts` are equal.
fn same(one: &str, other: &str) -> bool {
    let plain = |amount: &str| match amount.strip_suffix('%').map(|number| number.trim().parse::<f64>()) {
        Some(Ok(percent)) if percent < 100.0 => format!("{percent:.6}%"),
        Some(Ok(_)) => arms::ALL.to_owned(),
        _ => amount.to_owned(),
    };
    plain(one) == plain(other)
}

fn read(path: &Path) -> anyhow::Result<Verdict> {
    let file = if path.is_dir() { path.join("verdict.json") } else { path.to_owned() };
    let text = std::fs::read(&file)
        .with_context(|| format!("{}: cannot be read; expected what `trainer ablate` wrote", file.display()))?;
    serde_json::from_slice(&text).with_context(|| file.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ablation::verdict::{Finding, Gain, Level};

    fn checked(gate: &Gate, arm: &str, synthetic: usize, dataset: &str, amount: &str) -> anyhow::Result<ModelCard> {
        let expansion = Expansion { arm: arm.into(), real: 200, synthetic };
        let mut card = ModelCard::default();
        gate.check(&Candidate { task: "image", dataset, amount, expansion: &expansion }, &mut card)?;
        Ok(card)
    }

    fn verdict(effect: Effect, seeds: u64) -> Verdict {
        let level = Level { mean: 0.7, ci95: None };
        let gain = Gain { mean: 0.02, ci95: [0.01, 0.03], p: 0.01, p_holm: 0.01, effect };
        let finding = Finding { arm: "gan".into(), amount: "20".into(), level, gain: Some(gain) };
        Verdict {
            task: "image".into(),
            metric: "accuracy".into(),
            dataset: "ours".into(),
            settings: Vec::new(),
            generator: Vec::new(),
            seeds: (1..=seeds).collect(),
            amounts: vec!["20".into()],
            arms: vec!["none".into(), "gan".into()],
            findings: vec![finding],
        }
    }

    fn gate(verdicts: Vec<Verdict>, force: bool) -> Gate {
        Gate { verdicts: verdicts.into_iter().map(|verdict| (PathBuf::from("gate"), verdict)).collect(), force }
    }

    #[test]
    fn a_network_trained_on_synthetic_samples_passes_only_with_a_significant_gain() {
        let refused = |verdicts: Vec<Verdict>, dataset: &str, amount: &str| {
            checked(&gate(verdicts, false), "gan", 200, dataset, amount).unwrap_err().to_string()
        };
        assert!(refused(Vec::new(), "ours", "20").contains("found no verdict;"));
        assert!(refused(vec![verdict(Effect::Undecided, 5)], "ours", "20").contains("found undecided"));
        assert!(refused(vec![verdict(Effect::Hurts, 5)], "ours", "20").contains("found hurts"));
        assert!(refused(vec![verdict(Effect::Helps, 4)], "ours", "20").contains("4 seeds; at least 5"));
        assert!(refused(vec![verdict(Effect::Helps, 5)], "theirs", "20").contains("on the same dataset"));
        assert!(
            refused(vec![verdict(Effect::Helps, 5)], "ours", "all").contains("nothing about arm gan with all samples")
        );

        let both = gate(vec![verdict(Effect::Hurts, 4), verdict(Effect::Helps, 5)], false);
        let passed = checked(&both, "gan", 200, "ours", "20").unwrap();
        let summary = "Ablation with 20 samples, arm gan: helps, accuracy +0.0200 [+0.0100, +0.0300] over 5 seeds.";
        assert_eq!((passed.expansion, passed.limits), (vec![summary.to_owned()], Vec::new()));
    }

    #[test]
    fn a_forced_export_is_recorded_in_the_card() {
        let forced = checked(&gate(vec![verdict(Effect::Hurts, 5)], true), "gan", 200, "ours", "20").unwrap();
        assert!(forced.expansion[0].contains("arm gan: hurts"));
        assert_eq!(forced.limits, ["Trained on synthetic samples without an ablation that shows a gain."]);
    }

    #[test]
    fn augmented_real_samples_need_no_verdict() {
        let changed = checked(&gate(Vec::new(), false), "classic", 0, "ours", "20").unwrap();
        assert_eq!(changed, ModelCard::default());
    }

    #[test]
    fn the_amount_follows_from_the_settings() {
        assert_eq!(amount_of(&serde_json::json!({"samples_per_class": 20})), "20");
        assert_eq!(amount_of(&serde_json::json!({"samples_per_class": 0})), "all");
        assert_eq!(amount_of(&serde_json::json!({})), "all");
        assert!(same(&amount_of(&serde_json::json!({"visitor_share": 0.07})), "7 %"));
        assert!(same(&amount_of(&serde_json::json!({"visitor_share": 1.0})), "100%"));
        assert!(!same("20", "20%") && !same("10%", "100%"));
    }
}
