//! Reads logs in the format of the Open Bandit Dataset (Saito et al. 2021): one row per item shown in a slot.

use std::path::Path;

use super::rounds::Round;
use crate::error::BehaviourError;
use crate::table::{Rows, Table, parse};

/// Reads rounds from the columns `item_id`, `position` (from 1: the context), `click` (the reward) and `propensity_score`. Each row is a unit,
/// because the format does not tell which rows were shown together. Invalid rows are counted.
///
/// # Errors
/// If the file cannot be read, lacks a column, or has no valid row.
pub fn read_open_bandit(path: &Path) -> Result<Rows<Round>, BehaviourError> {
    let table = Table::open(path, b',')?;
    let names = ["item_id", "position", "click", "propensity_score"];
    let [item, position, click, propensity] = names.map(|name| table.column(name));
    let (item, position, click, propensity) = (item?, position?, click?, propensity?);
    let mut read = table.read(|record| {
        let slot: u32 = parse(record, position, "position", "a whole number from 1")?;
        let context = slot.checked_sub(1).ok_or_else(|| BehaviourError::Cell {
            column: "position".into(),
            found: slot.to_string(),
            expected: "a whole number from 1",
        })?;
        let round = Round {
            context,
            action: parse(record, item, "item_id", "a whole number from 0")?,
            reward: parse(record, click, "click", "0 or 1")?,
            propensity: parse(record, propensity, "propensity_score", "a number above 0, at most 1")?,
            unit: record.position().map_or(0, csv::Position::line),
        };
        round.check(round.unit as usize)?;
        Ok(round)
    })?;
    read.rows.iter_mut().enumerate().for_each(|(row, round)| round.unit = row as u64);
    Ok(read)
}
