//! Errors of reading frozen statistics.

/// A text table of a bundle whose length does not fit the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("statistics: table `{table}` has {found} values, expected {expected}: export the bundle again")]
pub struct MalformedTable {
    /// Name of the table.
    pub table: &'static str,
    /// Number of values it has.
    pub found: usize,
    /// Number of values it must have.
    pub expected: usize,
}

impl MalformedTable {
    /// Fails if `found` differs from `expected`.
    pub(crate) fn check(table: &'static str, found: usize, expected: usize) -> Result<(), Self> {
        if found == expected { Ok(()) } else { Err(Self { table, found, expected }) }
    }
}
