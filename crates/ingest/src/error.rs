//! Errors of an ingest and of reading a dataset.

use std::path::Path;

use datafusion::error::DataFusionError;

/// Why an ingest, a validation or the opening of a dataset failed.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// A file that the store names does not exist.
    #[error("{setting} names {path}, which does not exist: correct the name in store.toml or put the file there")]
    MissingFile {
        /// The setting of `store.toml`, for example `lists.file`.
        setting: String,
        /// The expected path.
        path: String,
    },
    /// A file without rows.
    #[error("{path} is empty: expected at least one row of data; export it again")]
    EmptyFile {
        /// The file.
        path: String,
    },
    /// A text file in another encoding than UTF-8.
    #[error("{path} is not UTF-8: found {found}; save it again as UTF-8 (for example: iconv -f {guess} -t UTF-8)")]
    Encoding {
        /// The file.
        path: String,
        /// What was found and where.
        found: String,
        /// The most likely encoding.
        guess: &'static str,
    },
    /// A compressed file.
    #[error(
        "{path} is compressed: only gzip is unpacked; unpack it first and name the unpacked file, or pack it with gzip"
    )]
    Compressed {
        /// The file.
        path: String,
    },
    /// An unknown extension.
    #[error(
        "{path} has an unknown format: found extension `{found}`, expected csv, tsv, txt, jsonl or parquet, also packed as .gz; convert it or rename it"
    )]
    UnknownFormat {
        /// The file.
        path: String,
        /// Its extension.
        found: String,
    },
    /// A column that the store names is not in the file.
    #[error("{path} has no column `{wanted}`: found {found}{}; correct {setting} in store.toml", .closest.as_ref().map(|c| format!("; the closest is `{c}`")).unwrap_or_default())]
    MissingColumn {
        /// The file.
        path: String,
        /// The setting of `store.toml`, for example `lists.query`.
        setting: String,
        /// The missing column.
        wanted: String,
        /// The columns of the file.
        found: String,
        /// The most similar of them, if any is similar.
        closest: Option<String>,
    },
    /// A file that cannot be parsed.
    #[error("{path} cannot be read: {found}; expected well-formed rows; correct the file and run again")]
    Malformed {
        /// The file.
        path: String,
        /// What the parser found.
        found: String,
    },
    /// Cleaning dropped every row.
    #[error(
        "{what} has no usable row: {found}; expected at least one; check the reasons and correct the columns in store.toml"
    )]
    NothingLeft {
        /// The file or table.
        what: String,
        /// The numbers of dropped rows by reason.
        found: String,
    },
    /// A contradictory or incomplete setting of `store.toml`.
    #[error("store.toml: {0}")]
    Store(String),
    /// An output folder that is not empty and not a dataset.
    #[error("{path} exists and is not a dataset: nothing was replaced; name a new folder or empty this one first")]
    OutputTaken {
        /// The output path.
        path: String,
    },
    /// A folder that is not a dataset.
    #[error("{path} is not a dataset: {found}; expected a folder written by `trainer ingest`; run it first")]
    NotADataset {
        /// The folder.
        path: String,
        /// What is wrong with it.
        found: String,
    },
    /// An encrypted dataset, opened without its key.
    #[error(
        "{path} is encrypted: found {found}; expected the key that it was ingested with: name its file in WINDOWSHOP_KEY_FILE"
    )]
    Encrypted {
        /// The folder.
        path: String,
        /// What was given instead.
        found: &'static str,
    },
    /// A file that is not a key.
    #[error(
        "{path} is not a key: found {found} characters, expected 64 or 32 hexadecimal digits; make one with `openssl rand -hex 32`"
    )]
    Key {
        /// The file.
        path: String,
        /// Its number of characters.
        found: usize,
    },
    /// A dataset of another format.
    #[error("{path} has dataset format {found}: this trainer reads format {expected}; run `trainer ingest` again")]
    FormatVersion {
        /// The folder.
        path: String,
        /// Its format.
        found: u32,
        /// The format that this code reads.
        expected: u32,
    },
    /// Reading or writing failed; the message begins with the path.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// A plan failed: a bug, or out of memory.
    #[error("plan `{plan}` failed: {source}")]
    Plan {
        /// Name of the plan.
        plan: String,
        /// The error of DataFusion.
        source: Box<DataFusionError>,
    },
}

impl IngestError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> IngestError + use<'_> {
        move |source| IngestError::Io(windowshop_files::naming(path)(source))
    }

    pub(crate) fn plan(plan: &str) -> impl FnOnce(DataFusionError) -> IngestError {
        let plan = plan.to_string();
        move |source| IngestError::Plan { plan, source: Box::new(source) }
    }

    pub(crate) fn not_a_dataset(dir: &Path, found: impl ToString) -> IngestError {
        IngestError::NotADataset { path: shown(dir), found: found.to_string() }
    }
}

pub(crate) fn shown(path: &Path) -> String {
    path.display().to_string()
}
