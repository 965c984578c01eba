//! Fills the placeholders of an SQL file: `{query}` becomes a quoted column name, a text literal, a number or a piece of SQL.

/// An SQL text with some placeholders filled.
pub(crate) struct Sql(String);

impl Sql {
    pub(crate) fn new(template: &str) -> Self {
        Self(template.to_string())
    }

    /// A column of the shop's own naming.
    pub(crate) fn column(self, key: &str, name: &str) -> Self {
        self.raw(key, &quoted(name))
    }

    /// A column that the store may leave out: NULL then.
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

    /// A piece of SQL.
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

/// SQL that makes a title or description readable: entities of HTML decoded, white space collapsed, ends trimmed, never NULL.
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

/// SQL for a user's pseudonym: SHA-256 of the salt and the shop's identifier, in hexadecimal.
pub(crate) fn user_hash(salt: &str, expression: &str) -> String {
    format!("encode(sha256(concat({}, {expression})), 'hex')", literal(salt))
}

/// SQL that splits a cell of white-space separated identifiers into an array.
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
