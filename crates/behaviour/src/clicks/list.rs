//! Lists, positions and impressions.

use crate::error::BehaviourError;

/// Position on a page. In a plain list the row is the rank and the column is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// Row, from 1.
    pub row: u32,
    /// Column in reading direction, from 1.
    pub column: u32,
}

/// Items of a page in reading order (row by row), each at its own position. Positions may be left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    query: String,
    items: Vec<String>,
    positions: Vec<Position>,
}

impl List {
    /// Creates a list with a position per item.
    ///
    /// # Errors
    /// If there are no items or no positions, or a position is 0, repeated, or out of reading order.
    pub fn new(query: String, items: Vec<String>, positions: Vec<Position>) -> Result<Self, BehaviourError> {
        if items.is_empty() {
            return Err(BehaviourError::EmptyList { query });
        }
        if positions.is_empty() {
            return Err(BehaviourError::NoPositions { query, items: items.len() });
        }
        if positions.len() != items.len() {
            let (items, found) = (items.len(), positions.len());
            return Err(BehaviourError::Lengths { query, items, found, what: "positions" });
        }
        if let Some(&Position { row, column }) = positions.iter().find(|p| p.row == 0 || p.column == 0) {
            return Err(BehaviourError::PositionZero { query, row, column });
        }
        let mut sorted = positions.clone();
        sorted.sort_unstable();
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            let Position { row, column } = pair[0];
            return Err(BehaviourError::RepeatedPosition { query, row, column });
        }
        if let Some(pair) = positions.windows(2).find(|pair| pair[0] > pair[1]) {
            let Position { row, column } = pair[1];
            return Err(BehaviourError::ReadingOrder { query, row, column });
        }
        Ok(Self { query, items, positions })
    }

    /// Creates a plain list: the first item has rank 1.
    ///
    /// # Errors
    /// If there are no items.
    pub fn ranked(query: String, items: Vec<String>) -> Result<Self, BehaviourError> {
        Self::grid(query, items, 1)
    }

    /// Creates a full grid of `columns` (at least 1), filled row by row.
    ///
    /// # Errors
    /// If there are no items.
    pub fn grid(query: String, items: Vec<String>, columns: u32) -> Result<Self, BehaviourError> {
        let columns = columns.max(1);
        let position = |i: u32| Position { row: i / columns + 1, column: i % columns + 1 };
        let positions = (0..items.len() as u32).map(position).collect();
        Self::new(query, items, positions)
    }

    /// The query; attractiveness is per query and item.
    pub fn query(&self) -> &str {
        &self.query
    }

    /// Item identifiers in reading order.
    pub fn items(&self) -> &[String] {
        &self.items
    }

    /// Position of each item.
    pub fn positions(&self) -> &[Position] {
        &self.positions
    }

    /// Number of items, at least 1.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.items.len()
    }
}

/// A list that was shown, with its clicks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Impression {
    list: List,
    clicked: Vec<bool>,
}

impl Impression {
    /// Creates an impression.
    ///
    /// # Errors
    /// If `clicked` has not one value per item.
    pub fn new(list: List, clicked: Vec<bool>) -> Result<Self, BehaviourError> {
        if clicked.len() != list.len() {
            let (items, found) = (list.len(), clicked.len());
            return Err(BehaviourError::Lengths { query: list.query, items, found, what: "clicks" });
        }
        Ok(Self { list, clicked })
    }

    /// The list.
    pub fn list(&self) -> &List {
        &self.list
    }

    /// Whether each item was clicked.
    pub fn clicked(&self) -> &[bool] {
        &self.clicked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(positions: &[(u32, u32)]) -> Result<List, BehaviourError> {
        let items = (0..3).map(|i| format!("item-{i}")).collect();
        let positions = positions.iter().map(|&(row, column)| Position { row, column }).collect();
        List::new("umbrella".into(), items, positions)
    }

    #[test]
    fn invalid_lists_are_rejected_with_the_reason() {
        let message = |positions: &[(u32, u32)]| list(positions).unwrap_err().to_string();
        assert!(message(&[]).contains("3 items and no positions"), "{}", message(&[]));
        assert!(message(&[(1, 1), (2, 1)]).contains("3 items and 2 positions"));
        assert!(message(&[(1, 1), (2, 1), (2, 1)]).contains("two items at row 2, column 1"));
        assert!(message(&[(0, 1), (1, 1), (2, 1)]).contains("positions count from 1"));
        assert!(message(&[(2, 1), (1, 1), (3, 1)]).contains("sort the items"));
        assert!(list(&[(1, 1), (1, 3), (4, 1)]).is_ok());
        assert!(List::ranked("umbrella".into(), vec![]).unwrap_err().to_string().contains("is empty"));
        let short = Impression::new(list(&[(1, 1), (2, 1), (3, 1)]).unwrap(), vec![true]).unwrap_err();
        assert!(short.to_string().contains("3 items and 1 clicks"), "{short}");
    }

    #[test]
    fn a_grid_is_filled_row_by_row() {
        let grid = List::grid("".into(), (0..5).map(|i| i.to_string()).collect(), 2).unwrap();
        let positions: Vec<_> = grid.positions().iter().map(|p| (p.row, p.column)).collect();
        assert_eq!(positions, [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1)]);
    }
}
