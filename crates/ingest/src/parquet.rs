//! Reads the columns of a dataset's tables.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, BinaryArray, BooleanArray, Float32Array, Int64Array, ListArray, RecordBatch, StringArray,
    UInt32Array,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};

use windowshop_schema::table::{Cells, TableColumn};

use crate::error::IngestError;
use crate::format::Table;
use crate::key::Key;

/// The folder of a dataset and the key of its tables, if they are encrypted.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    pub(crate) path: PathBuf,
    pub(crate) key: Option<Key>,
}

impl Folder {
    /// Whether the key decrypts the tables.
    pub(crate) fn can_be_read(&self) -> bool {
        self.key.is_some() && stream(self, Table::Items).is_ok()
    }
}

/// The batches of a table.
pub(crate) fn read(folder: &Folder, table: Table) -> Result<Vec<Rows>, IngestError> {
    stream(folder, table)?.collect()
}

/// The batches of a table one by one, for tables larger than memory.
pub(crate) fn stream(
    folder: &Folder,
    table: Table,
) -> Result<impl Iterator<Item = Result<Rows, IngestError>>, IngestError> {
    let dir: Box<Path> = folder.path.as_path().into();
    let damaged = {
        let dir = dir.clone();
        move |error: &dyn std::fmt::Display| {
            IngestError::not_a_dataset(&dir, format!("{} is damaged ({error})", table.file_name()))
        }
    };
    let path = dir.join(table.file_name());
    let file = File::open(&path).map_err(IngestError::io(&path))?;
    let mut options = ArrowReaderOptions::new();
    if let Some(key) = &folder.key {
        options = options.with_file_decryption_properties(key.decryption(table).map_err(|error| damaged(&error))?);
    }
    let reader = ParquetRecordBatchReaderBuilder::try_new_with_options(file, options)
        .and_then(|builder| builder.build())
        .map_err(|error| damaged(&error))?;
    Ok(reader.map(move |batch| match batch {
        Ok(batch) => Ok(Rows { batch, dir: dir.clone(), table }),
        Err(error) => Err(damaged(&error)),
    }))
}

/// A batch of rows with typed columns by name.
pub(crate) struct Rows {
    batch: RecordBatch,
    dir: Box<Path>,
    table: Table,
}

impl Rows {
    /// Rows of a plan in the shape of a table of the dataset `dir`.
    pub(crate) fn made(batch: RecordBatch, dir: &Path, table: Table) -> Self {
        Self { batch, dir: dir.into(), table }
    }

    pub(crate) fn len(&self) -> usize {
        self.batch.num_rows()
    }

    pub(crate) fn into_batch(self) -> RecordBatch {
        self.batch
    }

    pub(crate) fn numbers(&self, name: &str) -> Result<UInt32Array, IngestError> {
        self.column(name, &DataType::UInt32)
    }

    pub(crate) fn floats(&self, name: &str) -> Result<Float32Array, IngestError> {
        self.column(name, &DataType::Float32)
    }

    pub(crate) fn texts(&self, name: &str) -> Result<StringArray, IngestError> {
        self.column(name, &DataType::Utf8)
    }

    pub(crate) fn flags(&self, name: &str) -> Result<BooleanArray, IngestError> {
        self.column(name, &DataType::Boolean)
    }

    /// Signed integers.
    pub(crate) fn whole(&self, name: &str) -> Result<Int64Array, IngestError> {
        self.column(name, &DataType::Int64)
    }

    pub(crate) fn bytes(&self, name: &str) -> Result<BinaryArray, IngestError> {
        self.column(name, &DataType::Binary)
    }

    /// Arrays of numbers.
    pub(crate) fn vectors(&self, name: &str) -> Result<ListArray, IngestError> {
        self.column(name, &DataType::new_list(DataType::Float32, true))
    }

    /// The columns whose name starts with `prefix`, numeric or categorical by their stored type.
    pub(crate) fn cells(&self, prefix: &str) -> Result<Vec<TableColumn>, IngestError> {
        let schema = self.batch.schema();
        let named = schema.fields().iter().filter_map(|field| Some((field, field.name().strip_prefix(prefix)?)));
        let column = |(field, name): (&Arc<Field>, &str)| {
            let cells = if field.data_type().is_numeric() {
                Cells::Numbers(self.floats(field.name())?.iter().map(|cell| cell.unwrap_or(f32::NAN)).collect())
            } else {
                Cells::Names(self.texts(field.name())?.iter().map(|cell| cell.map(str::to_owned)).collect())
            };
            Ok(TableColumn { name: name.to_owned(), cells })
        };
        named.map(column).collect()
    }

    fn column<A: Array + Clone + 'static>(&self, name: &str, wanted: &DataType) -> Result<A, IngestError> {
        let column: Option<ArrayRef> = self.batch.column_by_name(name).and_then(|column| cast(column, wanted).ok());
        column.and_then(|column| column.as_any().downcast_ref::<A>().cloned()).ok_or_else(|| {
            IngestError::not_a_dataset(
                &self.dir,
                format!("{} has no column `{name}` of {wanted}", self.table.file_name()),
            )
        })
    }
}

/// The value of a nullable column.
pub(crate) fn optional<T>(column: &impl Array, index: usize, value: impl FnOnce(usize) -> T) -> Option<T> {
    column.is_valid(index).then(|| value(index))
}

/// The numbers in one row of an array column.
pub(crate) fn vector(column: &ListArray, index: usize) -> Option<Vec<f32>> {
    let numbers = optional(column, index, |index| column.value(index))?;
    numbers.as_any().downcast_ref::<Float32Array>().map(|numbers| numbers.values().to_vec())
}
