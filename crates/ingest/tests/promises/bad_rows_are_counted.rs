//! Every row is kept, or dropped and counted under a reason.

use windowshop_ingest::validate;

use crate::common::{fixture, ingested, reasons, titles};

#[test]
fn graded_rows_become_one_list_per_query_and_bad_rows_are_counted_by_reason() {
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
fn facts_that_cannot_be_read_are_left_empty_and_unknown_items_are_kept() {
    let (_out, dataset) = ingested("candidates");
    let prices: Vec<_> = dataset.items.iter().take(4).map(|item| item.price).collect();
    assert_eq!(prices, [Some(19.5), None, None, None]);
    assert_eq!(dataset.items[1].title, "\"Second\" game");
    let warnings: Vec<_> = dataset.report.warnings.iter().map(|w| (w.reason.as_str(), w.rows)).collect();
    assert_eq!(
        warnings,
        [
            ("price left empty, it is not a positive number", 4),
            ("item is not in the catalogue: kept without a title", 2)
        ]
    );
    assert_eq!(
        reasons(&dataset.report, "catalogue"),
        [("empty item id", 1), ("item id twice: the first row is kept", 1)]
    );
}

#[test]
fn bots_double_clicks_and_impossible_times_are_dropped_and_counted() {
    let (_out, dataset) = ingested("events");
    assert_eq!(
        reasons(&dataset.report, "events"),
        [
            ("bot: more than clean.bot_events_per_hour", 6),
            ("event id twice: the first is kept", 1),
            ("no user, no session and no known list", 1),
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
