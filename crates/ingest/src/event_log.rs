//! Decodes an event log into the tables `raw_events`, `raw_shown` and `raw_facts`. A line that cannot be decoded is a row
//! with the reason in `unreadable`.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float32Builder, Int64Builder, RecordBatch, StringBuilder};
use datafusion::error::DataFusionError;
use serde_json::Value;
use windowshop_schema::event::{Event, Field, InteractionKind};

use crate::error::IngestError;
use crate::plan::Plans;
use crate::source::Format;
use crate::text_file;
use crate::unpack::Unpacked;
use crate::{error::shown, event_facts::Facts};

/// Decodes the log at `path`. Returns the number of events with the field `simulated: true`.
pub(crate) fn decode(plans: &Plans, path: &Path) -> Result<u64, IngestError> {
    if !path.is_file() {
        return Err(IngestError::MissingFile { setting: "events.file".into(), path: shown(path) });
    }
    let unpacked = Unpacked::open(path)?;
    let path = unpacked.path();
    if Format::of(path)? != Format::Jsonl {
        let found = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
        return Err(IngestError::Store(format!(
            "events.file must be JSONL: found `{found}`; export one JSON object per line"
        )));
    }
    text_file::check(path)?;
    let mut log = Log::default();
    let lines = BufReader::new(File::open(path).map_err(IngestError::io(path))?).lines();
    for (index, line) in lines.enumerate() {
        let line = line.map_err(IngestError::io(path))?;
        let line = line.trim_start_matches('\u{feff}').trim();
        if !line.is_empty() {
            log.push(index as i64 + 1, line);
        }
    }
    let simulated = log.simulated;
    let tables = log.finish().map_err(IngestError::plan("event log"))?;
    for (name, rows) in tables {
        plans.register(name, vec![rows])?;
    }
    Ok(simulated)
}

#[derive(Default)]
struct Log {
    row: Int64Builder,
    /// unreadable, sample, event, id, timestamp, user, session, item, kind, ranking, query
    texts: [StringBuilder; 11],
    rating: Float32Builder,
    shown_row: Int64Builder,
    position: Int64Builder,
    shown_item: StringBuilder,
    facts: Facts,
    simulated: u64,
}

const TEXTS: [&str; 11] =
    ["unreadable", "sample", "event", "id", "timestamp", "user", "session", "item", "kind", "ranking", "query"];

/// The text columns of one line.
#[derive(Default)]
struct Line<'a> {
    event: &'a str,
    id: &'a str,
    timestamp: &'a str,
    user: Option<&'a str>,
    session: Option<&'a str>,
    item: Option<&'a str>,
    kind: Option<&'a str>,
    ranking: Option<&'a str>,
    query: Option<&'a str>,
    rating: Option<f32>,
}

impl Log {
    fn push(&mut self, row: i64, line: &str) {
        match serde_json::from_str::<Event>(line) {
            Ok(event) => self.event(row, &event),
            Err(error) => self.unreadable(row, &error),
        }
    }

    fn event(&mut self, row: i64, event: &Event) {
        self.simulated += u64::from(is_simulated(event));
        match event {
            Event::Item { id, timestamp, item, fields } => {
                self.facts.push(row, item, fields);
                self.line(row, Line { event: "item", id, timestamp, item: Some(item), ..Line::default() });
            }
            Event::User { id, timestamp, user, .. } => {
                self.line(row, Line { event: "user", id, timestamp, user: Some(user), ..Line::default() });
            }
            Event::Ranking { id, timestamp, user, session, fields, items } => {
                for (index, item) in items.iter().enumerate() {
                    self.shown_row.append_value(row);
                    self.position.append_value(index as i64 + 1);
                    self.shown_item.append_value(item.id.trim());
                }
                let (user, session) = (user.as_deref(), session.as_deref());
                let line =
                    Line { event: "ranking", id, timestamp, user, session, query: query(fields), ..Line::default() };
                self.line(row, line);
            }
            Event::Interaction { id, timestamp, kind, item, ranking, user, session, .. } => {
                let line = Line {
                    event: "interaction",
                    id,
                    timestamp,
                    item: Some(item),
                    kind: Some(kind_name(*kind)),
                    ranking: ranking.as_deref(),
                    user: user.as_deref(),
                    session: session.as_deref(),
                    ..Line::default()
                };
                self.line(row, line);
            }
            Event::Review { id, timestamp, item, user, rating, .. } => {
                let (item, user, rating) = (Some(item.as_str()), user.as_deref(), Some(*rating));
                self.line(row, Line { event: "review", id, timestamp, item, user, rating, ..Line::default() });
            }
        }
    }

    fn line(&mut self, row: i64, line: Line<'_>) {
        self.row.append_value(row);
        self.rating.append_option(line.rating);
        let (id, timestamp) = (Some(line.id), Some(line.timestamp));
        let cells = [
            None,
            line.item,
            Some(line.event),
            id,
            timestamp,
            line.user,
            line.session,
            line.item,
            line.kind,
            line.ranking,
            line.query,
        ];
        self.append(cells);
    }

    fn unreadable(&mut self, row: i64, error: &serde_json::Error) {
        self.row.append_value(row);
        self.rating.append_null();
        let reason = if error.is_data() { "not an event of a known shape" } else { "not JSON" };
        let mut cells = [None; 11];
        let sample = without_values(&error.to_string());
        cells[0] = Some(reason);
        cells[1] = Some(sample.as_str());
        self.append(cells);
    }

    fn append(&mut self, cells: [Option<&str>; 11]) {
        for (builder, cell) in self.texts.iter_mut().zip(cells) {
            builder.append_option(cell.map(str::trim).filter(|cell| !cell.is_empty()));
        }
    }

    fn finish(mut self) -> Result<[(&'static str, RecordBatch); 3], DataFusionError> {
        let mut columns: Vec<(&str, ArrayRef)> =
            vec![("row", Arc::new(self.row.finish())), ("stars", Arc::new(self.rating.finish()))];
        columns.extend(
            TEXTS.into_iter().zip(&mut self.texts).map(|(name, text)| (name, Arc::new(text.finish()) as ArrayRef)),
        );
        let shown: [(&str, ArrayRef); 3] = [
            ("row", Arc::new(self.shown_row.finish())),
            ("position", Arc::new(self.position.finish())),
            ("item", Arc::new(self.shown_item.finish())),
        ];
        let nullable = |(name, column)| (name, column, true);
        Ok([
            ("raw_events", RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(nullable))?),
            ("raw_shown", RecordBatch::try_from_iter_with_nullable(shown.into_iter().map(nullable))?),
            ("raw_facts", RecordBatch::try_from_iter_with_nullable(self.facts.finish().into_iter().map(nullable))?),
        ])
    }
}

/// The decoder's message without the invalid value, which may be a user identifier.
fn without_values(message: &str) -> String {
    match (message.starts_with("invalid"), message.split_once(", expected")) {
        (true, Some((start, expected))) => {
            format!("{}, expected{expected}", start.split(':').next().unwrap_or_default())
        }
        _ => message.to_string(),
    }
}

fn is_simulated(event: &Event) -> bool {
    let fields = match event {
        Event::Item { fields, .. }
        | Event::User { fields, .. }
        | Event::Ranking { fields, .. }
        | Event::Interaction { fields, .. } => fields,
        Event::Review { .. } => return false,
    };
    fields.iter().any(|field| field.name == "simulated" && field.value == Value::Bool(true))
}

fn query(fields: &[Field]) -> Option<&str> {
    fields.iter().find(|field| field.name == "query").and_then(|field| match &field.value {
        Value::String(text) => Some(text.as_str()),
        _ => None,
    })
}

fn kind_name(kind: InteractionKind) -> &'static str {
    match kind {
        InteractionKind::Click => "click",
        InteractionKind::Cart => "cart",
        InteractionKind::Purchase => "purchase",
        InteractionKind::Cancel => "cancel",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_never_repeats_the_value_it_is_about() {
        let line = r#"{"event":"user","id":"1","timestamp":"1","user":4711}"#;
        let error = serde_json::from_str::<Event>(line).unwrap_err().to_string();
        assert!(error.contains("4711"), "{error}");
        assert!(!without_values(&error).contains("4711"), "{}", without_values(&error));
    }
}
