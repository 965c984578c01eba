//! Runs SQL plans: a synchronous interface to DataFusion.

use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{Array, Int64Array, RecordBatch, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::datasource::MemTable;
use datafusion::prelude::{DataFrame, SessionConfig, SessionContext};
use tokio::runtime::Runtime;

use crate::error::IngestError;
use crate::sql::Sql;

/// The query engine and its tables.
pub(crate) struct Plans {
    runtime: Runtime,
    context: SessionContext,
    /// With one partition, so that rows keep the order of the file.
    reader: SessionContext,
}

impl Plans {
    pub(crate) fn new() -> Result<Self, IngestError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .build()
            .map_err(IngestError::io(Path::new("the thread pool")))?;
        let config = || {
            SessionConfig::new()
                .set_bool("datafusion.sql_parser.map_string_types_to_utf8view", false)
                .set_bool("datafusion.execution.parquet.schema_force_view_types", false)
        };
        let reader = config().with_target_partitions(1).with_repartition_file_scans(false);
        Ok(Self {
            runtime,
            context: SessionContext::new_with_config(config()),
            reader: SessionContext::new_with_config(reader),
        })
    }

    /// Runs a plan and registers its rows as table `name`.
    pub(crate) fn make(&self, name: &str, sql: &Sql) -> Result<(), IngestError> {
        self.run(name, async {
            let rows = self.context.sql(sql.as_str()).await?.cache().await?;
            self.context.register_table(name, rows.into_view())?;
            Ok(())
        })
    }

    /// Registers a plan as view `name`.
    pub(crate) fn view(&self, name: &str, sql: &Sql) -> Result<(), IngestError> {
        self.run(name, async {
            let plan = self.context.sql(sql.as_str()).await?;
            self.context.register_table(name, plan.into_view())?;
            Ok(())
        })
    }

    /// Registers decoded rows as table `name`.
    pub(crate) fn register(&self, name: &str, rows: Vec<RecordBatch>) -> Result<(), IngestError> {
        self.run(name, async {
            let schema = rows
                .first()
                .map(|batch| batch.schema())
                .unwrap_or_else(|| Arc::new(datafusion::arrow::datatypes::Schema::empty()));
            self.context.register_table(name, Arc::new(MemTable::try_new(schema, vec![rows])?))?;
            Ok(())
        })
    }

    /// The context that reads files in the order of their rows.
    pub(crate) fn reader(&self) -> &SessionContext {
        &self.reader
    }

    /// The rows of a query, in its order.
    pub(crate) fn rows(&self, name: &str, sql: &Sql) -> Result<Vec<RecordBatch>, IngestError> {
        self.run(name, async { self.context.sql(sql.as_str()).await?.collect().await })
    }

    /// The data frame of a query, to be streamed by the caller inside [`Plans::run`].
    pub(crate) async fn frame(&self, sql: &Sql) -> datafusion::error::Result<DataFrame> {
        self.context.sql(sql.as_str()).await
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.context.table_exist(name).unwrap_or(false)
    }

    /// The number that a query returns.
    pub(crate) fn count(&self, name: &str, sql: &str) -> Result<u64, IngestError> {
        let rows = self.rows(name, &Sql::new(sql))?;
        let column = rows.iter().find(|batch| batch.num_rows() > 0).map(|batch| batch.column(0));
        Ok(column.map_or(0, |column| integers(column).value(0)) as u64)
    }

    pub(crate) fn run<T>(
        &self,
        name: &str,
        work: impl Future<Output = datafusion::error::Result<T>>,
    ) -> Result<T, IngestError> {
        self.runtime.block_on(work).map_err(IngestError::plan(name))
    }
}

/// A column cast to 64-bit integers; other values become 0.
pub(crate) fn integers(column: &dyn Array) -> Int64Array {
    let cast = cast(column, &DataType::Int64).ok();
    cast.and_then(|array| array.as_any().downcast_ref::<Int64Array>().cloned())
        .unwrap_or_else(|| Int64Array::from(vec![0; column.len()]))
}

/// A column cast to text.
pub(crate) fn texts(column: &dyn Array) -> StringArray {
    let cast = cast(column, &DataType::Utf8).ok();
    cast.and_then(|array| array.as_any().downcast_ref::<StringArray>().cloned())
        .unwrap_or_else(|| StringArray::new_null(column.len()))
}
