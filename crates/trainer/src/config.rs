//! Training settings: those of store.toml, overridden by `--config`, overridden by `--set key=value`.

use std::path::Path;

use anyhow::{Context, bail};
use serde::{Serialize, de::DeserializeOwned};
use toml::{Table, Value};
use windowshop_schema::{
    GanConfig, GanTrainConfig, ImageConfig, ImageNetwork, ImageTrainConfig, IntentConfig, IntentTrainConfig,
    RankerTrainConfig, SentimentConfig, SentimentTrainConfig, SequenceConfig, SequenceTrainConfig, StoreConfig,
    TabularConfig, TabularTrainConfig, dims::MAX_GENERATED_SIDE,
};

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

/// Checks the ranges of the settings of the ranker.
pub fn check_ranker(config: &RankerTrainConfig) -> anyhow::Result<()> {
    check_shares(config.validation_share, config.test_share)?;
    if config.loss_mse <= 0.0 && config.loss_listnet <= 0.0 && config.loss_lambdarank <= 0.0 {
        bail!("loss_mse, loss_listnet and loss_lambdarank are all 0: expected at least one weight above 0");
    }
    if !config.click_model.is_empty() {
        if config.loss_mse > 0.0 {
            bail!(
                "click_model with loss_mse {}: expected loss_mse 0: propensities weight clicks, they are no grades; use loss_listnet or loss_lambdarank",
                config.loss_mse
            );
        }
        if !(config.propensity_clip > 0.0 && config.propensity_clip <= 1.0) {
            bail!("propensity_clip {}: expected a number above 0, at most 1", config.propensity_clip);
        }
    }
    let share = config.visitor_share;
    if !(share > 0.0 && share <= 1.0) {
        bail!("visitor_share {share}: expected a share of the visitors, above 0 and at most 1");
    }
    for (name, file) in [("click_model", &config.click_model), ("intent", &config.intent)] {
        if share < 1.0 && !file.is_empty() {
            bail!(
                "visitor_share {share} with {name}: expected one of them: {name} = \"{file}\" was fitted to the other visitors too"
            );
        }
    }
    check_generated(&config.generated, 1.0, config.generated_only)?;
    check_epochs(config.epochs, "batch_lists", config.batch_lists)
}

/// Checks the ranges of the settings of the intent network.
pub fn check_intent(config: &IntentTrainConfig) -> anyhow::Result<()> {
    check_shares(config.validation_share, config.test_share)?;
    check_generated(&config.generated, config.generated_share, config.generated_only)?;
    if config.bins == 0 || config.min_rows == 0 {
        bail!("bins {}, min_rows {}: expected at least 1 each", config.bins, config.min_rows);
    }
    let IntentConfig { number_dim, category_dim, hidden_dim, layers, members, dropout, .. } = config.model;
    if [number_dim, category_dim, hidden_dim, layers, members].contains(&0) {
        bail!(
            "model: number_dim {number_dim}, category_dim {category_dim}, hidden_dim {hidden_dim}, layers {layers}, members {members}: expected at least 1 each"
        );
    }
    if !(0.0..1.0).contains(&dropout) {
        bail!("model.dropout {dropout}: expected a share from 0 to below 1");
    }
    check_epochs(config.epochs, "batch", config.batch)
}

/// Checks the ranges of the settings of the generator of rows.
pub fn check_tabular(config: &TabularTrainConfig) -> anyhow::Result<()> {
    check_shares(config.validation_share, config.test_share)?;
    let TabularConfig { latent_dim, hidden_dim, layers, dropout } = config.model;
    if [latent_dim, hidden_dim, layers, config.bins].contains(&0) {
        bail!(
            "model: latent_dim {latent_dim}, hidden_dim {hidden_dim}, layers {layers}; bins {}: expected at least 1 each",
            config.bins
        );
    }
    check_share("model.dropout", dropout)?;
    for (name, weight) in [("kl_weight", config.kl_weight), ("adversarial_weight", config.adversarial_weight)] {
        if weight < 0.0 || !weight.is_finite() {
            bail!("{name} {weight}: expected 0 or more");
        }
    }
    check_epochs(config.epochs, "batch", config.batch)
}

/// Checks the ranges of the settings of the sentiment network.
pub fn check_sentiment(config: &SentimentTrainConfig) -> anyhow::Result<()> {
    check_shares(config.validation_share, config.test_share)?;
    if config.vocabulary == 0 || config.max_tokens < 4 {
        bail!("vocabulary {}, max_tokens {}: expected at least 1 and 4", config.vocabulary, config.max_tokens);
    }
    let SentimentConfig { embedding_dim, hidden_dim, window, dropout, token_dropout, .. } = config.model;
    if embedding_dim == 0 || hidden_dim == 0 || window % 2 == 0 {
        bail!(
            "model: embedding_dim {embedding_dim}, hidden_dim {hidden_dim}, window {window}: expected sizes of at least 1 and an odd window"
        );
    }
    check_share("model.dropout", dropout)?;
    check_share("model.token_dropout", token_dropout)?;
    check_epochs(config.epochs, "batch", config.batch)
}

/// Checks the ranges of the settings of the sequence network.
pub fn check_sequence(config: &SequenceTrainConfig) -> anyhow::Result<()> {
    check_shares(config.validation_share, 0.0)?;
    let SequenceConfig { embedding_dim, max_items, dropout, .. } = config.model;
    if embedding_dim == 0 || max_items == 0 || config.negatives == 0 {
        bail!(
            "model: embedding_dim {embedding_dim}, max_items {max_items}; negatives {}: expected at least 1 each",
            config.negatives
        );
    }
    let neighbours = &config.neighbours;
    if neighbours.per_item == 0 || neighbours.mean_per_item == 0 {
        bail!(
            "neighbours: per_item {}, mean_per_item {}: expected at least 1 each",
            neighbours.per_item,
            neighbours.mean_per_item
        );
    }
    if neighbours.backward < 0.0 || neighbours.half_life < 0.0 {
        bail!(
            "neighbours: backward {}, half_life {}: expected nothing below 0",
            neighbours.backward,
            neighbours.half_life
        );
    }
    check_share("model.dropout", dropout)?;
    if !(0.0..=1.0).contains(&config.refit_share) {
        bail!("refit_share {}: expected a share from 0 to 1", config.refit_share);
    }
    check_epochs(config.epochs, "batch", config.batch)
}

fn check_generated(run: &str, share: f64, only: bool) -> anyhow::Result<()> {
    if share < 0.0 || !share.is_finite() {
        bail!("generated_share {share}: expected the number of synthetic samples per real one, 0 or more");
    }
    if only && (run.is_empty() || share == 0.0) {
        bail!("generated_only: no training samples; name a run as generated, and a generated_share above 0");
    }
    Ok(())
}

fn check_share(name: &str, share: f64) -> anyhow::Result<()> {
    if !(0.0..1.0).contains(&share) {
        bail!("{name} {share}: expected a share from 0 to below 1");
    }
    Ok(())
}

/// Checks the ranges of the settings of the image network.
pub fn check_image(config: &ImageTrainConfig) -> anyhow::Result<()> {
    check_shares(config.validation_share, config.test_share)?;
    let ImageConfig { network, size, channels, width, embedding_dim, hidden_dim, dropout, .. } = config.model;
    if !(8..=512).contains(&size) || !matches!(channels, 1 | 3) {
        bail!("model: size {size}, channels {channels}: expected a side of 8 to 512 pixels and 1 (grey) or 3 channels");
    }
    if network == ImageNetwork::EfficientnetLite0 && (channels != 3 || size < 64) {
        bail!("model: efficientnet_lite0 with channels {channels}, size {size}: expected 3 and at least 64");
    }
    if width == 0 || embedding_dim == 0 || hidden_dim == 0 {
        bail!("model: width {width}, embedding_dim {embedding_dim}, hidden_dim {hidden_dim}: expected at least 1 each");
    }
    check_share("model.dropout", dropout)?;
    if network == ImageNetwork::Light && config.tune_epochs > 0 {
        bail!(
            "tune_epochs {}: expected 0 with the light network: only a pretrained backbone is fine-tuned",
            config.tune_epochs
        );
    }
    for (name, share) in
        [("shift", config.shift), ("flip", config.flip), ("erase", config.erase), ("zoom", config.zoom)]
    {
        if !(0.0..=1.0).contains(&share) {
            bail!("{name} {share}: expected a share from 0 to 1");
        }
    }
    check_generated(&config.generated, config.generated_share, config.generated_only)?;
    check_epochs(config.epochs, "batch", config.batch)
}

/// Checks the ranges of the settings of the GAN.
pub fn check_gan(config: &GanTrainConfig) -> anyhow::Result<()> {
    check_shares(config.validation_share, config.test_share)?;
    let GanConfig { size, channels, latent_dim, width, discriminator_width, .. } = config.model;
    if !(8..=MAX_GENERATED_SIDE).contains(&size) || !size.is_multiple_of(4) || !matches!(channels, 1 | 3) {
        bail!(
            "model: size {size}, channels {channels}: expected a side of 8 to {MAX_GENERATED_SIDE} pixels that 4 divides, such as 32 or 64, and 1 (grey) or 3 channels"
        );
    }
    if latent_dim == 0 || width == 0 || discriminator_width == 0 {
        bail!(
            "model: latent_dim {latent_dim}, width {width}, discriminator_width {discriminator_width}: expected at least 1 each"
        );
    }
    for (name, rate) in
        [("learning_rate", config.learning_rate), ("discriminator_learning_rate", config.discriminator_learning_rate)]
    {
        if rate <= 0.0 {
            bail!("{name} {rate}: expected more than 0");
        }
    }
    if config.r1 < 0.0 || config.r1_every == 0 {
        bail!(
            "r1 {}, r1_every {}: expected a weight of at least 0 and an interval of at least 1 step",
            config.r1,
            config.r1_every
        );
    }
    for (name, share) in [("translation", config.translation), ("colour", config.colour), ("cutout", config.cutout)] {
        if !(0.0..=1.0).contains(&share) {
            bail!("{name} {share}: expected a share from 0 to 1");
        }
    }
    for (name, share) in
        [("momentum", config.momentum), ("scale_decay", config.scale_decay), ("ema_decay", config.ema_decay)]
    {
        check_share(name, share)?;
    }
    if config.batch < 2 {
        bail!("batch {}: expected at least 2: images are normalised by their batch", config.batch);
    }
    check_epochs(config.epochs, "batch", config.batch)
}

fn check_shares(validation: f64, test: f64) -> anyhow::Result<()> {
    if validation <= 0.0 || test < 0.0 || validation + test >= 1.0 {
        bail!(
            "validation_share {validation} and test_share {test}: expected validation_share above 0, test_share at least 0, and a sum below 1"
        );
    }
    Ok(())
}

fn check_epochs(epochs: usize, name: &str, batch: usize) -> anyhow::Result<()> {
    if batch == 0 || epochs == 0 {
        bail!("{name} {batch}, epochs {epochs}: expected at least 1 each");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
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
