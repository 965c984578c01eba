//! SimulatedData-up rows beside the real ones that a network learns from.

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

/// Adds the rows that the setting `generated` asks for to the training part, and to the columns.
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
            "generated = \"{}\": it makes rows of {}, these are of {}; train it on this table",
            config.generated,
            model.card.classes.join(", "),
            rows.classes.join(", ")
        );
    }
    // Its columns in the order of these.
    let places: Vec<usize> = columns
        .iter()
        .map(|column| {
            let place = model.card.columns.iter().position(|codes| codes.name == column.name);
            place.ok_or_else(|| {
                anyhow!(
                    "generated = \"{}\": it does not make the column {}; leave it out of both or of neither",
                    config.generated,
                    column.name
                )
            })
        })
        .collect::<Result<_, _>>()?;
    let labels = synthetic_labels(&rows.labels(&splits.train), rows.classes.len(), config.generated_share);
    let made = model.make(&labels, cut.seed, device);
    let width = model.card.columns.len();
    let first = rows.labels.len();
    for (row, (codes, &label)) in made.chunks_exact(width).zip(&labels).enumerate() {
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
