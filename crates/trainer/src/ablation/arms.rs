//! The arms of an ablation, by task.

use std::path::Path;

use anyhow::bail;

use super::{
    expansion::{ALL as AUGMENTED_AND_GENERATED, CLASSIC, GENERATED, GENERATED_ONLY, SIMULATED, SIMULATED_ONLY},
    verdict::NONE,
};
use crate::{run, simulation::origin::Origin, task::TaskName};

/// The amount of all samples.
pub const ALL: &str = "all";

/// A way of expanding samples.
#[derive(Clone, Debug)]
pub struct Arm {
    pub name: &'static str,
    /// Settings of the arm, on top of those that all arms share.
    pub settings: &'static [&'static str],
    /// Generator that is fitted to the same samples first; its folder becomes the setting `generated`.
    pub generator: Option<Generator>,
}

/// A source of synthetic samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generator {
    /// A network of `trainer train`.
    Network(TaskName),
    /// `trainer simulate`
    Simulation,
}

impl Generator {
    /// Name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Generator::Network(task) => task.name(),
            Generator::Simulation => "simulate",
        }
    }

    /// Whether the folder holds the complete result.
    pub fn is_finished(self, folder: &Path) -> bool {
        match self {
            Generator::Network(_) => run::is_finished(folder),
            Generator::Simulation => Origin::read(folder).is_ok(),
        }
    }
}

/// The arms of a task, [`NONE`] first; only that one for tasks without expansion.
pub fn of(task: TaskName) -> Vec<Arm> {
    let arm = |name, settings| Arm { name, settings, generator: None };
    let generated = |name, settings, generator| Arm { name, settings, generator: Some(generator) };
    match task {
        TaskName::Image => vec![
            arm(NONE, &["augment=none"]),
            arm(CLASSIC, &[]),
            generated(GENERATED, &["augment=none"], Generator::Network(TaskName::Gan)),
            generated(GENERATED_ONLY, &["augment=none", "generated_only=true"], Generator::Network(TaskName::Gan)),
            generated(AUGMENTED_AND_GENERATED, &[], Generator::Network(TaskName::Gan)),
        ],
        TaskName::Sentiment => vec![arm(NONE, &["augment=none"]), arm(CLASSIC, &["augment=reviews"])],
        TaskName::Intent => vec![
            arm(NONE, &[]),
            generated(GENERATED, &[], Generator::Network(TaskName::Tabular)),
            generated(GENERATED_ONLY, &["generated_only=true"], Generator::Network(TaskName::Tabular)),
        ],
        TaskName::Ranker => vec![
            arm(NONE, &[]),
            generated(SIMULATED, &[], Generator::Simulation),
            generated(SIMULATED_ONLY, &["generated_only=true"], Generator::Simulation),
        ],
        TaskName::Sequence | TaskName::Tabular | TaskName::Gan => vec![arm(NONE, &[])],
    }
}

/// Default metric of a task.
pub fn metric(task: TaskName) -> &'static str {
    match task {
        TaskName::Image => "accuracy",
        TaskName::Sentiment => "macro_f1",
        TaskName::Intent => "auc",
        TaskName::Ranker => "ndcg@10",
        TaskName::Sequence => "mrr@20",
        TaskName::Tabular => "two_sample_accuracy",
        TaskName::Gan => "frechet",
    }
}

/// Default amounts of a task.
pub fn default_amounts(task: TaskName) -> Vec<String> {
    let amounts = match task {
        TaskName::Ranker => ["1%", "10%", "100%"],
        _ => ["20", "100", "500"],
    };
    amounts.map(str::to_owned).to_vec()
}

/// The setting that limits the training samples to `amount`: a share of the visitors for the ranker, samples per class for other tasks; `None`
/// for `all`.
pub fn amount(task: TaskName, amount: &str) -> anyhow::Result<Option<String>> {
    if amount == ALL {
        return Ok(None);
    }
    if task == TaskName::Ranker {
        let percent = amount.strip_suffix('%').and_then(|number| number.trim().parse::<f64>().ok());
        return match percent {
            Some(percent) if percent > 0.0 && percent <= 100.0 => {
                Ok(Some(format!("visitor_share={}", percent / 100.0)))
            }
            _ => bail!(
                "--amounts {amount}: expected shares of the visitors, above 0 and at most 100 %, or all, such as 1%,10%,all"
            ),
        };
    }
    match amount.parse::<usize>() {
        Ok(count) if count > 0 => Ok(Some(format!("samples_per_class={count}"))),
        _ => bail!("--amounts {amount}: expected numbers of samples per class, above 0, or all, such as 20,100,all"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_a_number_or_all() {
        assert_eq!(amount(TaskName::Image, "20").unwrap().unwrap(), "samples_per_class=20");
        assert!(amount(TaskName::Image, "all").unwrap().is_none());
        for wrong in ["0", "-1", "many", "2.5", "", "10%"] {
            assert!(amount(TaskName::Image, wrong).unwrap_err().to_string().contains("expected numbers"), "{wrong}");
        }
    }

    #[test]
    fn an_amount_of_the_ranker_is_a_share_of_the_visitors() {
        assert_eq!(amount(TaskName::Ranker, "1%").unwrap().unwrap(), "visitor_share=0.01");
        assert_eq!(amount(TaskName::Ranker, "100%").unwrap().unwrap(), "visitor_share=1");
        assert!(amount(TaskName::Ranker, "all").unwrap().is_none());
        for wrong in ["20", "0%", "101%", "%", "many"] {
            assert!(amount(TaskName::Ranker, wrong).unwrap_err().to_string().contains("expected shares"), "{wrong}");
        }
    }
}
