//! The search space of settings, and the draw of a trial.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use serde_json::Value;
use windowshop_features::hash::{combine, hash};

/// Values of one setting.
#[derive(Clone, Debug, PartialEq)]
pub enum Range {
    /// Uniform between two numbers.
    Linear(f64, f64),
    /// Log-uniform between two numbers.
    Log(f64, f64),
    /// One of several values.
    Choice(Vec<String>),
}

/// Ranges by key.
pub type Space = BTreeMap<String, Range>;

/// The default search space: the common settings that this task has, around their present values.
pub fn usual(config: &Value) -> Space {
    let number = |path: &str| path.split('.').try_fold(config, |at, key| at.get(key)).and_then(Value::as_f64);
    let around = |path: &str, factor: f64| {
        number(path).filter(|v| *v > 0.0).map(|v| (path.to_owned(), Range::Log(v / factor, v * factor)))
    };
    let halved = |path: &str| {
        let whole = number(path).filter(|v| *v >= 4.0)? as u64;
        Some((path.to_owned(), Range::Choice([whole / 2, whole, whole * 2].map(|v| v.to_string()).into())))
    };
    let shares = number("model.dropout").map(|_| ("model.dropout".to_owned(), Range::Linear(0.0, 0.5)));
    let smoothing = number("label_smoothing").map(|_| ("label_smoothing".to_owned(), Range::Linear(0.0, 0.1)));
    [around("learning_rate", 4.0), around("weight_decay", 10.0), halved("model.hidden_dim"), shares, smoothing]
        .into_iter()
        .flatten()
        .collect()
}

/// Parses `KEY=LOW..HIGH` or `KEY=A,B,C`. A range that spans a factor of 10 or more is log-uniform.
pub fn parse(text: &str) -> anyhow::Result<(String, Range)> {
    let (key, values) =
        text.split_once('=').with_context(|| format!("--search {text}: expected KEY=LOW..HIGH or KEY=A,B,C"))?;
    let range = match values.split_once("..") {
        Some((low, high)) => {
            let number = |side: &str| {
                side.trim().parse::<f64>().with_context(|| format!("--search {text}: {side} is no number"))
            };
            let (low, high) = (number(low)?, number(high)?);
            if !(low.is_finite() && high.is_finite() && low < high) {
                bail!("--search {text}: expected the lower end first");
            }
            if low > 0.0 && high / low >= 10.0 { Range::Log(low, high) } else { Range::Linear(low, high) }
        }
        None => Range::Choice(values.split(',').map(|value| value.trim().to_owned()).collect()),
    };
    Ok((key.trim().to_owned(), range))
}

/// The settings of a trial; the first trial has the present ones.
pub fn draw(space: &Space, seed: u64, trial: usize) -> BTreeMap<String, String> {
    if trial == 0 {
        return BTreeMap::new();
    }
    let setting = |(key, range): (&String, &Range)| {
        let bits = combine(combine(seed, trial as u64), hash(seed, key.as_bytes()));
        let at = (bits >> 11) as f64 / (1u64 << 53) as f64;
        let value = match range {
            Range::Linear(low, high) => format!("{:.4}", low + (high - low) * at),
            Range::Log(low, high) => format!("{:.3e}", (low.ln() + (high / low).ln() * at).exp()),
            Range::Choice(values) => values[(at * values.len() as f64) as usize].clone(),
        };
        (key.clone(), value)
    };
    space.iter().map(setting).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn draws_stay_in_their_range_and_repeat() {
        let space: Space = [parse("learning_rate=1e-4..1e-2"), parse("model.dropout=0..0.5"), parse("batch=32,64")]
            .map(Result::unwrap)
            .into();
        assert!(
            matches!(space["learning_rate"], Range::Log(..)) && matches!(space["model.dropout"], Range::Linear(..))
        );
        for trial in 1..200 {
            let settings = draw(&space, 7, trial);
            assert_eq!(settings, draw(&space, 7, trial));
            assert!((1e-4..=1e-2).contains(&settings["learning_rate"].parse().unwrap()));
            assert!((0.0..=0.5).contains(&settings["model.dropout"].parse().unwrap()));
            assert!(["32", "64"].contains(&settings["batch"].as_str()));
        }
        assert_ne!(draw(&space, 7, 1), draw(&space, 7, 2));
        assert!(draw(&space, 7, 0).is_empty());
    }

    #[test]
    fn only_settings_that_a_task_has_are_searched() {
        let space = usual(&json!({"learning_rate": 2e-3, "model": {"hidden_dim": 64}}));
        assert_eq!(space.keys().collect::<Vec<_>>(), ["learning_rate", "model.hidden_dim"]);
    }

    #[test]
    fn an_invalid_range_is_an_error() {
        for text in ["learning_rate", "learning_rate=2..1", "learning_rate=a..b"] {
            assert!(parse(text).unwrap_err().to_string().contains(text));
        }
    }
}
