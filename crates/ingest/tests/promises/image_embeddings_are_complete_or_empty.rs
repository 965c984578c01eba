//! An image embedding has every number or is left empty.

use std::fmt::Write as _;
use std::fs;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, FixedSizeListArray, RecordBatch, StringArray};
use datafusion::arrow::datatypes::Float32Type;
use datafusion::parquet::arrow::ArrowWriter;
use windowshop_ingest::{Dataset, IngestOptions, ingest};
use windowshop_schema::dims::COLOR_DESCRIPTOR_DIM;

use crate::common::fixture;

/// The candidates fixture with a product table of ids, titles and embeddings.
fn with_embeddings(file: &str, bytes: &[u8]) -> Dataset {
    let (mut store, from) = fixture("candidates");
    let dir = tempfile::tempdir().unwrap();
    for name in ["shop.tsv", "other.tsv", "test.inter.tsv"] {
        fs::copy(from.join(name), dir.path().join(name)).unwrap();
    }
    fs::write(dir.path().join(file), bytes).unwrap();
    let catalogue = store.catalogue.as_mut().unwrap();
    (catalogue.file, catalogue.id, catalogue.title) = (file.into(), "id".into(), "title".into());
    (catalogue.price, catalogue.image_embedding) = (None, Some("image_embedding".into()));
    let out = dir.path().join("dataset");
    ingest(&store, dir.path(), &out, &IngestOptions::default()).unwrap();
    Dataset::open(&out).unwrap()
}

fn embedding_of(seed: u32) -> Vec<f32> {
    (0..COLOR_DESCRIPTOR_DIM as u32).map(|i| (seed + i) as f32 / 64.0).collect()
}

fn joined(embedding: &[f32], separator: &str) -> String {
    embedding.iter().map(f32::to_string).collect::<Vec<_>>().join(separator)
}

#[test]
fn an_image_embedding_reads_the_same_from_every_kind_of_table() {
    let (first, second) = (embedding_of(0), embedding_of(7));
    let expected = [Some(first.clone()), Some(second.clone()), None];
    let csv = format!(
        "id,title,image_embedding\n10,One,\"[{}]\"\n11,Two,{}\n12,Three,\n",
        joined(&first, ", "),
        joined(&second, " ")
    );
    let jsonl = format!(
        "{{\"id\":\"10\",\"title\":\"One\",\"image_embedding\":[{}]}}\n{{\"id\":\"11\",\"title\":\"Two\",\"image_embedding\":[{}]}}\n{{\"id\":\"12\",\"title\":\"Three\"}}\n",
        joined(&first, ","),
        joined(&second, ",")
    );
    let rows = expected
        .clone()
        .map(|embedding| embedding.map(|embedding| embedding.into_iter().map(Some).collect::<Vec<_>>()));
    let columns: [(&str, ArrayRef); 3] = [
        ("id", Arc::new(StringArray::from(vec!["10", "11", "12"]))),
        ("title", Arc::new(StringArray::from(vec!["One", "Two", "Three"]))),
        (
            "image_embedding",
            Arc::new(FixedSizeListArray::from_iter_primitive::<Float32Type, _, _>(rows, COLOR_DESCRIPTOR_DIM as i32)),
        ),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    let parquet = writer.into_inner().unwrap();
    for (file, bytes) in [("items.csv", csv.as_bytes()), ("items.jsonl", jsonl.as_bytes()), ("items.parquet", &parquet)]
    {
        let dataset = with_embeddings(file, bytes);
        let embeddings: Vec<_> = dataset.items.iter().take(3).map(|item| item.image_embedding.clone()).collect();
        assert_eq!(embeddings, expected, "{file}");
        assert!(!dataset.report.warnings.iter().any(|finding| finding.reason.contains("image_embedding")), "{file}");
    }
}

#[test]
fn an_invalid_embedding_is_left_empty_and_counted_by_reason() {
    let mut csv = String::from("id,title,image_embedding\n");
    let cell = |number: &str| format!("{} {number}", joined(&embedding_of(0)[1..], " "));
    for (id, embedding) in
        ["0.5", "1e-3", "NaN", "-inf", "1e999", "1e30", "blue", "null", "1.2.3", "- 1", ""].iter().enumerate()
    {
        writeln!(csv, "{id},Thing {id},{}", cell(embedding)).unwrap();
    }
    writeln!(csv, "20,Thing,1").unwrap();
    let dataset = with_embeddings("items.csv", csv.as_bytes());
    let known = dataset.items.iter().filter(|item| item.image_embedding.is_some()).map(|item| item.id.as_str());
    assert_eq!(known.collect::<Vec<_>>(), ["0", "1"]);
    let counted = |reason: &str| {
        let finding = dataset.report.warnings.iter().find(|finding| finding.reason == reason);
        finding.map(|finding| (finding.table.as_str(), finding.rows))
    };
    assert_eq!(counted("image_embedding left empty, an element is not a finite number"), Some(("catalogue", 7)));
    assert_eq!(counted("image_embedding left empty, it does not have 24 numbers"), Some(("catalogue", 3)));
}
