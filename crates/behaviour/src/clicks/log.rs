//! Impressions in the form that models are fitted on: strings are numbered, equal impressions are one row with a count.

use std::collections::HashMap;
use std::ops::Range;

use rayon::prelude::*;

use super::list::{Impression, Position};
use super::pair_table::kept;
use crate::error::BehaviourError;

/// A query and an item shown for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    pub query: u32,
    pub item: u32,
}

/// An item at a position of a list. The slots of a row are in reading order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Slot {
    pub pair: u32,
    pub position: Position,
    pub clicked: bool,
}

/// Impressions with equal query, items, positions and clicks.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub slots: Range<usize>,
    pub count: f64,
}

/// Aggregated impressions with at least one click.
#[derive(Clone, Debug)]
pub struct ClickLog {
    pub(super) queries: Vec<String>,
    pub(super) items: Vec<String>,
    pub(super) pairs: Vec<Pair>,
    pub(super) slots: Vec<Slot>,
    pub(super) rows: Vec<Row>,
    impressions: usize,
    columns: u32,
    page_rows: u32,
}

impl ClickLog {
    /// Aggregates impressions.
    ///
    /// # Errors
    /// If there are no impressions, or no clicks.
    pub fn new(impressions: &[Impression]) -> Result<Self, BehaviourError> {
        if impressions.is_empty() {
            return Err(BehaviourError::EmptyLog);
        }
        if !impressions.iter().any(|impression| impression.clicked().contains(&true)) {
            return Err(BehaviourError::NoClicks { impressions: impressions.len() });
        }
        let mut queries: HashMap<&str, u32> = HashMap::new();
        let mut items: HashMap<&str, u32> = HashMap::new();
        let mut pairs: HashMap<(u32, u32), u32> = HashMap::new();
        let mut known_rows: HashMap<Vec<Slot>, usize> = HashMap::new();
        let mut log = Self {
            queries: Vec::new(),
            items: Vec::new(),
            pairs: Vec::new(),
            slots: Vec::new(),
            rows: Vec::new(),
            impressions: impressions.len(),
            columns: 1,
            page_rows: 1,
        };
        for impression in impressions {
            let list = impression.list();
            let query = *queries.entry(list.query()).or_insert_with(|| {
                log.queries.push(list.query().to_owned());
                log.queries.len() as u32 - 1
            });
            let shown = list.items().iter().zip(list.positions()).zip(impression.clicked());
            let slots: Vec<Slot> = shown
                .map(|((item, &position), &clicked)| {
                    log.columns = log.columns.max(position.column);
                    log.page_rows = log.page_rows.max(position.row);
                    let item = *items.entry(item).or_insert_with(|| {
                        log.items.push(item.clone());
                        log.items.len() as u32 - 1
                    });
                    let pair = *pairs.entry((query, item)).or_insert_with(|| {
                        log.pairs.push(Pair { query, item });
                        log.pairs.len() as u32 - 1
                    });
                    Slot { pair, position, clicked }
                })
                .collect();
            match known_rows.get(&slots) {
                Some(&row) => log.rows[row].count += 1.0,
                None => {
                    let start = log.slots.len();
                    log.slots.extend(&slots);
                    known_rows.insert(slots, log.rows.len());
                    log.rows.push(Row { slots: start..log.slots.len(), count: 1.0 });
                }
            }
        }
        Ok(log)
    }

    /// Number of impressions, at least 1.
    pub fn impressions(&self) -> usize {
        self.impressions
    }

    /// Columns of the widest page.
    pub(super) fn columns(&self) -> u32 {
        self.columns
    }

    /// Rows of the longest page.
    pub(super) fn page_rows(&self) -> u32 {
        self.page_rows
    }

    /// Number of positions of a full page.
    pub(super) fn ranks(&self) -> usize {
        self.page_rows as usize * self.columns as usize
    }

    /// Count of each slot's row. `[slots]`
    pub(super) fn slot_counts(&self) -> Vec<f64> {
        self.rows.iter().flat_map(|row| row.slots.clone().map(|_| row.count)).collect()
    }

    /// Mean by rank of `value(query, items, ranks)`, one value per item. `[ranks]`; 0 for ranks that were never shown.
    pub(super) fn mean_by_rank(&self, value: impl Fn(&str, &[&str], &[usize]) -> Vec<f64> + Sync) -> Vec<f64> {
        let row_values = |row: &Row| {
            let slots = &self.slots[row.slots.clone()];
            let ranks: Vec<usize> = slots.iter().map(|slot| rank(slot.position, self.columns)).collect();
            let pairs = || slots.iter().map(|slot| &self.pairs[slot.pair as usize]);
            let query = pairs().next().map_or("", |pair| &self.queries[pair.query as usize]);
            let items: Vec<&str> = pairs().map(|pair| self.items[pair.item as usize].as_str()).collect();
            let values = value(query, &items, &ranks);
            (ranks, values)
        };
        let values: Vec<_> = self.rows.par_iter().map(row_values).collect();
        let mut sums = vec![(0.0, 0.0); self.ranks()];
        for (row, (ranks, values)) in self.rows.iter().zip(values) {
            for (rank, value) in ranks.into_iter().zip(values) {
                let (sum, count) = &mut sums[rank - 1];
                *sum += row.count * value;
                *count += row.count;
            }
        }
        sums.into_iter().map(|(sum, count)| if count > 0.0 { kept(sum / count) } else { 0.0 }).collect()
    }

    /// Splits `buffer`, one value per slot, into rows.
    pub(super) fn rows_of<'a, T>(&self, mut buffer: &'a mut [T]) -> Vec<&'a mut [T]> {
        let cut = |row: &Row| {
            let (head, tail) = std::mem::take(&mut buffer).split_at_mut(row.slots.len());
            buffer = tail;
            head
        };
        self.rows.iter().map(cut).collect()
    }
}

/// Rank of a position in reading order on a page `columns` wide, from 1.
pub(super) fn rank(position: Position, columns: u32) -> usize {
    (position.row as usize - 1) * columns as usize + (position.column.min(columns) as usize)
}

#[cfg(test)]
mod tests {
    use super::super::list::List;
    use super::*;

    fn impression(query: &str, items: &[&str], clicked: &[bool]) -> Impression {
        let list = List::ranked(query.into(), items.iter().map(|s| s.to_string()).collect()).unwrap();
        Impression::new(list, clicked.to_vec()).unwrap()
    }

    #[test]
    fn equal_impressions_are_one_row_with_a_count() {
        let a = impression("q", &["x", "y"], &[true, false]);
        let log = ClickLog::new(&[
            a.clone(),
            impression("q", &["x", "y"], &[false, false]),
            a,
            impression("r", &["x"], &[false]),
        ])
        .unwrap();
        assert_eq!(log.rows.iter().map(|row| row.count).collect::<Vec<_>>(), [2.0, 1.0, 1.0]);
        assert_eq!((log.queries.len(), log.pairs.len(), log.impressions()), (2, 3, 4));
        assert_eq!(log.slot_counts(), [2.0, 2.0, 1.0, 1.0, 1.0]);
    }

    #[test]
    fn a_log_without_impressions_or_without_clicks_is_rejected() {
        assert!(ClickLog::new(&[]).unwrap_err().to_string().contains("the log is empty"));
        let error = ClickLog::new(&[impression("q", &["x"], &[false])]).unwrap_err().to_string();
        assert!(error.contains("no click in 1 impressions"), "{error}");
    }
}
