//! Training settings: those of store.toml, overridden by `--config`, overridden by `--set key=value`.

use std::path::Path;

use anyhow::{Context, bail};
use serde::{Serialize, de::DeserializeOwned};
use toml::{Table, Value};
use windowshop_schema::StoreConfig;

/// Reads a store.toml.
///
/// # Errors
/// If the file cannot be read or has an unknown key.
pub fn store(path: &Path) -> anyhow::Result<StoreConfig> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    parse(&text).with_context(|| path.display().to_string())
}

/// Applies a settings file and overrides to `base`.
///
/// # Errors
/// If a key is unknown or a value has the wrong type.
pub fn training<T: Serialize + DeserializeOwned>(
    base: &T,
    file: Option<&Path>,
    overrides: &[String],
) -> anyhow::Result<T> {
    let mut table = Table::try_from(base)?;
    if let Some(path) = file {
        let text = std::fs::read_to_string(path).with_context(|| format!("{}: cannot be read", path.display()))?;
        merge(&mut table, text.parse::<Table>().with_context(|| path.display().to_string())?);
    }
    for assignment in overrides {
        set(&mut table, assignment)?;
    }
    parse(&toml::to_string(&table)?).context("training settings")
}

fn parse<T: DeserializeOwned>(text: &str) -> anyhow::Result<T> {
    Ok(toml::from_str(text)?)
}

fn merge(into: &mut Table, from: Table) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(Value::Table(into)), Value::Table(from)) => merge(into, from),
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}

/// Applies one override `key=value`; the key may be nested, such as `model.hidden_dim`.
pub fn set(table: &mut Table, assignment: &str) -> anyhow::Result<()> {
    let Some((path, value)) = assignment.split_once('=') else {
        bail!("--set {assignment}: expected key=value, such as --set epochs=20");
    };
    // A value that is not TOML is a bare string: --set features.exclude=popularity
    let value = format!("v = {value}").parse::<Table>().ok().and_then(|mut t| t.remove("v"));
    let value = value.unwrap_or_else(|| Value::String(assignment[path.len() + 1..].to_owned()));
    let mut at = table;
    let mut keys: Vec<&str> = path.trim().split('.').collect();
    let last = keys.pop().expect("split gives at least one part");
    for key in keys {
        at = match at.entry(key).or_insert_with(|| Value::Table(Table::new())) {
            Value::Table(table) => table,
            other => bail!("--set {assignment}: {key} is {}, not a section", other.type_str()),
        };
    }
    // An integer is accepted for a float.
    let value = match (at.get(last), value) {
        (Some(Value::Float(_)), Value::Integer(i)) => Value::Float(i as f64),
        (_, value) => value,
    };
    at.insert(last.to_owned(), value);
    Ok(())
}

/// Checks the settings `generated`, `generated_share` and `generated_only`.
pub fn check_generated(run: &str, share: f64, only: bool) -> anyhow::Result<()> {
    if share < 0.0 || !share.is_finite() {
        bail!("generated_share {share}: expected the number of synthetic samples per real one, 0 or more");
    }
    if only && (run.is_empty() || share == 0.0) {
        bail!("generated_only: no training samples; name a run as generated, and a generated_share above 0");
    }
    Ok(())
}

/// Checks a share in [0, 1).
pub fn check_share(name: &str, share: f64) -> anyhow::Result<()> {
    if !(0.0..1.0).contains(&share) {
        bail!("{name} {share}: expected a share from 0 to below 1");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use windowshop_schema::RankerTrainConfig;

    use super::*;

    #[test]
    fn an_unknown_key_is_an_error_that_names_it() {
        let error = training(&RankerTrainConfig::default(), None, &["learnign_rate=1".into()]).unwrap_err();
        assert!(format!("{error:#}").contains("learnign_rate"), "{error:#}");
    }

    #[test]
    fn overrides_reach_nested_keys_and_keep_the_rest() {
        let sets = ["model.hidden_dim=16".to_owned(), "features.exclude=popularity".into(), "learning_rate=1".into()];
        let config = training(&RankerTrainConfig::default(), None, &sets).unwrap();
        assert_eq!(config.model.hidden_dim, 16);
        assert_eq!(config.features.exclude, "popularity");
        assert_eq!(config.learning_rate, 1.0);
        assert_eq!(config.epochs, RankerTrainConfig::default().epochs);
    }
}
