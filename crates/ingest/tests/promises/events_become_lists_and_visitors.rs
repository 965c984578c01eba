//! An event log becomes graded lists and the interactions of visitors.

use std::fs;

use windowshop_ingest::{Dataset, IngestOptions, Interaction, Visitor, ingest};
use windowshop_schema::StoreConfig;
use windowshop_schema::dims::COLOR_DESCRIPTOR_DIM;
use windowshop_schema::event::InteractionKind::{Cancel, Cart, Click, Purchase};

use crate::common::{ids, ingested};

#[test]
fn a_list_of_an_event_log_has_its_visitor_and_time() {
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
fn impressions_are_graded_by_the_strongest_interaction_and_a_cancellation_cancels_a_purchase() {
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
fn interactions_refer_to_the_list_that_they_answer() {
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
fn rows_marked_as_simulated_are_counted_and_mark_the_dataset() {
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
fn a_visitor_keeps_every_interaction_with_its_time_labels_included() {
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
