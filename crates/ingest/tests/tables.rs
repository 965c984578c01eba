//! The promises of an ingest of labelled rows.

use std::{fs, io::Write, path::Path};

use flate2::{Compression, write::GzEncoder};
use windowshop_ingest::{Dataset, IngestError, IngestOptions, Report, Table, ingest, validate};
use windowshop_schema::{StoreConfig, table::Cells};

const TABLE: &str = r#"
name = "visits"
[table]
file = "visits.csv"
label = "bought"
"#;

const ORDERS: &str = r#"
name = "orders"
[transactions]
file = "orders.csv"
order = "order"
customer = "customer"
item = "item"
time = "time"
quantity = "quantity"
price = "price"
cancel_prefix = "C"
window_days = 10
cuts = 3
"#;

fn store(text: &str) -> StoreConfig {
    toml::from_str(text).unwrap()
}

fn dataset(dir: &Path, store: &StoreConfig) -> Dataset {
    let out = dir.join("dataset");
    ingest(store, dir, &out, &IngestOptions::default()).unwrap();
    Dataset::open(&out).unwrap()
}

fn ingested(store_text: &str, file: &str, text: &str) -> Dataset {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(file), text).unwrap();
    dataset(dir.path(), &store(store_text))
}

fn cells<'a>(table: &'a Table, name: &str) -> &'a Cells {
    &table.columns.iter().find(|column| column.name == name).unwrap().cells
}

fn warned(report: &Report) -> Vec<(&str, u64)> {
    report.warnings.iter().map(|finding| (finding.reason.as_str(), finding.rows)).collect()
}

/// Thirty visits with a fraction, a count, a code and a word.
fn visits() -> String {
    let row = |i: usize| {
        let word = ["new", "back"][i % 2];
        format!("{}.5,{i},{},{word},{}\n", i % 4, i % 3, ["TRUE", "False"][i % 2])
    };
    "pace,seconds,code,visitor,bought\n".to_owned() + &(0..30).map(row).collect::<String>()
}

#[test]
fn fractions_and_counts_are_numeric_and_codes_and_words_categorical() {
    let found = ingested(TABLE, "visits.csv", &visits());
    let kinds: Vec<_> = found.table.columns.iter().map(|c| (c.name.as_str(), c.cells.is_numeric())).collect();
    assert_eq!(kinds, [("pace", true), ("seconds", true), ("code", false), ("visitor", false)]);
    assert_eq!(found.table.rows[1].label, "false");
    assert_eq!(found.table.rows.len(), 30);
    let store = found.store.table.unwrap();
    assert_eq!(
        (store.numeric, store.categorical),
        (vec!["pace".into(), "seconds".into()], vec!["code".into(), "visitor".into()])
    );
}

#[test]
fn missing_cells_bad_numbers_and_constant_columns_are_kept_and_counted() {
    let text = "hour,browser,shop,bought\n1.5,fox,a,1\n,owl,a,0\nmany,,a,0.0\n4,NA,a,1.0\n";
    let found = ingested(&(TABLE.to_owned() + "numeric = [\"hour\"]\n"), "visits.csv", text);
    assert_eq!(
        warned(&found.report),
        [
            ("`hour` is missing", 1),
            ("`hour` is not a number: treated as missing", 1),
            ("`browser` is missing", 2),
            ("`shop` is constant", 4)
        ]
    );
    let Cells::Numbers(hours) = cells(&found.table, "hour") else { panic!("{:?}", found.table.columns) };
    assert!(hours[0] == 1.5 && hours[1].is_nan() && hours[2].is_nan() && hours[3] == 4.0);
    assert_eq!(cells(&found.table, "browser"), &Cells::Names(vec![Some("fox".into()), Some("owl".into()), None, None]));
    let labels: Vec<_> = found.table.rows.iter().map(|row| row.label.as_str()).collect();
    assert_eq!(labels, ["1", "0", "0", "1"]);
}

#[test]
fn rows_without_a_usable_label_are_dropped_and_counted() {
    let text = "hour,bought\n1,yes\n2,\n3,perhaps\n4,no\n5,yes,6\n";
    let found = ingested(&(TABLE.to_owned() + "classes = [\"no\", \"yes\"]\n"), "visits.csv", text);
    let reasons: Vec<_> = found.report.dropped.iter().map(|f| (f.reason.as_str(), f.rows)).collect();
    assert_eq!(reasons, [("label is not in table.classes", 1), ("more fields than columns", 1), ("no label", 1)]);
    assert_eq!(found.table.rows.len(), 2);
}

#[test]
fn equal_rows_share_a_key_and_so_do_rows_of_a_group() {
    let text = "hour,who,bought\n1,ann,0\n1,ann,1\n2,ann,0\n2,bob,0\n";
    let keys = |more: &str| -> Vec<String> {
        let found = ingested(&(TABLE.to_owned() + more), "visits.csv", text);
        found.table.rows.iter().map(|row| row.key.clone()).collect()
    };
    let own = keys("");
    assert!(own[0] == own[1] && own[1] != own[2] && own[2] != own[3], "{own:?}");
    let grouped = keys("group = \"who\"\n");
    assert!(grouped[0] == grouped[2] && grouped[2] != grouped[3], "{grouped:?}");
}

#[test]
fn a_gzipped_file_reads_like_the_plain_one() {
    let plain = ingested(TABLE, "visits.csv", &visits());
    let dir = tempfile::tempdir().unwrap();
    let mut packed = GzEncoder::new(fs::File::create(dir.path().join("visits.csv.gz")).unwrap(), Compression::fast());
    packed.write_all(visits().as_bytes()).unwrap();
    packed.finish().unwrap();
    let described = store(&TABLE.replace("visits.csv", "visits.csv.gz"));
    assert_eq!(dataset(dir.path(), &described).table, plain.table);
    fs::write(dir.path().join("visits.csv.gz"), "not packed at all").unwrap();
    let error = validate(&described, dir.path()).unwrap_err();
    assert!(matches!(&error, IngestError::Malformed { path, .. } if path.ends_with("visits.csv.gz")), "{error}");
}

#[test]
fn the_error_of_an_unreadable_table_names_the_fault() {
    let dir = tempfile::tempdir().unwrap();
    let fails = |described: &str, bytes: &[u8]| {
        fs::write(dir.path().join("visits.csv"), bytes).unwrap();
        validate(&store(described), dir.path()).unwrap_err().to_string()
    };
    let error = fails(TABLE, b"hour;bought\n1;0\n");
    assert!(error.contains("no column `bought`") && error.contains("`hour;bought`"), "{error}");
    assert!(fails(TABLE, b"hour,bought\n\xe9,0\n").contains("byte 0xe9 in line 2"));
    assert!(fails(TABLE, b"bought\n0\n").contains("no column other than the label"));
    let twice = TABLE.to_owned() + "numeric = [\"hour\"]\ncategorical = [\"hour\"]\n";
    assert!(fails(&twice, b"hour,bought\n1,0\n").contains("`hour` is in numeric and in categorical"));
    let unknown = TABLE.to_owned() + "ignore = [\"hours\"]\n";
    assert!(fails(&unknown, b"hour,bought\n1,0\n").contains("the closest is `hour`"));
    let both = TABLE.to_owned() + ORDERS.trim_start().trim_start_matches("name = \"orders\"");
    assert!(fails(&both, b"hour,bought\n1,0\n").contains("[table] and [transactions]"));
}

/// The last day is 31 January: the cuts are the 2nd, the 12th and the 22nd.
fn orders() -> String {
    let rows = [
        "1,ann,cup,2024-01-01 10:00:00,2,3.0",
        "2,ann,cup,2024-01-10 12:00:00,4,3.5",
        "2,ann,hat,2024-01-10 12:00:00,1,9",
        "3,bob,cup,2024-01-11 00:00:00,1,3.5",
        "C4,bob,cup,2024-01-13 09:00:00,-1,3.5",
        "5,bob,cup,2024-01-14 09:00:00,1,3.5",
        "6,ann,hat,2024-01-25 09:00:00,1,9",
        "C7,ann,hat,2024-01-26 09:00:00,-1,9",
        "8,,hat,2024-01-26 09:00:00,1,9",
        "9,eve,hat,some day,1,9",
        "10,eve,hat,2024-01-31 23:00:00,0,9",
        "11,eve,hat,2024-01-31 23:00:00,1,9",
    ];
    "order,customer,item,time,quantity,price\n".to_owned() + &rows.join("\n") + "\n"
}

#[test]
fn orders_become_features_before_and_a_label_after_each_cut() {
    let found = ingested(ORDERS, "orders.csv", &orders());
    let dropped: Vec<_> = found.report.dropped.iter().map(|f| (f.reason.as_str(), f.rows)).collect();
    assert_eq!(dropped, [("no customer", 1), ("quantity is not a number other than 0", 1), ("time cannot be read", 1)]);
    let number = |name: &str, row: usize| cells(&found.table, name).number(row);
    let mut rows: Vec<_> = found
        .table
        .rows
        .iter()
        .enumerate()
        .map(|(i, row)| (row.period.unwrap(), number("orders", i), number("customer_orders", i), row.label.as_str()))
        .collect();
    rows.sort_by(|a, b| a.partial_cmp(b).unwrap());
    assert_eq!(
        rows,
        [
            (0, 1.0, 1.0, "bought"),     // ann's cup, again on the 10th
            (1, 1.0, 1.0, "cancelled"),  // bob's cup
            (1, 1.0, 2.0, "not bought"), // ann's hat
            (1, 2.0, 2.0, "not bought"), // ann's cup
            (2, 1.0, 2.0, "cancelled"),  // ann's hat
            (2, 2.0, 2.0, "not bought"), // ann's and bob's cups
            (2, 2.0, 2.0, "not bought"),
        ]
    );
    let cup = (0..7).find(|&i| found.table.rows[i].period == Some(1) && number("orders", i) == 2.0).unwrap();
    assert_eq!(number("days_since_last", cup), 1.5);
    assert!((number("mean_gap", cup) - 9.0833).abs() < 1e-3);
    assert_eq!((number("last_quantity", cup), number("spend", cup)), (4.0, 20.0));
    assert_eq!((number("item_buyers", cup), number("cancels", cup)), (2.0, 0.0));
}

#[test]
fn events_after_a_cut_change_no_feature_of_it() {
    let known = |text: &str| {
        let found = ingested(&(ORDERS.to_owned() + "[privacy]\nuser_salt = \"salt\"\n"), "orders.csv", text);
        let first: Vec<usize> =
            (0..found.table.rows.len()).filter(|&i| found.table.rows[i].period == Some(1)).collect();
        found
            .table
            .columns
            .iter()
            .map(|c| first.iter().map(|&i| c.cells.number(i).to_bits()).collect())
            .collect::<Vec<Vec<u32>>>()
    };
    let without_later: String = orders()
        .lines()
        .filter(|line| !line.contains("2024-01-13") && !line.contains("2024-01-25"))
        .map(|l| format!("{l}\n"))
        .collect();
    assert_eq!(known(&orders()), known(&without_later));
}

#[test]
fn times_are_parsed_with_the_format_of_the_store() {
    let dated =
        "order,customer,item,time,quantity,price\n1,ann,cup,3/1/2024 10:00,1,2\n2,ann,cup,31/1/2024 10:00,1,2\n";
    let described = ORDERS.to_owned() + "time_format = \"%d/%m/%Y %H:%M\"\n";
    assert_eq!(ingested(&described, "orders.csv", dated).table.rows.len(), 2);
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("orders.csv"), orders()).unwrap();
    let error = validate(&store(&described), dir.path()).unwrap_err().to_string();
    assert!(error.contains("transactions.time_format `%d/%m/%Y %H:%M`"), "{error}");
    let error = validate(&store(&ORDERS.replace("cuts = 3", "cuts = 2")), dir.path()).unwrap_err().to_string();
    assert!(error.contains("cuts 2"), "{error}");
}
