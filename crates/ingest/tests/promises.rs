//! What an ingest promises, on the small stores below `fixtures/ingest`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, FixedSizeListArray, RecordBatch, StringArray};
use datafusion::arrow::datatypes::Float32Type;
use datafusion::parquet::arrow::ArrowWriter;
use tempfile::TempDir;
use windowshop_ingest::{
    Dataset, IngestError, IngestOptions, Interaction, Key, Report, Visitor, ingest, ingest_raw, validate,
};
use windowshop_schema::dims::COLOR_DESCRIPTOR_DIM;
use windowshop_schema::event::InteractionKind::{Cancel, Cart, Click, Purchase};
use windowshop_schema::{SentimentLabel, StoreConfig, store::Lists};

fn fixture(name: &str) -> (StoreConfig, PathBuf) {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/ingest").join(name);
    (toml::from_str(&fs::read_to_string(dir.join("store.toml")).unwrap()).unwrap(), dir)
}

fn ingested(name: &str) -> (TempDir, Dataset) {
    let (store, dir) = fixture(name);
    let out = tempfile::tempdir().unwrap();
    ingest(&store, &dir, &out.path().join("dataset"), &IngestOptions::default()).unwrap();
    let dataset = Dataset::open(&out.path().join("dataset")).unwrap();
    (out, dataset)
}

fn titles(dataset: &Dataset, rows: &[u32]) -> Vec<String> {
    rows.iter().map(|row| dataset.items[*row as usize].title.clone()).collect()
}

fn ids(dataset: &Dataset, rows: &[u32]) -> Vec<String> {
    rows.iter().map(|row| dataset.items[*row as usize].id.clone()).collect()
}

/// (reason, rows) of one table, by reason.
fn reasons<'a>(report: &'a Report, table: &str) -> Vec<(&'a str, u64)> {
    report
        .dropped
        .iter()
        .filter(|finding| finding.table == table)
        .map(|finding| (finding.reason.as_str(), finding.rows))
        .collect()
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
            ("the text was read before", 1),
        ]
    );
}

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
    assert_eq!(
        reasons(&dataset.report, "reviews"),
        [("rating is not a number from 1 to 5", 1), ("the text was read before", 1)]
    );
    let odd: Vec<_> = dataset.report.warnings.iter().filter(|finding| finding.table == "reviews").collect();
    let counted: Vec<_> = odd.iter().map(|finding| (finding.reason.as_str(), finding.rows)).collect();
    assert_eq!(
        counted,
        [
            ("item is not known: the review is kept for its sentiment alone", 1),
            ("no item: the review is kept for its sentiment alone", 1),
        ]
    );
    assert_eq!((odd[0].samples[0].row, odd[0].samples[0].value.as_str()), (3, "4711 | Boring"));
}

#[test]
fn a_dataset_of_an_older_format_is_refused_with_both_versions_named() {
    let (dir, _) = with_reviews("11,5,Great fun\n");
    let path = dir.path().join("dataset/dataset.json");
    let older = fs::read_to_string(&path).unwrap().replace("\"format_version\": 7", "\"format_version\": 6");
    fs::write(&path, older).unwrap();
    let error = Dataset::open(&dir.path().join("dataset")).unwrap_err();
    assert!(matches!(error, IngestError::FormatVersion { found: 6, expected: 7, .. }), "{error}");
    assert!(error.to_string().contains("run `trainer ingest` again"), "{error}");
}

#[test]
fn a_list_of_an_event_log_says_who_saw_it_and_when() {
    let (_out, dataset) = ingested("events");
    let mut events = 0;
    for list in &dataset.lists {
        let time_ms = list.time_ms.unwrap() as f64;
        for event in &list.session {
            let visitor = dataset.visitors.iter().find(|visitor| Some(&visitor.user) == list.user.as_ref()).unwrap();
            let done_ms = time_ms - f64::from(event.age_s.unwrap()) * 1000.0;
            let same = |done: &Interaction| done.item == event.item && (done.time_ms as f64 - done_ms).abs() < 1.0;
            assert!(visitor.interactions.iter().any(same), "{list:?}");
            events += 1;
        }
    }
    assert!(events > 0);
    let (_out, graded) = ingested("graded");
    assert!(graded.lists.iter().all(|list| list.time_ms.is_none() && list.user.is_none()));
}

#[test]
fn graded_rows_become_one_list_a_query_and_bad_rows_are_counted_by_reason() {
    let (_out, dataset) = ingested("graded");
    assert_eq!(
        reasons(&dataset.report, "lists"),
        [
            ("empty grade", 1),
            ("empty query", 1),
            ("empty title", 1),
            ("grade is not a number", 2),
            ("grade outside 1 to 3", 1),
            ("more fields than columns", 1),
            ("query and title twice: the grades are averaged", 1),
        ]
    );
    let [bracket, chair] = &dataset.lists[..] else { panic!("{:?}", dataset.lists) };
    assert_eq!((bracket.key.as_str(), bracket.query.as_deref()), ("angle bracket", Some("angle bracket")));
    assert_eq!(titles(&dataset, &bracket.items), ["Angle bracket, 12 gauge", "Shelf & rail set"]);
    assert_eq!(bracket.grades, [2.5, 1.33]);
    assert_eq!(titles(&dataset, &chair.items), ["Red chair", "Shelf & rail set"]);
    assert_eq!(bracket.items[1], chair.items[1], "one item for one title");
    assert_eq!((dataset.shop_order, dataset.scale.min, dataset.scale.max), (false, 1.0, 3.0));
    let table = &dataset.report.tables[0];
    assert_eq!((table.rows_read, table.rows_kept), (12, 4));
}

#[test]
fn a_sample_of_a_dropped_row_names_its_row_and_value() {
    let (store, dir) = fixture("graded");
    let report = validate(&store, &dir).unwrap();
    let finding = report.dropped.iter().find(|finding| finding.reason == "grade is not a number").unwrap();
    let samples: Vec<_> = finding.samples.iter().map(|sample| (sample.row, sample.value.as_str())).collect();
    assert_eq!(samples, [(7, "chair | Blue chair | good"), (11, "chair | Blue chair | NaN")]);
}

#[test]
fn candidates_are_labelled_by_what_came_next() {
    let (_out, dataset) = ingested("candidates");
    assert_eq!(
        reasons(&dataset.report, "lists"),
        [
            ("empty user", 1),
            ("nothing came next in the histories", 1),
            ("user is not in the histories", 1),
            ("user twice: the first row is kept", 1),
        ]
    );
    let [anna, ben, emil] = &dataset.lists[..] else { panic!("{:?}", dataset.lists) };
    assert_eq!(ids(&dataset, &anna.items), ["12", "11", "99"]);
    assert_eq!(anna.grades, [1.0, 0.0, 0.0]);
    assert_eq!(anna.session.iter().map(|event| event.kind).collect::<Vec<_>>(), [Click, Click]);
    assert_eq!(ids(&dataset, &anna.session.iter().map(|event| event.item).collect::<Vec<_>>()), ["10", "11"]);
    assert_eq!(ids(&dataset, &anna.training_only), ["13"]);
    assert_eq!(ids(&dataset, &[ben.target.unwrap()]), ["77"], "a target need not be in the list");
    assert_eq!(ben.grades, [0.0, 0.0]);
    assert!(emil.session.is_empty(), "a visitor without a past keeps the list");
    assert!(dataset.shop_order);
    assert_eq!(dataset.report.dropped_rows("lists.items"), 1);
}

#[test]
fn facts_that_cannot_be_read_are_left_empty_and_unknown_items_are_kept() {
    let (_out, dataset) = ingested("candidates");
    let prices: Vec<_> = dataset.items.iter().take(4).map(|item| item.price).collect();
    assert_eq!(prices, [Some(19.5), None, None, None]);
    assert_eq!(dataset.items[1].title, "\"Second\" game");
    let warnings: Vec<_> = dataset.report.warnings.iter().map(|w| (w.reason.as_str(), w.rows)).collect();
    assert_eq!(
        warnings,
        [
            ("price left empty, it is no number above zero", 4),
            ("item is not in the catalogue: kept without a title", 2)
        ]
    );
    assert_eq!(
        reasons(&dataset.report, "catalogue"),
        [("empty item id", 1), ("item id twice: the first row is kept", 1)]
    );
}

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
fn an_embedding_that_is_none_is_left_empty_and_counted_by_reason() {
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
    assert_eq!(counted("image_embedding left empty, something in it is no finite number"), Some(("catalogue", 7)));
    assert_eq!(counted("image_embedding left empty, it has not 24 numbers"), Some(("catalogue", 3)));
}

#[test]
fn the_target_of_a_listed_user_is_in_no_history_and_no_statistic() {
    let (_out, dataset) = ingested("candidates");
    let target = dataset.items.iter().position(|item| item.id == "77").unwrap() as u32;
    assert!(dataset.histories.iter().all(|history| !history.items.contains(&target) && history.target != Some(target)));
    assert!(dataset.histories.iter().all(|history| !(history.has_list && history.target.is_some())));
    assert!(dataset.transitions().unwrap().iter().all(|pair| pair.from != target && pair.to != target));
    assert!(dataset.cooccurrence().unwrap().iter().all(|pair| pair.a != target && pair.b != target));
    assert_eq!(dataset.statistics[target as usize].interactions, 0);
    let cleo = dataset.histories.iter().find(|history| !history.has_list && history.target.is_some()).unwrap();
    assert_eq!(ids(&dataset, &[cleo.target.unwrap()]), ["13"], "a user without a list keeps what came next");
}

#[test]
fn pair_statistics_of_some_users_are_what_they_did_and_nothing_that_others_did() {
    let (_out, dataset) = ingested("candidates");
    let users: Vec<&str> = dataset.histories.iter().map(|history| history.user.as_str()).collect();
    assert!(users.len() > 1);
    assert_eq!(dataset.transitions_of(&users).unwrap(), dataset.transitions().unwrap());
    assert_eq!(dataset.cooccurrence_of(&users).unwrap(), dataset.cooccurrence().unwrap());
    let mut added: u32 = 0;
    for history in &dataset.histories {
        let of = dataset.transitions_of(&[&history.user]).unwrap();
        let known: Vec<u32> = history.items.iter().chain(&history.target).copied().collect();
        assert!(of.iter().all(|pair| known.contains(&pair.from) && known.contains(&pair.to)));
        added += of.iter().map(|pair| pair.count).sum::<u32>();
    }
    assert_eq!(added, dataset.transitions().unwrap().iter().map(|pair| pair.count).sum::<u32>());
    assert!(
        dataset.transitions_of(&[]).unwrap().is_empty() && dataset.cooccurrence_of(&["nobody"]).unwrap().is_empty()
    );
}

#[test]
fn sessions_without_users_become_histories_with_pair_statistics() {
    let (out, dataset) = ingested("sessions");
    assert_eq!(reasons(&dataset.report, "histories"), [("shorter than clean.min_history", 1)]);
    let mut histories: Vec<_> =
        dataset.histories.iter().map(|history| ids(&dataset, &history.items).join(" ")).collect();
    histories.sort();
    assert_eq!(histories, ["1 2", "2 3 2", "3 4 5"]);
    let row = |id: &str| dataset.items.iter().position(|item| item.id == id).unwrap() as u32;
    let transitions = dataset.transitions().unwrap();
    let weight =
        |from, to| transitions.iter().find(|t| (t.from, t.to) == (row(from), row(to))).map(|t| (t.weight, t.count));
    assert_eq!(weight("3", "4"), Some((1.0, 1)));
    assert_eq!(weight("3", "5"), Some((0.5, 1)));
    assert_eq!(weight("2", "2"), None, "an item does not lead to itself");
    assert_eq!(weight("4", "3"), None);
    let pairs = dataset.cooccurrence().unwrap();
    assert!(pairs.iter().all(|pair| pair.a < pair.b));
    assert_eq!(pairs.iter().map(|pair| pair.count).sum::<u32>(), 5);

    let (_, dir) = fixture("sessions");
    let test = out.path().join("test");
    ingest_raw(&dataset.store, &dir.join("test.tsv"), None, &test, &IngestOptions::default()).unwrap();
    let targets: Vec<_> = Dataset::open(&test).unwrap().histories.iter().filter_map(|history| history.target).collect();
    assert_eq!(targets.len(), 2, "a single file stands for the main file");
}

#[test]
fn bots_double_clicks_and_impossible_times_are_dropped_and_counted() {
    let (_out, dataset) = ingested("events");
    assert_eq!(
        reasons(&dataset.report, "events"),
        [
            ("bot: more than clean.bot_events_per_hour", 6),
            ("event id twice: the first is kept", 1),
            ("names neither a user, a session nor a known list", 1),
            ("not JSON", 1),
            ("not an event of a known shape", 1),
            ("same again within clean.double_click_s", 1),
            ("time before clean.earliest", 1),
            ("time cannot be read", 1),
            ("time in the future", 1),
            ("unknown item", 1),
        ]
    );
    assert_eq!(
        reasons(&dataset.report, "shown items"),
        [("item twice in a list: the better position is kept", 1), ("unknown item", 1)]
    );
    let events = dataset.report.tables.iter().find(|rows| rows.table == "events").unwrap();
    assert_eq!(events.rows_read, events.rows_kept + 15);
    assert!(dataset.simulated);
}

#[test]
fn impressions_are_graded_by_the_strongest_reaction_and_a_cancellation_takes_a_purchase_back() {
    let (_out, dataset) = ingested("events");
    let [anna, ben] = &dataset.lists[..] else { panic!("{:?}", dataset.lists) };
    assert_eq!((anna.key.as_str(), anna.query.as_deref()), ("red mug", Some("Red Mug")));
    assert_eq!(ids(&dataset, &anna.items), ["mug", "hat", "cup"]);
    assert_eq!(anna.grades, [3.0, 0.0, 0.0]);
    let session: Vec<_> = anna.session.iter().map(|event| (event.kind, event.age_s.unwrap())).collect();
    assert_eq!(session, [(Click, 3600.0), (Cart, 600.0)]);
    assert_eq!((ben.query.as_deref(), ben.key.len()), (None, 64));
    assert_eq!(ben.grades, [0.0, 2.0]);
    assert_eq!(dataset.scale.max, 3.0);
}

#[test]
fn a_query_of_too_few_visitors_is_nowhere_in_the_dataset_and_its_list_stays() {
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
        let told = fs::read_dir(out.path().join("dataset")).unwrap().any(|entry| has_it(entry.unwrap().path()));
        (report, dataset, told)
    };
    let (report, one, told) = kept(1);
    assert!(told && report.warnings.iter().all(|finding| finding.table != "lists"), "one visitor searched for it");
    assert_eq!(one.lists[0].query.as_deref(), Some("Rare Kumquat"));
    let (report, two, told) = kept(2);
    assert!(!told);
    assert_eq!((two.lists[0].query.as_deref(), two.lists[0].key.len()), (None, 64), "the visitor is the key");
    assert_eq!((&two.lists[0].items, &two.lists[0].grades), (&one.lists[0].items, &one.lists[0].grades));
    let warned: Vec<_> = report.warnings.iter().filter(|finding| finding.table == "lists").collect();
    assert!(warned.len() == 1 && warned[0].rows == 1 && warned[0].samples[0].value.is_empty(), "{warned:?}");
}

#[test]
fn labels_of_lists_are_in_no_history_and_a_long_pause_starts_a_new_session() {
    let (_out, dataset) = ingested("events");
    let anna: Vec<_> = dataset.histories.iter().filter(|history| history.has_list).collect();
    let items: Vec<_> = anna.iter().map(|history| ids(&dataset, &history.items).join(" ")).collect();
    assert_eq!(items, ["hat", "cup", "cup"], "before, after a pause, and the cancellation an hour later");
    let hat = dataset.items.iter().position(|item| item.id == "hat").unwrap();
    assert_eq!(dataset.statistics[hat].interactions, 2, "the cart of the second list is a label");
}

#[test]
fn it_is_known_who_saw_a_list_when_and_what_answers_it() {
    let (_out, dataset) = ingested("events");
    let [anna, ben] = &dataset.lists[..] else { panic!("{:?}", dataset.lists) };
    assert_eq!(anna.time_ms, Some(1_714_557_600_000), "ten o'clock");
    assert!(anna.user != ben.user && anna.user.is_some());
    let of_anna = dataset.visitors.iter().find(|visitor| Some(&visitor.user) == anna.user.as_ref()).unwrap();
    let answered: Vec<_> = of_anna.interactions.iter().map(|done| (done.kind, done.list)).collect();
    let cup = (Purchase, Some(0));
    assert_eq!(answered[2..5], [(Click, Some(0)), (Purchase, Some(0)), cup]);
    assert_eq!((answered[0].1, answered[5]), (None, (Cancel, None)));
}

#[test]
fn rows_that_are_marked_as_simulated_are_counted_and_mark_the_dataset_whatever_the_store_says() {
    let dir = tempfile::tempdir().unwrap();
    let mark = r#"[{"name":"simulated","value":true}]"#;
    let row = |id: &str, fields: &str| {
        format!(
            r#"{{"event":"interaction","id":"{id}","timestamp":"1714554000","type":"click","item":"hat","user":"{id}","fields":{fields}}}"#
        )
    };
    let store: StoreConfig = toml::from_str("name = \"log\"\n[events]\nfile = \"log.jsonl\"\n").unwrap();
    let simulated = |rows: &[String]| {
        fs::write(dir.path().join("log.jsonl"), rows.join("\n")).unwrap();
        let out = dir.path().join("dataset");
        ingest(&store, dir.path(), &out, &IngestOptions::default()).unwrap();
        let dataset = Dataset::open(&out).unwrap();
        (dataset.simulated, dataset.report.counts["simulated events"])
    };
    assert_eq!(simulated(&[row("a", mark), row("b", "[]"), row("c", mark)]), (true, 2));
    assert_eq!(simulated(&[row("a", "[]")]), (false, 0));
}

#[test]
fn a_visitor_keeps_everything_that_was_done_with_its_time_labels_too() {
    let (_out, dataset) = ingested("events");
    assert_eq!(dataset.report.counts["interactions"], 8);
    let shown = |visitor: &Visitor| {
        let done = visitor.interactions.iter();
        let minutes = |time_ms: i64| (time_ms - 1_714_554_000_000) / 60_000; // since nine o'clock
        done.map(|d| (d.kind, dataset.items[d.item as usize].id.as_str(), minutes(d.time_ms))).collect::<Vec<_>>()
    };
    let mut found: Vec<_> = dataset.visitors.iter().map(shown).collect();
    found.sort_by_key(|done| std::cmp::Reverse(done.len()));
    let anna = [
        (Click, "hat", 0),
        (Cart, "cup", 50),
        (Click, "mug", 61),
        (Purchase, "mug", 62),
        (Purchase, "cup", 63),
        (Cancel, "cup", 123),
    ];
    assert_eq!(found[0], anna);
    assert!(found[1..].contains(&vec![(Cart, "hat", 181)]) && found[1..].contains(&vec![(Click, "hat", 180)]));
    assert_eq!(found.len(), 3, "no bot among them");
    assert!(dataset.visitors.iter().all(|visitor| visitor.user.len() == 64), "pseudonyms");
}

#[test]
fn the_latest_facts_of_an_item_win_and_older_ones_stay() {
    let (_out, dataset) = ingested("events");
    let mug = &dataset.items[0];
    assert_eq!((mug.title.as_str(), mug.text.as_str(), mug.price), ("Red mug", "ceramic large", Some(8.0)));
    assert_eq!(mug.category.as_deref(), Some("kitchen"));
    assert_eq!(
        (&mug.image_embedding, &dataset.items[1].image_embedding),
        (&None, &Some(vec![0.25; COLOR_DESCRIPTOR_DIM]))
    );
    assert_eq!((dataset.items[2].rating, dataset.items[2].rating_count), (Some(4.5), Some(12)));
}

#[test]
fn statistics_over_some_lists_know_nothing_of_the_others() {
    let (_out, dataset) = ingested("events");
    let hat = dataset.items.iter().position(|item| item.id == "hat").unwrap();
    let first = dataset.list_statistics(&[0]).unwrap()[hat];
    assert_eq!((first.impressions, first.clicks), (1, 0));
    let all = dataset.list_statistics(&[0, 1]).unwrap()[hat];
    assert_eq!((all.impressions, all.clicks, all.carts, all.purchases), (2, 1, 1, 0));
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
fn the_same_salt_gives_the_same_dataset_and_no_salt_a_new_one() {
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
fn a_file_that_cannot_be_read_says_why() {
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
fn a_failed_ingest_leaves_the_older_dataset_and_a_later_one_replaces_it() {
    let (store, dir) = fixture("graded");
    let out = tempfile::tempdir().unwrap();
    let dataset = out.path().join("dataset");
    ingest(&store, &dir, &dataset, &IngestOptions::default()).unwrap();
    let before = Dataset::open(&dataset).unwrap().fingerprint;
    ingest(&store, &out.path().join("nowhere"), &dataset, &IngestOptions::default()).unwrap_err();
    assert_eq!(Dataset::open(&dataset).unwrap().fingerprint, before);

    let (other, other_dir) = fixture("candidates");
    ingest(&other, &other_dir, &dataset, &IngestOptions::default()).unwrap();
    assert_eq!(Dataset::open(&dataset).unwrap().name, "candidates");
    let left: Vec<_> = fs::read_dir(out.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["dataset"], "nothing temporary is left");
}

#[test]
fn a_folder_that_is_no_dataset_is_never_replaced() {
    let (store, dir) = fixture("graded");
    let out = tempfile::tempdir().unwrap();
    fs::write(out.path().join("thesis.txt"), "years of work").unwrap();
    let error = ingest(&store, &dir, out.path(), &IngestOptions::default()).unwrap_err();
    assert!(matches!(error, IngestError::OutputTaken { .. }));
    assert!(out.path().join("thesis.txt").exists());
    assert!(matches!(Dataset::open(out.path()), Err(IngestError::NotADataset { .. })));
}

#[test]
fn an_encrypted_dataset_reads_as_the_plain_one_with_its_key_and_tells_nothing_without() {
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
