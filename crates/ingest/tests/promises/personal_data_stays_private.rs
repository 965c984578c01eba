//! A dataset has no raw identifier and no rare query; encrypted, it has nothing readable.

use std::fs;
use std::path::{Path, PathBuf};

use windowshop_ingest::{Dataset, IngestError, IngestOptions, Key, ingest};

use crate::common::{fixture, ingested};

#[test]
fn a_query_of_fewer_than_k_visitors_is_nowhere_in_the_dataset_and_its_list_stays() {
    let (mut store, dir) = fixture("events");
    let raw = tempfile::tempdir().unwrap();
    let log = fs::read_to_string(dir.join("events.jsonl")).unwrap().replace("Red Mug", "Rare Kumquat");
    fs::write(raw.path().join("events.jsonl"), log).unwrap();
    let mut kept = |min_visitors| {
        store.privacy.min_query_visitors = min_visitors;
        let out = tempfile::tempdir().unwrap();
        let report = ingest(&store, raw.path(), &out.path().join("dataset"), &IngestOptions::default()).unwrap();
        let dataset = Dataset::open(&out.path().join("dataset")).unwrap();
        let has_it = |path: PathBuf| fs::read(path).unwrap().to_ascii_lowercase().windows(7).any(|w| w == b"kumquat");
        let disclosed = fs::read_dir(out.path().join("dataset")).unwrap().any(|entry| has_it(entry.unwrap().path()));
        (report, dataset, disclosed)
    };
    let (report, one, disclosed) = kept(1);
    assert!(disclosed && report.warnings.iter().all(|finding| finding.table != "lists"), "one visitor searched for it");
    assert_eq!(one.lists[0].query.as_deref(), Some("Rare Kumquat"));
    let (report, two, disclosed) = kept(2);
    assert!(!disclosed);
    assert_eq!((two.lists[0].query.as_deref(), two.lists[0].key.len()), (None, 64), "the visitor is the key");
    assert_eq!((&two.lists[0].items, &two.lists[0].grades), (&one.lists[0].items, &one.lists[0].grades));
    let warned: Vec<_> = report.warnings.iter().filter(|finding| finding.table == "lists").collect();
    assert!(warned.len() == 1 && warned[0].rows == 1 && warned[0].samples[0].value.is_empty(), "{warned:?}");
}

#[test]
fn no_file_of_a_dataset_has_a_raw_user_identifier_or_the_salt() {
    for name in ["candidates", "events"] {
        let (out, _) = ingested(name);
        for entry in fs::read_dir(out.path().join("dataset")).unwrap() {
            let path = entry.unwrap().path();
            let bytes = fs::read(&path).unwrap();
            for secret in ["user-", "session-ben", "fixture", "4711"] {
                let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!found, "{} has `{secret}`", path.display());
            }
        }
    }
}

#[test]
fn the_same_salt_gives_the_same_dataset_and_no_salt_a_random_one() {
    let (_a, first) = ingested("candidates");
    let (_b, second) = ingested("candidates");
    assert_eq!(first.fingerprint, second.fingerprint);
    assert_eq!(first.lists, second.lists);
    let (mut store, dir) = fixture("candidates");
    store.privacy.user_salt.clear();
    let keys = || {
        let out = tempfile::tempdir().unwrap();
        ingest(&store, &dir, &out.path().join("dataset"), &IngestOptions::default()).unwrap();
        Dataset::open(&out.path().join("dataset")).unwrap().lists[0].key.clone()
    };
    assert_ne!(keys(), keys());
}

#[test]
fn an_encrypted_dataset_equals_the_plain_one_with_its_key_and_is_unreadable_without() {
    let (mut store, dir) = fixture("graded");
    store.privacy.user_salt = "same".into();
    let out = tempfile::tempdir().unwrap();
    let [plain, sealed] = ["plain", "sealed"].map(|name| out.path().join(name));
    let key = |digit: &str| {
        let path = out.path().join(digit);
        fs::write(&path, digit.repeat(64)).unwrap();
        Key::read(&path).unwrap()
    };
    let (own, other) = (key("a"), key("b"));
    ingest(&store, &dir, &plain, &IngestOptions::default()).unwrap();
    ingest(&store, &dir, &sealed, &IngestOptions { key: Some(own.clone()), ..IngestOptions::default() }).unwrap();

    let (open, shut) = (Dataset::open(&plain).unwrap(), Dataset::open_with(&sealed, Some(&own)).unwrap());
    assert_eq!((&open.items, &open.lists), (&shut.items, &shut.lists));
    assert_eq!(open.transitions().unwrap(), shut.transitions().unwrap());
    assert!(Dataset::open_with(&plain, Some(&own)).is_ok(), "a key does no harm to what has none");
    for (wrong, found) in [(None, "no key"), (Some(&other), "another key")] {
        let error = Dataset::open_with(&sealed, wrong).unwrap_err();
        assert!(matches!(error, IngestError::Encrypted { .. }) && error.to_string().contains(found), "{error}");
    }

    let says = |folder: &Path, word: &str| {
        let holds = |bytes: Vec<u8>| bytes.windows(word.len()).any(|window| window == word.as_bytes());
        fs::read_dir(folder).unwrap().any(|file| holds(fs::read(file.unwrap().path()).unwrap()))
    };
    let title = &open.items[0].title;
    assert!(says(&plain, title) && !says(&sealed, title), "{title}");
    assert!(!shut.report.dropped.iter().any(|finding| !finding.samples.is_empty()));

    // A table that stands for another is no table.
    fs::copy(sealed.join("lists.parquet"), sealed.join("items.parquet")).unwrap();
    assert!(Dataset::open_with(&sealed, Some(&own)).is_err());
}
