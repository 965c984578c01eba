//! What can go wrong between a raw export and a dataset. Every message names the culprit, what was found, what was
//! expected and what to do next.

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
        /// Where the file was looked for.
        path: String,
    },
    /// A file without a single row.
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
    /// An extension that names no known format.
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
        /// The column that was asked for.
        wanted: String,
        /// The columns that are there.
        found: String,
        /// The most similar of them, if one is similar at all.
        closest: Option<String>,
    },
    /// A file whose rows cannot be told apart.
    #[error("{path} cannot be read: {found}; expected well-formed rows; correct the file and run again")]
    Malformed {
        /// The file.
        path: String,
        /// What the reader found.
        found: String,
    },
    /// Cleaning left nothing to learn from.
    #[error(
        "{what} has no usable row: {found}; expected at least one; look at the reasons and correct the columns in store.toml"
    )]
    NothingLeft {
        /// The file or table.
        what: String,
        /// How many rows were dropped, by reason.
        found: String,
    },
    /// A store that asks for something that makes no sense.
    #[error("store.toml: {0}")]
    Store(String),
    /// The output path holds something that is not a dataset.
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
    /// An encrypted dataset, and no key or a wrong one.
    #[error(
        "{path} is encrypted: found {found}; expected the key that it was ingested with: name its file in WINDOWSHOP_KEY_FILE"
    )]
    Encrypted {
        /// The folder.
        path: String,
        /// What there was instead.
        found: &'static str,
    },
    /// A file that holds no key.
    #[error(
        "{path} holds no key: found {found} characters, expected 64 hexadecimal digits, or 32; make one with `openssl rand -hex 32`"
    )]
    Key {
        /// The file.
        path: String,
        /// How many characters it holds.
        found: usize,
    },
    /// A dataset of another format version.
    #[error("{path} has dataset format {found}: this trainer reads format {expected}; run `trainer ingest` again")]
    FormatVersion {
        /// The folder.
        path: String,
        /// Its version.
        found: u32,
        /// The version this build reads.
        expected: u32,
    },
    /// Reading or writing failed; the message begins with the path.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// A plan failed: a defect of this program or a machine out of memory.
    #[error("plan `{plan}` failed: {source}")]
    Plan {
        /// Name of the plan, the same as its SQL file.
        plan: String,
        /// What the engine said.
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
