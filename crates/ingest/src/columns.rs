//! Compares the columns that a store names with those of a file.

use std::path::Path;

use crate::error::{IngestError, shown};

/// A column that the store names, and its setting.
pub(crate) struct Column<'a> {
    pub(crate) setting: &'static str,
    pub(crate) name: &'a str,
}

/// Shorthand for [`Column`].
pub(crate) fn column<'a>(setting: &'static str, name: &'a str) -> Column<'a> {
    Column { setting, name }
}

pub(crate) fn require(path: &Path, found: &[String], wanted: &[Column<'_>]) -> Result<(), IngestError> {
    for column in wanted {
        if !found.iter().any(|name| name == column.name) {
            let list: Vec<String> = found.iter().map(|name| format!("`{name}`")).collect();
            return Err(IngestError::MissingColumn {
                path: shown(path),
                setting: column.setting.into(),
                wanted: column.name.into(),
                found: list.join(", "),
                closest: closest(found, column.name),
            });
        }
    }
    Ok(())
}

/// The most similar name, if at most half of its letters differ.
fn closest(found: &[String], wanted: &str) -> Option<String> {
    let distance = |name: &String| strsim::levenshtein(&name.to_lowercase(), &wanted.to_lowercase());
    let best = found.iter().min_by_key(|name| distance(name))?;
    (distance(best) * 2 <= wanted.chars().count().max(best.chars().count())).then(|| best.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_column_is_named_only_if_it_is_close() {
        let found = ["search_term".to_string(), "relevance".to_string()];
        assert_eq!(closest(&found, "serch_trem").as_deref(), Some("search_term"));
        assert_eq!(closest(&found, "Relevance").as_deref(), Some("relevance"));
        assert_eq!(closest(&found, "price"), None);
    }
}
