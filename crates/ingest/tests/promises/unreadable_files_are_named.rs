//! The error of an unreadable file names the file, the fault and the next step.

use std::fs;

use windowshop_ingest::{Dataset, IngestError, IngestOptions, ingest, validate};
use windowshop_schema::store::Lists;

use crate::common::fixture;

#[test]
fn a_missing_column_is_named_with_what_was_found_and_the_closest() {
    let (mut store, dir) = fixture("graded");
    if let Some(Lists::Graded { query, .. }) = &mut store.lists {
        *query = "search_trem".into();
    }
    let error = validate(&store, &dir).unwrap_err().to_string();
    assert!(
        error.ends_with(
            "relevance.csv has no column `search_trem`: found `id`, `product_title`, `search_term`, `relevance`; \
             the closest is `search_term`; correct lists.query in store.toml"
        ),
        "{error}"
    );
}

#[test]
fn the_error_of_an_unreadable_file_names_the_fault() {
    let (mut store, _) = fixture("graded");
    let dir = tempfile::tempdir().unwrap();
    let mut fails = |name: &str, bytes: &[u8]| {
        fs::write(dir.path().join(name), bytes).unwrap();
        if let Some(Lists::Graded { file, .. }) = &mut store.lists {
            *file = name.into();
        }
        validate(&store, dir.path()).unwrap_err()
    };
    assert!(matches!(fails("empty.csv", b""), IngestError::EmptyFile { .. }));
    assert!(matches!(fails("header.csv", b"search_term,product_title,relevance\n"), IngestError::EmptyFile { .. }));
    let error = fails("latin.csv", b"search_term,product_title,relevance\nca\xf1on,b,1\n").to_string();
    assert!(error.contains("byte 0xf1 in line 2"), "{error}");
    let error = fails("wide.csv", b"\xff\xfea\0,\0").to_string();
    assert!(error.contains("UTF-16"), "{error}");
    assert!(matches!(fails("packed.csv.zip", b"x"), IngestError::Compressed { .. }));
    assert!(matches!(fails("table.xlsx", b"x"), IngestError::UnknownFormat { .. }));
    let error = fails("bad.csv", b"search_term,product_title,relevance\na,b,x\n").to_string();
    assert!(error.contains("1 rows: grade is not a number"), "{error}");
    fs::remove_file(dir.path().join("bad.csv")).unwrap();
    assert!(matches!(validate(&store, dir.path()), Err(IngestError::MissingFile { .. })));
}

#[test]
fn the_same_table_reads_the_same_from_jsonl() {
    let (mut store, _) = fixture("graded");
    let dir = tempfile::tempdir().unwrap();
    let rows = "{\"search_term\":\"chair\",\"product_title\":\"Red chair\",\"relevance\":2.5}\n{\"search_term\":\"chair\",\"product_title\":\"Mug\",\"relevance\":1}\n";
    fs::write(dir.path().join("rows.jsonl"), rows).unwrap();
    if let Some(Lists::Graded { file, .. }) = &mut store.lists {
        *file = "rows.jsonl".into();
    }
    let out = dir.path().join("dataset");
    ingest(&store, dir.path(), &out, &IngestOptions::default()).unwrap();
    assert_eq!(Dataset::open(&out).unwrap().lists[0].grades, [2.5, 1.0]);
}

#[test]
fn a_quote_in_a_tsv_is_a_character_and_ends_no_header() {
    let (mut store, _) = fixture("graded");
    let dir = tempfile::tempdir().unwrap();
    let rows =
        "search_term\tproduct_title\trelevance\tscreen, 24\"\nscreen\t24\" screen\t2.5\t1\nchair\t\"Red\" chair\t1\t\n";
    fs::write(dir.path().join("rows.tsv"), rows).unwrap();
    if let Some(Lists::Graded { file, .. }) = &mut store.lists {
        *file = "rows.tsv".into();
    }
    let out = dir.path().join("dataset");
    ingest(&store, dir.path(), &out, &IngestOptions::default()).unwrap();
    let titles: Vec<_> = Dataset::open(&out).unwrap().items.into_iter().map(|item| item.title).collect();
    assert_eq!(titles, ["24\" screen", "\"Red\" chair"]);
}
