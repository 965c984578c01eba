//! Reviews keep their text and sentiment and belong to their item.

use std::fs;

use tempfile::TempDir;
use windowshop_ingest::{Dataset, IngestOptions, ingest};
use windowshop_schema::SentimentLabel;

use crate::common::{fixture, ingested, reasons};

/// The candidates fixture, whose items are 10, 11 and 12 to 13, with reviews.
fn with_reviews(rows: &str) -> (TempDir, Dataset) {
    let (mut store, from) = fixture("candidates");
    let dir = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(&from).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, dir.path().join(path.file_name().unwrap())).unwrap();
    }
    fs::write(dir.path().join("reviews.csv"), format!("game,stars,text\n{rows}")).unwrap();
    let described = "file = \"reviews.csv\"\ntext = [\"text\"]\nrating = \"stars\"\nitem = \"game\"";
    store.reviews = Some(toml::from_str(described).unwrap());
    let out = dir.path().join("dataset");
    ingest(&store, dir.path(), &out, &IngestOptions::default()).unwrap();
    let dataset = Dataset::open(&out).unwrap();
    (dir, dataset)
}

#[test]
fn reviews_keep_their_text_and_sentiment_and_bad_ones_are_counted_by_reason() {
    let (_out, dataset) = ingested("reviews");
    let kept: Vec<_> = dataset.reviews.iter().map(|r| (r.text.as_str(), r.sentiment, r.category.as_deref())).collect();
    assert_eq!(
        kept,
        [
            ("Lovely\nIt holds tea & coffee", SentimentLabel::Positive, Some("mug")),
            ("Came broken, and late", SentimentLabel::Negative, Some("mug")),
            ("So so", SentimentLabel::Neutral, None),
            ("太差\n坏了", SentimentLabel::Negative, Some("hat")),
        ]
    );
    assert_eq!(
        reasons(&dataset.report, "reviews"),
        [
            ("empty text", 1),
            ("label is not negative, neutral, positive, 0 or 1", 1),
            ("more fields than columns", 1),
            ("no sentiment", 1),
            ("repeated text", 1),
        ]
    );
}

#[test]
fn reviews_belong_to_items_and_a_repeated_text_counts_for_its_item_alone() {
    let rows = "11,5,Great fun\n12,5,great fun\n4711,1,Boring\n,2,Too hard\n,2,too hard\n10,4.5,Lovely\n10,9,Odd\n";
    let (_dir, dataset) = with_reviews(rows);
    let of_items: Vec<_> = dataset
        .item_reviews
        .iter()
        .map(|review| (dataset.items[review.item as usize].id.as_str(), review.stars, review.text.as_str()))
        .collect();
    assert_eq!(of_items, [("11", Some(5.0), "Great fun"), ("12", Some(5.0), "great fun"), ("10", Some(4.5), "Lovely")]);
    let texts: Vec<_> = dataset.reviews.iter().map(|review| review.text.as_str()).collect();
    assert_eq!(texts, ["Great fun", "Boring", "Too hard", "Lovely"], "each once, to learn from");
    assert_eq!(reasons(&dataset.report, "reviews"), [("rating is not a number from 1 to 5", 1), ("repeated text", 1)]);
    let warnings: Vec<_> = dataset.report.warnings.iter().filter(|finding| finding.table == "reviews").collect();
    let counted: Vec<_> = warnings.iter().map(|finding| (finding.reason.as_str(), finding.rows)).collect();
    assert_eq!(
        counted,
        [
            ("no item: the review is kept for its sentiment only", 1),
            ("unknown item: the review is kept for its sentiment only", 1),
        ]
    );
    assert_eq!((warnings[1].samples[0].row, warnings[1].samples[0].value.as_str()), (3, "4711 | Boring"));
}
