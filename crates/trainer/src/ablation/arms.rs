//! What can be left out of a training, task by task.

use anyhow::bail;

use super::{
    expansion::{ALL as CHANGED_AND_GENERATED, CLASSIC, GENERATED, GENERATED_ONLY},
    verdict::NONE,
};
use crate::commands::train::TaskName;

/// Every sample that there is.
pub const ALL: &str = "all";

/// A way to expand samples.
#[derive(Clone, Debug)]
pub struct Arm {
    pub name: &'static str,
    /// What it sets, over the settings that all arms share.
    pub settings: &'static [&'static str],
    /// What learns first, from the same samples, to make up more of them; its run becomes the setting `generated`.
    pub generator: Option<TaskName>,
}

/// The arms of a task, `none` first. A task whose samples nothing expands has that one alone.
pub fn of(task: TaskName) -> Vec<Arm> {
    let arm = |name, settings| Arm { name, settings, generator: None };
    let made = |name, settings, generator| Arm { name, settings, generator: Some(generator) };
    match task {
        TaskName::Image => vec![
            arm(NONE, &["augment=none"]),
            arm(CLASSIC, &[]),
            made(GENERATED, &["augment=none"], TaskName::Gan),
            made(GENERATED_ONLY, &["augment=none", "generated_only=true"], TaskName::Gan),
            made(CHANGED_AND_GENERATED, &[], TaskName::Gan),
        ],
        TaskName::Sentiment => vec![arm(NONE, &["augment=none"]), arm(CLASSIC, &["augment=reviews"])],
        TaskName::Intent => vec![
            arm(NONE, &[]),
            made(GENERATED, &[], TaskName::Tabular),
            made(GENERATED_ONLY, &["generated_only=true"], TaskName::Tabular),
        ],
        TaskName::Ranker | TaskName::Sequence | TaskName::Tabular | TaskName::Gan => vec![arm(NONE, &[])],
    }
}

/// The metric that decides where none is named.
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

/// The amounts to try where none are named.
pub fn usual_amounts() -> Vec<String> {
    ["20", "100", "500"].map(str::to_owned).to_vec()
}

/// The setting that leaves `amount` samples of each class to learn from; nothing for `all`.
pub fn amount(amount: &str) -> anyhow::Result<Option<String>> {
    match (amount, amount.parse::<usize>()) {
        (ALL, _) => Ok(None),
        (_, Ok(count)) if count > 0 => Ok(Some(format!("samples_per_class={count}"))),
        _ => bail!("--amounts {amount}: expected numbers of samples a class, above 0, or all, such as 20,100,all"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_a_number_or_all() {
        assert_eq!(amount("20").unwrap().unwrap(), "samples_per_class=20");
        assert!(amount("all").unwrap().is_none());
        for wrong in ["0", "-1", "many", "2.5", ""] {
            assert!(amount(wrong).unwrap_err().to_string().contains("expected numbers"), "{wrong}");
        }
    }
}
