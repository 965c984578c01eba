//! The plans of the pair statistics, over all histories or those of some users.

use crate::format::Table;
use crate::sql::Sql;

/// Number of the last items of a history in the pair statistics.
const LONGEST_HISTORY: u32 = 50;

/// The input of the pair statistics: `user_hash, session, seq, item`.
pub(crate) const RECENT_ITEMS: &str = "recent_items";

/// The plan of [`RECENT_ITEMS`]. `steps`: SQL for `user_hash, session, seq, item, kind, held_out`.
pub(crate) fn recent_items(steps: &str) -> Sql {
    Sql::new(include_str!("sql/recent_items.sql")).raw("steps", steps).number("longest", LONGEST_HISTORY)
}

/// A table of pairs of items.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pairs {
    /// `to` within ten steps after `from`.
    Transitions,
    /// Two items in one history.
    Cooccurrence,
}

impl Pairs {
    /// The table in a dataset.
    pub(crate) fn table(self) -> Table {
        match self {
            Pairs::Transitions => Table::Transitions,
            Pairs::Cooccurrence => Table::Cooccurrence,
        }
    }

    /// The plan over [`RECENT_ITEMS`].
    pub(crate) fn plan(self) -> Sql {
        match self {
            Pairs::Transitions => Sql::new(include_str!("sql/output/transitions.sql")),
            Pairs::Cooccurrence => Sql::new(include_str!("sql/output/cooccurrence.sql")),
        }
    }
}
