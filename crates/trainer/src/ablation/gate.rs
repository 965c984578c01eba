//! What may be exported: a network that learned from made-up samples must have an ablation that says that they help.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use windowshop_schema::manifest::{Expansion, ExpansionFinding, ModelCard};

use super::{
    arms,
    expansion::{SIMULATED, SIMULATED_ONLY},
    verdict::{Effect, Verdict},
};

/// Fewest seeds of an ablation that counts.
const SEEDS: usize = 5;

/// The verdicts that an export was given.
pub struct Gate {
    verdicts: Vec<(PathBuf, Verdict)>,
    force: bool,
}

/// The network that wants to be exported.
pub struct Candidate<'a> {
    pub task: &'a str,
    /// Fingerprint of what it learned from.
    pub dataset: &'a str,
    /// Real samples that it learned from, as `--amounts` has it.
    pub amount: &'a str,
}

impl Gate {
    /// Reads verdicts: files, or folders that `trainer ablate` wrote.
    pub fn open(paths: &[PathBuf], force: bool) -> anyhow::Result<Self> {
        let verdicts = paths.iter().map(|path| Ok((path.clone(), read(path)?))).collect::<anyhow::Result<_>>()?;
        Ok(Self { verdicts, force })
    }

    /// Lets a network pass, and writes into its card what an ablation found, or that none was named; or refuses it.
    pub fn judge(&self, candidate: &Candidate<'_>, card: &mut ModelCard) -> anyhow::Result<()> {
        let Some(expansion) = &mut card.expansion else { return Ok(()) };
        let found = self.find(candidate, expansion);
        let good = found.as_ref().is_ok_and(|finding| finding.effect == name(Effect::Helps));
        if expansion.made_up > 0 && !good && !self.force {
            let Candidate { task, amount, .. } = candidate;
            let why = match &found {
                Ok(finding) => format!(
                    "{} there, {} {:+.4} [{:+.4}, {:+.4}] over {} seeds",
                    finding.effect, finding.metric, finding.gain, finding.ci95[0], finding.ci95[1], finding.seeds
                ),
                Err(why) => why.to_string(),
            };
            bail!(
                "the {task} network learned from {} made-up samples beside {} real ones (arm {}); found {why}; expected a verdict that they help: run \
                 `trainer ablate {task} --arms {} --amounts {amount}` and name its folder with --verdict, train without them, or export with --force",
                expansion.made_up,
                expansion.real,
                expansion.arm,
                expansion.arm,
            );
        }
        expansion.finding = found.ok();
        if expansion.made_up > 0 && !good {
            card.limits.push("It learned from made-up samples that no ablation shows to help.".into());
        }
        Ok(())
    }

    /// What the verdicts say about the network's way of expanding.
    fn find(&self, candidate: &Candidate<'_>, expansion: &Expansion) -> anyhow::Result<ExpansionFinding> {
        // A dataset with simulated visitors in it is another one than theirs, which the ablation began with.
        let mixed = [SIMULATED, SIMULATED_ONLY].contains(&expansion.arm.as_str());
        let fits =
            |verdict: &Verdict| verdict.task == candidate.task && (mixed || verdict.dataset == candidate.dataset);
        let mut why = match self.verdicts.is_empty() {
            true => "no verdict".to_owned(),
            false => format!("no verdict about {} on the same dataset", candidate.task),
        };
        for (path, verdict) in self.verdicts.iter().filter(|(_, verdict)| fits(verdict)) {
            let mut findings = verdict.findings.iter().filter(|found| found.arm == expansion.arm);
            let found = findings.find(|found| same(&found.amount, candidate.amount));
            let Some(gain) = found.and_then(|found| found.gain.as_ref()) else {
                why = format!(
                    "{}: nothing about arm {} with {} samples, but arms {} with {}",
                    path.display(),
                    expansion.arm,
                    candidate.amount,
                    verdict.arms.join(", "),
                    verdict.amounts.join(", ")
                );
                continue;
            };
            if verdict.seeds.len() < SEEDS {
                why = format!("{}: {} seeds; at least {SEEDS} count", path.display(), verdict.seeds.len());
                continue;
            }
            return Ok(ExpansionFinding {
                effect: name(gain.effect),
                metric: verdict.metric.clone(),
                gain: gain.mean,
                ci95: gain.ci95,
                seeds: verdict.seeds.len(),
                amount: candidate.amount.to_owned(),
                dataset: verdict.dataset.clone(),
            });
        }
        bail!(why)
    }
}

/// The amount of a run with these settings, as `--amounts` has it.
pub fn amount_of(config: &serde_json::Value) -> String {
    match (config["samples_per_class"].as_u64(), config["visitor_share"].as_f64()) {
        (Some(count), _) if count > 0 => count.to_string(),
        (_, Some(share)) if share < 1.0 => format!("{}%", share * 100.0),
        _ => arms::ALL.to_owned(),
    }
}

/// Are these amounts, as `--amounts` has them, the same?
fn same(one: &str, other: &str) -> bool {
    let plain = |amount: &str| match amount.strip_suffix('%').map(|number| number.trim().parse::<f64>()) {
        Some(Ok(percent)) if percent < 100.0 => format!("{percent:.6}%"),
        Some(Ok(_)) => arms::ALL.to_owned(),
        _ => amount.to_owned(),
    };
    plain(one) == plain(other)
}

fn name(effect: Effect) -> String {
    serde_json::to_value(effect).ok().and_then(|name| Some(name.as_str()?.to_owned())).unwrap_or_default()
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

    const CANDIDATE: Candidate<'_> = Candidate { task: "image", dataset: "ours", amount: "20" };

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

    fn card(arm: &str, made_up: usize) -> ModelCard {
        let expansion = Expansion { arm: arm.into(), real: 200, made_up, finding: None };
        ModelCard { expansion: Some(expansion), ..ModelCard::default() }
    }

    #[test]
    fn a_network_that_learned_from_made_up_samples_passes_with_a_verdict_that_they_help_only() {
        let refused = |verdicts: Vec<Verdict>, candidate: &Candidate<'_>| {
            gate(verdicts, false).judge(candidate, &mut card("gan", 200)).unwrap_err().to_string()
        };
        assert!(refused(Vec::new(), &CANDIDATE).contains("found no verdict;"));
        assert!(refused(vec![verdict(Effect::Undecided, 5)], &CANDIDATE).contains("found undecided there"));
        assert!(refused(vec![verdict(Effect::Hurts, 5)], &CANDIDATE).contains("found hurts there"));
        assert!(refused(vec![verdict(Effect::Helps, 4)], &CANDIDATE).contains("4 seeds; at least 5"));
        let other = Candidate { dataset: "theirs", ..CANDIDATE };
        assert!(refused(vec![verdict(Effect::Helps, 5)], &other).contains("on the same dataset"));
        let more = Candidate { amount: "all", ..CANDIDATE };
        assert!(refused(vec![verdict(Effect::Helps, 5)], &more).contains("nothing about arm gan with all samples"));

        let mut passed = card("gan", 200);
        let verdicts = vec![verdict(Effect::Hurts, 4), verdict(Effect::Helps, 5)];
        gate(verdicts, false).judge(&CANDIDATE, &mut passed).unwrap();
        let finding = passed.expansion.unwrap().finding.unwrap();
        assert_eq!((finding.effect.as_str(), finding.gain, finding.seeds), ("helps", 0.02, 5));
        assert!(passed.limits.is_empty());
    }

    #[test]
    fn what_was_forced_says_so_in_its_card() {
        let mut forced = card("gan", 200);
        gate(vec![verdict(Effect::Hurts, 5)], true).judge(&CANDIDATE, &mut forced).unwrap();
        assert_eq!(forced.expansion.unwrap().finding.unwrap().effect, "hurts");
        assert_eq!(forced.limits, ["It learned from made-up samples that no ablation shows to help."]);
    }

    #[test]
    fn real_samples_that_were_changed_need_no_verdict_and_keep_one() {
        let mut changed = card("classic", 0);
        gate(Vec::new(), false).judge(&CANDIDATE, &mut changed).unwrap();
        assert_eq!(changed, card("classic", 0));
        let mut plain = ModelCard::default();
        gate(Vec::new(), false).judge(&CANDIDATE, &mut plain).unwrap();
        assert_eq!(plain, ModelCard::default());
    }

    #[test]
    fn an_amount_is_what_the_settings_left() {
        assert_eq!(amount_of(&serde_json::json!({"samples_per_class": 20})), "20");
        assert_eq!(amount_of(&serde_json::json!({"samples_per_class": 0})), "all");
        assert_eq!(amount_of(&serde_json::json!({})), "all");
        assert!(same(&amount_of(&serde_json::json!({"visitor_share": 0.07})), "7 %"));
        assert!(same(&amount_of(&serde_json::json!({"visitor_share": 1.0})), "100%"));
        assert!(!same("20", "20%") && !same("10%", "100%"));
    }
}
