//! Reads a dataset folder.

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};
use windowshop_schema::event::InteractionKind;
use windowshop_schema::grade::GradeScale;
use windowshop_schema::item::Item;
use windowshop_schema::sentiment::SentimentLabel;
use windowshop_schema::store::StoreConfig;
use windowshop_schema::table::Cells;

use crate::error::{IngestError, shown};
use crate::format::{self, DATASET_FILE, DatasetFile, FORMAT_VERSION};
use crate::key::Key;
use crate::parquet::{Folder, Rows, optional, read, stream, vector};
use crate::photo::{self, Photo};
use crate::records::{History, Interaction, ItemReview, List, Review, SessionEvent, Table, TableRow, Visitor};
use crate::report::{Report, SIMULATED_EVENTS};
use crate::statistics::ItemStatistics;
use crate::table::CELL;

/// An ingested shop, in memory.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// Name of the store.
    pub name: String,
    /// All items. Item numbers elsewhere are indices into this.
    pub items: Vec<Item>,
    /// Statistics of each item from the histories.
    pub statistics: Vec<ItemStatistics>,
    /// Path of the photo of each item below the data folder, if it has one.
    pub images: Vec<Option<String>>,
    /// Lists with grades.
    pub lists: Vec<List>,
    /// Histories of users, without the labels of the lists.
    pub histories: Vec<History>,
    /// Interactions of each visitor of an event log, labels of the lists included; sorted by pseudonym.
    pub visitors: Vec<Visitor>,
    /// Reviews with their sentiment, without repeated texts, in the order of the file.
    pub reviews: Vec<Review>,
    /// Reviews of items, with repeated texts, in the order of the file.
    pub item_reviews: Vec<ItemReview>,
    /// Labelled rows.
    pub table: Table,
    /// Labelled photos, in the order of reading.
    pub photos: Vec<Photo>,
    /// The report of the ingest.
    pub report: Report,
    /// Range of the grades.
    pub scale: GradeScale,
    /// Whether the items of a list are in the shop's order.
    pub shop_order: bool,
    /// Whether the behaviour is simulated.
    pub simulated: bool,
    /// SHA-256 of the Parquet files, in hexadecimal. It differs between ingests with a random salt.
    pub fingerprint: String,
    /// The settings of the store, without its salt.
    pub store: StoreConfig,
    pub(crate) dir: Folder,
}

impl Dataset {
    /// Numbers of simulated rows and of all rows of the event log, or of the histories without a log.
    pub fn simulated_rows(&self) -> (u64, u64) {
        let read = |table: &str| self.report.tables.iter().find(|rows| rows.table == table).map(|rows| rows.rows_read);
        let Some(marked) = self.report.counts.get(SIMULATED_EVENTS) else {
            let rows = read("histories").unwrap_or(0);
            let simulated = self.store.histories.as_ref().is_some_and(|histories| histories.simulated);
            return (if simulated { rows } else { 0 }, rows);
        };
        (*marked, read("events").unwrap_or(*marked))
    }

    /// Reads a dataset that is not encrypted.
    ///
    /// # Errors
    /// As [`Dataset::open_with`].
    pub fn open(dir: &Path) -> Result<Dataset, IngestError> {
        Self::open_with(dir, None)
    }

    /// Reads a dataset. `key` is for an encrypted one and is ignored otherwise.
    ///
    /// # Errors
    /// [`IngestError::NotADataset`], [`IngestError::FormatVersion`], [`IngestError::Encrypted`] without its key, [`IngestError::Io`].
    pub fn open_with(dir: &Path, key: Option<&Key>) -> Result<Dataset, IngestError> {
        let file = dataset_file(dir)?;
        let folder = Folder { path: dir.to_path_buf(), key: key.filter(|_| file.encrypted).cloned() };
        if file.encrypted && !folder.can_be_read() {
            return Err(IngestError::Encrypted {
                path: shown(dir),
                found: if key.is_some() { "another key" } else { "no key" },
            });
        }
        let dir = &folder;
        let (mut items, mut statistics, mut images) = (Vec::new(), Vec::new(), Vec::new());
        for rows in read(dir, format::Table::Items)? {
            read_items(&rows, &mut items)?;
            statistics.extend(ItemStatistics::read(&rows)?);
            let paths = rows.texts("image")?;
            images.extend((0..rows.len()).map(|i| optional(&paths, i, |i| paths.value(i).to_string())));
        }
        let (reviews, item_reviews) = read_reviews(dir)?;
        let table = read_table(dir)?;
        let mut store = file.store;
        if let Some(described) = &mut store.table {
            // Later files have the same column types, even with too few rows to infer them.
            let named = |numeric| table.columns.iter().filter(move |column| column.cells.is_numeric() == numeric);
            described.numeric = named(true).map(|column| column.name.clone()).collect();
            described.categorical = named(false).map(|column| column.name.clone()).collect();
        }
        Ok(Dataset {
            name: file.name,
            items,
            statistics,
            images,
            lists: read_lists(dir)?,
            histories: read_histories(dir)?,
            visitors: read_visitors(dir)?,
            reviews,
            item_reviews,
            table,
            photos: photo::read(dir)?,
            report: file.report,
            scale: file.scale,
            shop_order: file.shop_order,
            simulated: file.simulated,
            fingerprint: fingerprint(&dir.path)?,
            store,
            dir: folder,
        })
    }

    /// Calls `see` with the index of each item that has a photo, in ascending order, and the photo. Its label is the item's category,
    /// or empty.
    ///
    /// # Errors
    /// A damaged dataset.
    pub fn each_item_photo(&self, mut see: impl FnMut(u32, Photo)) -> Result<(), IngestError> {
        for rows in stream(&self.dir, format::Table::ItemPhotos)? {
            let rows = rows?;
            let (items, bytes) = (rows.numbers("item")?, rows.bytes("bytes")?);
            for i in 0..rows.len() {
                let item = items.value(i);
                let known = self.items.get(item as usize);
                let known = known
                    .ok_or_else(|| IngestError::not_a_dataset(&self.dir.path, format!("a photo of item {item}")))?;
                let label = known.category.clone().unwrap_or_default();
                see(item, Photo::encoded(label, bytes.value(i).to_vec()));
            }
        }
        Ok(())
    }
}

fn dataset_file(dir: &Path) -> Result<DatasetFile, IngestError> {
    let path = dir.join(DATASET_FILE);
    if !path.is_file() {
        return Err(IngestError::not_a_dataset(dir, format!("no {DATASET_FILE} in it")));
    }
    let text = fs::read_to_string(&path).map_err(IngestError::io(&path))?;
    let damaged =
        |error: serde_json::Error| IngestError::not_a_dataset(dir, format!("{DATASET_FILE} is damaged ({error})"));
    let value: serde_json::Value = serde_json::from_str(&text).map_err(damaged)?;
    let found = value.get("format_version").and_then(|version| version.as_u64()).unwrap_or(0) as u32;
    if found != FORMAT_VERSION {
        return Err(IngestError::FormatVersion { path: shown(dir), found, expected: FORMAT_VERSION });
    }
    serde_json::from_value(value).map_err(damaged)
}

fn read_items(rows: &Rows, items: &mut Vec<Item>) -> Result<(), IngestError> {
    let (ids, titles, texts, categories) =
        (rows.texts("id")?, rows.texts("title")?, rows.texts("text")?, rows.texts("category")?);
    let (prices, ratings, rating_counts) =
        (rows.floats("price")?, rows.floats("rating")?, rows.numbers("rating_count")?);
    let embeddings = rows.vectors("image_embedding")?;
    items.extend((0..rows.len()).map(|i| Item {
        id: ids.value(i).to_string(),
        title: titles.value(i).to_string(),
        text: texts.value(i).to_string(),
        category: optional(&categories, i, |i| categories.value(i).to_string()),
        price: optional(&prices, i, |i| prices.value(i)),
        rating: optional(&ratings, i, |i| ratings.value(i)),
        rating_count: optional(&rating_counts, i, |i| rating_counts.value(i)),
        image_embedding: vector(&embeddings, i),
    }));
    Ok(())
}

fn read_lists(dir: &Folder) -> Result<Vec<List>, IngestError> {
    let mut lists: Vec<List> = Vec::new();
    for rows in read(dir, format::Table::Lists)? {
        let (numbers, items, grades, targets) =
            (rows.numbers("list")?, rows.numbers("item")?, rows.floats("grade")?, rows.numbers("target")?);
        let (keys, queries) = (rows.texts("key")?, rows.texts("query")?);
        let (users, times) = (rows.texts("user")?, rows.whole("time_ms")?);
        for i in 0..rows.len() {
            if numbers.value(i) as usize == lists.len() {
                lists.push(List {
                    key: keys.value(i).to_string(),
                    query: optional(&queries, i, |i| queries.value(i).to_string()),
                    target: optional(&targets, i, |i| targets.value(i)),
                    user: optional(&users, i, |i| users.value(i).to_string()),
                    time_ms: optional(&times, i, |i| times.value(i)),
                    ..List::default()
                });
            }
            let list = at(&mut lists, numbers.value(i), dir)?;
            list.items.push(items.value(i));
            list.grades.push(grades.value(i));
        }
    }
    for rows in read(dir, format::Table::ListSessions)? {
        let (numbers, items, kinds, ages) =
            (rows.numbers("list")?, rows.numbers("item")?, rows.texts("kind")?, rows.floats("age_s")?);
        for i in 0..rows.len() {
            let event = SessionEvent {
                item: items.value(i),
                kind: kind(kinds.value(i), dir)?,
                age_s: optional(&ages, i, |i| ages.value(i)),
            };
            at(&mut lists, numbers.value(i), dir)?.session.push(event);
        }
    }
    for rows in read(dir, format::Table::ListTrainingItems)? {
        let (numbers, items) = (rows.numbers("list")?, rows.numbers("item")?);
        for i in 0..rows.len() {
            at(&mut lists, numbers.value(i), dir)?.training_only.push(items.value(i));
        }
    }
    Ok(lists)
}

fn read_histories(dir: &Folder) -> Result<Vec<History>, IngestError> {
    let mut histories: Vec<History> = Vec::new();
    let mut last_session = None;
    for rows in read(dir, format::Table::Histories)? {
        let (users, sessions, items, kinds) =
            (rows.texts("user")?, rows.numbers("session")?, rows.numbers("item")?, rows.texts("kind")?);
        let (has_list, target) = (rows.flags("has_list")?, rows.flags("target")?);
        let (held_out, order) = (rows.flags("held_out")?, rows.whole("ord")?);
        for i in 0..rows.len() {
            let session = sessions.value(i);
            let same =
                last_session == Some(session) && histories.last().is_some_and(|last| last.user == users.value(i));
            if !same {
                last_session = Some(session);
                histories.push(History {
                    user: users.value(i).to_string(),
                    has_list: has_list.value(i),
                    order: order.value(i),
                    held_out: held_out.value(i),
                    ..History::default()
                });
            }
            let Some(history) = histories.last_mut() else { continue };
            if target.value(i) {
                history.target = Some(items.value(i));
            } else {
                history.items.push(items.value(i));
                history.kinds.push(kind(kinds.value(i), dir)?);
            }
        }
    }
    Ok(histories)
}

fn read_visitors(dir: &Folder) -> Result<Vec<Visitor>, IngestError> {
    let mut visitors: Vec<Visitor> = Vec::new();
    for rows in read(dir, format::Table::Interactions)? {
        let (users, items, kinds, times) =
            (rows.texts("user")?, rows.numbers("item")?, rows.texts("kind")?, rows.whole("time_ms")?);
        let lists = rows.numbers("list")?;
        for i in 0..rows.len() {
            if visitors.last().is_none_or(|last| last.user != users.value(i)) {
                visitors.push(Visitor { user: users.value(i).to_string(), interactions: Vec::new() });
            }
            let interaction = Interaction {
                item: items.value(i),
                kind: kind(kinds.value(i), dir)?,
                time_ms: times.value(i),
                list: optional(&lists, i, |i| lists.value(i)),
            };
            visitors.last_mut().expect("one was pushed").interactions.push(interaction);
        }
    }
    Ok(visitors)
}

fn read_reviews(dir: &Folder) -> Result<(Vec<Review>, Vec<ItemReview>), IngestError> {
    let (mut reviews, mut of_items) = (Vec::new(), Vec::new());
    for rows in read(dir, format::Table::Reviews)? {
        let (texts, categories, sentiments) = (rows.texts("text")?, rows.texts("category")?, rows.texts("sentiment")?);
        let (items, stars, repeated) = (rows.numbers("item")?, rows.floats("stars")?, rows.flags("repeated")?);
        for i in 0..rows.len() {
            let text = || texts.value(i).to_string();
            if let Some(item) = optional(&items, i, |i| items.value(i)) {
                of_items.push(ItemReview { item, stars: optional(&stars, i, |i| stars.value(i)), text: text() });
            }
            if repeated.value(i) {
                continue;
            }
            let sentiment = SentimentLabel::from_name(sentiments.value(i)).ok_or_else(|| {
                IngestError::not_a_dataset(&dir.path, format!("unknown sentiment `{}`", sentiments.value(i)))
            })?;
            let category = optional(&categories, i, |i| categories.value(i).to_string());
            reviews.push(Review { text: text(), sentiment, category });
        }
    }
    Ok((reviews, of_items))
}

fn read_table(dir: &Folder) -> Result<Table, IngestError> {
    let mut table = Table::default();
    for rows in read(dir, format::Table::Labelled)? {
        let (keys, labels, periods) = (rows.texts("key")?, rows.texts("label")?, rows.numbers("period")?);
        table.rows.extend((0..rows.len()).map(|i| TableRow {
            key: keys.value(i).to_string(),
            label: labels.value(i).to_string(),
            period: optional(&periods, i, |i| periods.value(i)),
        }));
        let columns = rows.cells(CELL)?;
        if table.columns.is_empty() {
            table.columns = columns;
            continue;
        }
        for (column, more) in table.columns.iter_mut().zip(columns) {
            match (&mut column.cells, more.cells) {
                (Cells::Numbers(numbers), Cells::Numbers(more)) => numbers.extend(more),
                (Cells::Names(names), Cells::Names(more)) => names.extend(more),
                _ => return Err(IngestError::not_a_dataset(&dir.path, format!("`{}` has two types", column.name))),
            }
        }
    }
    Ok(table)
}

fn at<'a>(lists: &'a mut [List], number: u32, dir: &Folder) -> Result<&'a mut List, IngestError> {
    lists
        .get_mut(number as usize)
        .ok_or_else(|| IngestError::not_a_dataset(&dir.path, format!("list {number} is not in lists.parquet")))
}

fn kind(name: &str, dir: &Folder) -> Result<InteractionKind, IngestError> {
    match name {
        "click" => Ok(InteractionKind::Click),
        "cart" => Ok(InteractionKind::Cart),
        "purchase" => Ok(InteractionKind::Purchase),
        "cancel" => Ok(InteractionKind::Cancel),
        _ => Err(IngestError::not_a_dataset(&dir.path, format!("unknown interaction `{name}`"))),
    }
}

fn fingerprint(dir: &Path) -> Result<String, IngestError> {
    let mut digest = Sha256::new();
    for table in format::Table::ALL {
        let path = dir.join(table.file_name());
        digest.update(table.file_name());
        digest.update(fs::read(&path).map_err(IngestError::io(&path))?);
    }
    Ok(hex::encode(digest.finalize()))
}
