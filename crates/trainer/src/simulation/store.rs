//! Writes simulated visits as a folder that `trainer ingest` reads: data files and a `store.toml`.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use anyhow::bail;
use serde::Serialize;
use serde_json::{Map, Value, json};
use windowshop_behaviour::simulate::{ShopLog, Visit, events};
use windowshop_features::hash::combine;
use windowshop_files::NewFolder;
use windowshop_ingest::Dataset;
use windowshop_schema::{
    Event, Item, StoreConfig,
    store::{Catalogue, Events, Histories, Lists, Privacy},
};

const CATALOGUE: &str = "catalogue.jsonl";
const EVENTS: &str = "events.jsonl";
const HISTORIES: &str = "histories.tsv";
const LISTS: &str = "lists.tsv";
const COLUMNS: [&str; 4] = ["user", "items", "target", "simulated"];

/// Counts of what was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Written {
    /// Visitors with at least one row.
    pub visitors: usize,
    /// Rows of the event log, or histories.
    pub rows: usize,
    /// Lists with a target.
    pub lists: usize,
    /// Visitors whose list has no target and was left out.
    pub without_target: usize,
}

/// A folder that is moved to its final place when complete.
pub struct Draft {
    next: NewFolder,
    out: PathBuf,
}

impl Draft {
    /// Begins the folder `out`, which must be absent or empty.
    pub fn begin(out: &Path) -> anyhow::Result<Self> {
        check_free(out)?;
        Ok(Self { next: NewFolder::beside(out)?, out: out.to_owned() })
    }

    /// The temporary folder to write to.
    pub fn folder(&self) -> &Path {
        self.next.path()
    }

    /// Moves the folder to its final place.
    pub fn publish(self) -> anyhow::Result<()> {
        check_free(&self.out)?;
        Ok(self.next.replace()?)
    }
}

/// Fails if the folder is not empty.
pub fn check_free(out: &Path) -> anyhow::Result<()> {
    if out.is_file() || fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("{}: is not empty; choose another folder: nothing is overwritten", out.display());
    }
    Ok(())
}

/// Writes an event log if times are known, else histories and lists in the format of the dataset's store.
pub fn write(log: &ShopLog, dataset: &Dataset, timed: bool, seed: u64, folder: &Path) -> anyhow::Result<Written> {
    let mut store = StoreConfig {
        name: format!("{}-simulated", dataset.name),
        licence: format!("behaviour simulated, fitted to {}; items: {}", dataset.name, dataset.store.licence),
        data: ".".into(),
        catalogue: Some(catalogue(&dataset.items, folder)?),
        lists: None,
        histories: None,
        events: None,
        reviews: None,
        table: None,
        transactions: None,
        photos: None,
        clean: dataset.store.clean.clone(),
        // Simulated visitors need no secret salt; a fixed one keeps the split.
        privacy: Privacy { user_salt: "simulated".into(), ..Privacy::default() },
        simulated_from: dataset.fingerprint.clone(),
        train: dataset.store.train.clone(),
    };
    let written = match timed {
        true => {
            store.events = Some(Events { file: EVENTS.into(), simulated: true });
            store.lists = dataset.store.lists.clone().filter(|lists| *lists == Lists::Events);
            write_events(log, folder)?
        }
        false => {
            let [user, items, target, _] = COLUMNS.map(str::to_owned);
            let with_lists = log.impressions().next().is_some();
            store.histories = Some(Histories {
                file: HISTORIES.into(),
                header: true,
                user: user.clone(),
                items: items.clone(),
                target: Some(target),
                test_file: None,
                simulated: true,
            });
            store.lists = with_lists.then(|| Lists::Candidates {
                file: LISTS.into(),
                header: true,
                user,
                items,
                training_files: Vec::new(),
            });
            write_histories(log, with_lists, seed, folder)?
        }
    };
    let text = format!("# Simulated visitors, no real behaviour.\n{}", toml::to_string(&store)?);
    fs::write(folder.join("store.toml"), text)?;
    Ok(written)
}

/// Writes the items, one JSON object per line, with the columns that any of them has.
fn catalogue(items: &[Item], folder: &Path) -> anyhow::Result<Catalogue> {
    let rows: Vec<Map<String, Value>> =
        items.iter().map(|item| Ok(serde_json::from_value(json!(item))?)).collect::<anyhow::Result<_>>()?;
    let has = |name: &str| rows.iter().any(|row| row.contains_key(name)).then(|| name.to_owned());
    let found = Catalogue {
        file: CATALOGUE.into(),
        id: "id".into(),
        title: "title".into(),
        text: has("text").into_iter().collect(),
        category: has("category"),
        price: has("price"),
        rating: has("rating"),
        rating_count: has("ratingCount"),
        image: None,
        image_embedding: has("image_embedding"),
    };
    let columns: Vec<&String> = [&found.id, &found.title]
        .into_iter()
        .chain(&found.text)
        .chain(
            [&found.category, &found.price, &found.rating, &found.rating_count, &found.image_embedding]
                .into_iter()
                .flatten(),
        )
        .collect();
    let mut text = String::new();
    for row in &rows {
        let row: Map<String, Value> =
            columns.iter().map(|name| (name.to_string(), row.get(*name).cloned().unwrap_or_default())).collect();
        writeln!(text, "{}", Value::Object(row))?;
    }
    fs::write(folder.join(CATALOGUE), text)?;
    Ok(found)
}

/// An event with its marker: as a field of the event, for readers of the format, and as a key of the row.
#[derive(Serialize)]
struct Marked<'a> {
    #[serde(flatten)]
    event: &'a Event,
    simulated: bool,
}

fn write_events(log: &ShopLog, folder: &Path) -> anyhow::Result<Written> {
    let events = events(log);
    let mut text = String::new();
    for event in &events {
        writeln!(text, "{}", serde_json::to_string(&Marked { event, simulated: true })?)?;
    }
    fs::write(folder.join(EVENTS), text)?;
    let visitors = log.visits().chunk_by(|a, b| a.visitor == b.visitor).count();
    Ok(Written { visitors, rows: events.len(), lists: log.impressions().count(), without_target: 0 })
}

/// Training example of a visit without times.
struct Example {
    history: Vec<usize>,
    target: Option<usize>,
}

fn write_histories(log: &ShopLog, with_lists: bool, seed: u64, folder: &Path) -> anyhow::Result<Written> {
    let mut written = Written::default();
    let mut histories = format!("{}\n", COLUMNS.join("\t"));
    let mut lists = format!("{}\t{}\t{}\n", COLUMNS[0], COLUMNS[1], COLUMNS[3]);
    let ids = |products: &[usize]| {
        products.iter().map(|&product| log.products()[product].id.as_str()).collect::<Vec<_>>().join(" ")
    };
    for (number, visit) in log.visits().iter().enumerate() {
        let Example { history, target } = example(log, visit, combine(seed, number as u64));
        if history.is_empty() {
            continue;
        }
        written.visitors += 1;
        written.rows += 1;
        let (user, next) = (&visit.visitor, target.map(|target| ids(&[target])).unwrap_or_default());
        writeln!(histories, "{user}\t{}\t{next}\ttrue", ids(&history))?;
        match (visit.lists.last(), target) {
            (Some(shown), Some(_)) => {
                written.lists += 1;
                writeln!(lists, "{user}\t{}\ttrue", shown.impression.list().items().join(" "))?;
            }
            (Some(_), None) => written.without_target += 1,
            (None, _) => {}
        }
    }
    fs::write(folder.join(HISTORIES), histories)?;
    if with_lists {
        fs::write(folder.join(LISTS), lists)?;
    }
    Ok(written)
}

/// Picks before the last list, and the target: a random click of that list, else the next pick after it.
fn example(log: &ShopLog, visit: &Visit, key: u64) -> Example {
    let picks: Vec<_> = visit.interactions.iter().filter(|interaction| interaction.kind == log.pick_kind()).collect();
    let Some(shown) = visit.lists.last() else {
        return Example { history: picks.iter().map(|interaction| interaction.product).collect(), target: None };
    };
    let list = Some(visit.lists.len() - 1);
    let before = picks.iter().filter(|interaction| interaction.list.is_none() && interaction.time_ms < shown.time_ms);
    let history: Vec<usize> = before.map(|interaction| interaction.product).collect();
    let clicked: Vec<usize> =
        picks.iter().filter(|interaction| interaction.list == list).map(|interaction| interaction.product).collect();
    let after = picks
        .iter()
        .find(|interaction| interaction.list.is_none() && interaction.time_ms >= shown.time_ms)
        .map(|interaction| interaction.product);
    let chosen = (!clicked.is_empty()).then(|| clicked[(key % clicked.len().max(1) as u64) as usize]);
    Example { history, target: chosen.or(after) }
}
