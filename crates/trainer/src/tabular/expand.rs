//! Synthetic rows for the training split of an intent network.

use std::path::Path;

use anyhow::{anyhow, bail};
use burn::tensor::Device;
use windowshop_schema::{IntentTrainConfig, table::TableColumn};

use super::{codes::unit, model::TabularModel};
use crate::{
    intent::rows::{Rows, Splits},
    learning::split::{Cut, synthetic_labels},
    run,
};

/// Adds synthetic rows to the training split and to the columns, as the setting `generated` states.
///
/// # Errors
/// If the generator was trained on other data, classes or columns.
pub fn expand(
    config: &IntentTrainConfig,
    dataset: &str,
    cut: Cut,
    columns: &mut [TableColumn],
    rows: &mut Rows,
    splits: &mut Splits,
    device: &Device,
) -> anyhow::Result<()> {
    if config.generated.is_empty() {
        return Ok(());
    }
    let folder = Path::new(&config.generated);
    let model = TabularModel::open(folder, device)?;
    run::check_generator(folder, dataset, cut, config.samples_per_class)?;
    if model.card.classes != rows.classes {
        bail!(
            "generated = \"{}\": it generates rows of the classes {}, and this table has {}; train it on this table",
            config.generated,
            model.card.classes.join(", "),
            rows.classes.join(", ")
        );
    }
    // The generator's columns in the order of the table's.
    let places: Vec<usize> = columns
        .iter()
        .map(|column| {
            let place = model.card.columns.iter().position(|codes| codes.name == column.name);
            place.ok_or_else(|| {
                anyhow!(
                    "generated = \"{}\": it does not generate the column {}; exclude the column from both networks or from neither",
                    config.generated,
                    column.name
                )
            })
        })
        .collect::<Result<_, _>>()?;
    let labels = synthetic_labels(&rows.labels(&splits.train), rows.classes.len(), config.generated_share);
    let generated = model.generate(&labels, cut.seed, device);
    let width = model.card.columns.len();
    let first = rows.labels.len();
    for (row, (codes, &label)) in generated.chunks_exact(width).zip(&labels).enumerate() {
        for (number, (column, &place)) in columns.iter_mut().zip(&places).enumerate() {
            let draw = unit(cut.seed, row as u64, number as u64);
            model.card.columns[place].push(codes[place], draw, &mut column.cells);
        }
        rows.add(label);
    }
    if config.generated_only {
        splits.train.clear();
    }
    splits.train.extend(first..first + labels.len());
    Ok(())
}
