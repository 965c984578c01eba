//! The public data sets that the project is measured on. Without them, each test is skipped.

use std::path::{Path, PathBuf};
use std::time::Instant;

use windowshop_ingest::{Dataset, IngestOptions, ingest, ingest_raw};
use windowshop_schema::StoreConfig;
use windowshop_test_support::real_data;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn store(name: &str) -> StoreConfig {
    let path = root().join(format!("examples/stores/{name}.toml"));
    toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn ingested(name: &str, data: &Path) -> (tempfile::TempDir, Dataset) {
    let out = tempfile::tempdir().unwrap();
    let start = Instant::now();
    let report = ingest(&store(name), data, &out.path().join("dataset"), &IngestOptions::default()).unwrap();
    println!("{name}: ingested in {:?}\n{report}", start.elapsed());
    let start = Instant::now();
    let dataset = Dataset::open(&out.path().join("dataset")).unwrap();
    println!("{name}: opened in {:?}", start.elapsed());
    (out, dataset)
}

#[test]
fn every_row_of_search_relevance_is_kept_or_counted() {
    let Some(data) = real_data("search-relevance") else { return };
    let (_out, dataset) = ingested("search-relevance", &data);
    let table = &dataset.report.tables[0];
    assert_eq!((table.table.as_str(), table.rows_read), ("lists", 59_119));
    let kept: usize = dataset.lists.iter().map(|list| list.items.len()).sum();
    assert_eq!(kept as u64 + dataset.report.dropped_rows("lists"), 59_119);
    assert_eq!(dataset.lists.len(), 9_386);
    assert!(!dataset.shop_order);
    assert!(dataset.lists.iter().all(|list| list.query.is_some() && list.session.is_empty()));
    let (_again, again) = ingested("search-relevance", &data);
    assert_eq!(again.fingerprint, dataset.fingerprint, "the same rows give the same bytes");
}

#[test]
fn rerank_games_has_complete_lists_and_no_target_of_a_list_in_its_histories() {
    let Some(data) = real_data("rerank-games") else { return };
    let (_out, dataset) = ingested("rerank-games", &data);
    assert_eq!(dataset.lists.len(), 3_996);
    assert!(
        dataset.lists.iter().all(|list| list.items.len() == 100 && list.target.is_some() && !list.session.is_empty())
    );
    assert_eq!(dataset.items.len(), 16_859);
    assert_eq!(dataset.histories.len(), 48_542);
    assert_eq!(dataset.histories.iter().filter(|history| history.has_list).count(), 3_996);
    assert!(dataset.histories.iter().all(|history| history.has_list == history.target.is_none()));
    let hits = dataset.lists.iter().filter(|list| list.grades.contains(&1.0)).count();
    assert!((0.1..0.5).contains(&(hits as f64 / 3_996.0)), "{hits} targets among the candidates");
    assert!(dataset.lists[0].training_only.len() > 100);
    let first = &dataset.items[dataset.lists[0].items[0] as usize];
    assert_eq!(first.id, "4059");
    assert!(dataset.transitions().unwrap().len() > 100_000);
    assert!(dataset.cooccurrence().unwrap().len() > 100_000);
}

#[test]
fn sessions_of_diginetica_are_histories_and_its_test_file_has_the_next_items() {
    let Some(data) = real_data("sessions-diginetica") else { return };
    let (out, dataset) = ingested("diginetica", &data);
    let (held_out, learned): (Vec<_>, Vec<_>) = dataset.histories.iter().partition(|history| history.held_out);
    assert_eq!((learned.len(), held_out.len()), (186_670, 30_500));
    assert!(learned.iter().all(|history| history.target.is_none()));
    assert!(held_out.iter().all(|history| history.target.is_some()));
    let interactions: u32 = dataset.statistics.iter().map(|item| item.interactions).sum();
    assert_eq!(interactions as usize, learned.iter().map(|history| history.items.len()).sum::<usize>());
    let test = out.path().join("test");
    ingest_raw(&dataset.store, &data.join("test.tsv"), None, &test, &IngestOptions::default()).unwrap();
    let test = Dataset::open(&test).unwrap();
    assert_eq!(test.histories.len(), 30_500);
    assert!(test.histories.iter().all(|history| history.target.is_some() && !history.held_out));
}
