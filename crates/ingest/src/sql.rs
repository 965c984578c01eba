//! SQL templates: a placeholder such as `{query}` becomes a quoted column name, a number or a piece of SQL.

/// An SQL text, some of its placeholders filled.
pub(crate) struct Sql(String);

impl Sql {
    pub(crate) fn new(template: &str) -> Self {
        Self(template.to_string())
    }

    /// Fills in the quoted name of a column.
    pub(crate) fn column(self, key: &str, name: &str) -> Self {
        self.raw(key, &quoted(name))
    }

    /// Fills in the quoted name of a column, or NULL if there is none.
    pub(crate) fn optional_column(self, key: &str, name: Option<&str>) -> Self {
        match name {
            Some(name) => self.column(key, name),
            None => self.raw(key, "CAST(NULL AS VARCHAR)"),
        }
    }

    pub(crate) fn number(self, key: &str, value: impl Into<f64>) -> Self {
        let value: f64 = value.into();
        self.raw(key, &format!("{value}"))
    }

    /// Fills in a piece of SQL.
    pub(crate) fn raw(self, key: &str, value: &str) -> Self {
        let placeholder = format!("{{{key}}}");
        debug_assert!(self.0.contains(&placeholder), "no placeholder {placeholder} in: {}", self.0);
        Self(self.0.replace(&placeholder, value))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

pub(crate) fn literal(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// SQL that cleans a title or description: decodes HTML entities, collapses white space, trims, and turns NULL into an empty text.
pub(crate) fn clean_text(expression: &str) -> String {
    const ENTITIES: [(&str, &str); 12] = [
        ("&quot;", "\""),
        ("&#39;", "''"),
        ("&#x27;", "''"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&nbsp;", " "),
        ("&reg;", "®"),
        ("&trade;", "™"),
        ("&ndash;", "–"),
        ("&eacute;", "é"),
        ("&rsquo;", "’"),
        ("&amp;", "&"),
    ];
    let decoded = ENTITIES.iter().fold(format!("coalesce({expression}, '')"), |sql, (entity, character)| {
        format!("replace({sql}, '{entity}', '{character}')")
    });
    format!("trim(regexp_replace({decoded}, '\\s+', ' ', 'g'))")
}

/// SQL for the pseudonym of a user: SHA-256 of salt and identifier, in hexadecimal.
pub(crate) fn user_hash(salt: &str, expression: &str) -> String {
    format!("encode(sha256(concat({}, {expression})), 'hex')", literal(salt))
}

/// SQL that splits white-space separated identifiers into an array.
pub(crate) fn split_ids(expression: &str) -> String {
    format!("string_to_array(regexp_replace(trim(coalesce({expression}, '')), '\\s+', ' ', 'g'), ' ')")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_cannot_escape_their_quotes() {
        let sql = Sql::new("SELECT {a} WHERE b = {b}").column("a", "x\"y").raw("b", &literal("it's"));
        assert_eq!(sql.as_str(), "SELECT \"x\"\"y\" WHERE b = 'it''s'");
    }
}
