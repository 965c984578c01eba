//! Opens a raw file as a table of text columns, in the order of the file.
//!
//! Two columns are added: `_row` (from 1, the header not counted) and `_too_wide` (whether a line has more fields than the
//! table has columns).

use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::prelude::{CsvReadOptions, DataFrame, JsonReadOptions, ParquetReadOptions};

use crate::columns::{Column, require};
use crate::error::{IngestError, shown};
use crate::plan::Plans;
use crate::sql::{Sql, quoted};
use crate::text_file::{self, Separation};
use crate::unpack::Unpacked;

/// Surplus fields of a line from which on the whole file is malformed.
const SPARE_FIELDS: usize = 16;

/// The format of a file, from its extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Comma-separated, quoted by `"`.
    Csv,
    /// Tab-separated, without quoting; also `txt`.
    Tsv,
    /// One JSON object per line.
    Jsonl,
    /// Parquet.
    Parquet,
}

impl Format {
    pub(crate) fn of(path: &Path) -> Result<Self, IngestError> {
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_lowercase();
        match extension.as_str() {
            "csv" => Ok(Format::Csv),
            "tsv" | "txt" | "inter" => Ok(Format::Tsv),
            "jsonl" | "ndjson" => Ok(Format::Jsonl),
            "parquet" => Ok(Format::Parquet),
            "bz2" | "zst" | "xz" | "zip" => Err(IngestError::Compressed { path: shown(path) }),
            _ => Err(IngestError::UnknownFormat { path: shown(path), found: extension }),
        }
    }
}

/// Reads `path` into table `name`, checks that it has `columns`, and returns the names of all its columns.
pub(crate) fn open(
    plans: &Plans,
    name: &str,
    setting: &str,
    path: &Path,
    header: bool,
    columns: &[Column<'_>],
) -> Result<Vec<String>, IngestError> {
    if !path.is_file() {
        return Err(IngestError::MissingFile { setting: setting.into(), path: shown(path) });
    }
    let unpacked = Unpacked::open(path)?;
    let path = unpacked.path();
    let format = Format::of(path)?;
    let (frame, names) = match format {
        Format::Csv | Format::Tsv => separated(plans, path, format, header)?,
        Format::Jsonl | Format::Parquet => typed(plans, path, format)?,
    };
    require(path, &names, columns)?;
    let rows = plans.run(name, async {
        plans.reader().deregister_table("file")?;
        plans.reader().register_table("file", frame.into_view())?;
        plans.reader().sql(&text_columns(&names, format, header)).await?.collect().await
    });
    let rows = rows.map_err(|error| match error {
        IngestError::Plan { source, .. } => {
            IngestError::Malformed { path: shown(path), found: plain(&source.to_string()) }
        }
        other => other,
    })?;
    if rows.iter().all(|batch| batch.num_rows() == 0) {
        return Err(IngestError::EmptyFile { path: shown(path) });
    }
    plans.register(name, rows)?;
    Ok(names)
}

/// DataFusion's message without its prefixes.
fn plain(message: &str) -> String {
    message.rsplit("error: ").next().unwrap_or(message).trim().to_string()
}

fn separated(
    plans: &Plans,
    path: &Path,
    format: Format,
    header: bool,
) -> Result<(DataFrame, Vec<String>), IngestError> {
    let separation = match format {
        Format::Tsv => Separation { delimiter: b'\t', quoting: false },
        Format::Csv | Format::Jsonl | Format::Parquet => Separation { delimiter: b',', quoting: true },
    };
    let names = text_file::columns(path, separation, header)?;
    let spare = (0..SPARE_FIELDS).map(|n| format!("_spare_{n}"));
    let fields: Vec<Field> =
        names.iter().cloned().chain(spare).map(|name| Field::new(name, DataType::Utf8, true)).collect();
    let schema = Schema::new(fields);
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_string();
    let options = CsvReadOptions::new()
        .has_header(header)
        .delimiter(separation.delimiter)
        .quote(if separation.quoting { b'"' } else { 0 })
        .newlines_in_values(separation.quoting)
        .truncated_rows(true)
        .file_extension(&extension)
        .schema(&schema);
    let frame = plans.run("read text", plans.reader().read_csv(shown(path), options))?;
    Ok((frame, names))
}

fn typed(plans: &Plans, path: &Path, format: Format) -> Result<(DataFrame, Vec<String>), IngestError> {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_string();
    let frame = plans.run("read table", async {
        if format == Format::Jsonl {
            let options = JsonReadOptions::default().file_extension(&extension).schema_infer_max_records(usize::MAX);
            plans.reader().read_json(shown(path), options).await
        } else {
            plans.reader().read_parquet(shown(path), ParquetReadOptions::default().file_extension(&extension)).await
        }
    });
    let frame = frame.map_err(|error| match error {
        IngestError::Plan { source, .. } => {
            IngestError::Malformed { path: shown(path), found: plain(&source.to_string()) }
        }
        other => other,
    })?;
    let schema = Arc::clone(frame.schema().inner());
    let lists: Vec<String> = schema
        .fields()
        .iter()
        .map(|field| match field.data_type() {
            DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..) => {
                format!("array_to_string({0}, ' ') AS {0}", quoted(field.name()))
            }
            _ => format!("CAST({0} AS VARCHAR) AS {0}", quoted(field.name())),
        })
        .collect();
    let names = schema.fields().iter().map(|field| field.name().clone()).collect();
    let frame = plans.run("text of typed columns", async {
        plans.reader().deregister_table("typed")?;
        plans.reader().register_table("typed", frame.into_view())?;
        plans.reader().sql(&format!("SELECT {} FROM typed", lists.join(", "))).await
    })?;
    Ok((frame, names))
}

fn text_columns(names: &[String], format: Format, header: bool) -> String {
    let text = matches!(format, Format::Csv | Format::Tsv);
    let too_wide = if text { "_spare_0 IS NOT NULL" } else { "false" };
    let mut columns: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    if let (true, false, Some(first)) = (text, header, columns.first_mut()) {
        *first = format!("ltrim({first}, '\u{feff}') AS {first}"); // a byte order mark before the first cell
    }
    let sql = "SELECT row_number() OVER () AS _row, {too_wide} AS _too_wide, {columns} FROM file";
    Sql::new(sql).raw("too_wide", too_wide).raw("columns", &columns.join(", ")).as_str().to_string()
}
