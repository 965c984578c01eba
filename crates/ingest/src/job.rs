//! The state of an ingest: the store, the folders of its files, the tables so far and the report.

use std::path::{Path, PathBuf};

use windowshop_schema::StoreConfig;
use windowshop_schema::grade::GradeScale;
use windowshop_schema::store::Lists;

use crate::error::IngestError;
use crate::options::IngestOptions;
use crate::plan::{Plans, texts};
use crate::report::{Report, SIMULATED_EVENTS};
use crate::sql::Sql;

/// Grades of an event log: 0 nothing, 1 a click, 2 the cart, 3 a purchase.
const EVENT_SCALE: GradeScale = GradeScale { min: 0.0, max: 3.0 };

/// An ingest in progress.
pub(crate) struct Job<'a> {
    pub(crate) store: &'a StoreConfig,
    pub(crate) options: &'a IngestOptions,
    pub(crate) plans: Plans,
    pub(crate) report: Report,
    /// Salt of the user hashes; never written.
    pub(crate) salt: String,
    folders: Vec<PathBuf>,
}

impl<'a> Job<'a> {
    /// `folders` are searched for files in order.
    pub(crate) fn new(
        store: &'a StoreConfig,
        folders: Vec<PathBuf>,
        options: &'a IngestOptions,
    ) -> Result<Self, IngestError> {
        let plans = Plans::new()?;
        let salt =
            if store.privacy.user_salt.is_empty() { random_salt(&plans)? } else { store.privacy.user_salt.clone() };
        Ok(Self { store, options, plans, report: Report::default(), salt, folders })
    }

    /// The path of a file of the store.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        let found = self.folders.iter().map(|folder| folder.join(name)).find(|path| path.exists());
        found.unwrap_or_else(|| {
            self.folders.first().map_or_else(|| Path::new(name).to_path_buf(), |folder| folder.join(name))
        })
    }

    pub(crate) fn step(&self, step: &str, detail: &str) {
        if let Some(progress) = &self.options.progress {
            progress(step, detail);
        }
    }

    /// The range of the grades.
    pub(crate) fn scale(&self) -> GradeScale {
        match &self.store.lists {
            Some(Lists::Graded { scale, .. }) => *scale,
            Some(Lists::Candidates { .. }) | None => GradeScale::BINARY,
            Some(Lists::Events) => EVENT_SCALE,
        }
    }

    /// Whether the items of a list are in the shop's order.
    pub(crate) fn shop_order(&self) -> bool {
        matches!(self.store.lists, Some(Lists::Candidates { .. } | Lists::Events))
    }

    /// Whether the behaviour is simulated.
    pub(crate) fn simulated(&self) -> bool {
        let declared = self.store.events.as_ref().is_some_and(|events| events.simulated)
            || self.store.histories.as_ref().is_some_and(|histories| histories.simulated);
        declared || self.report.counts.get(SIMULATED_EVENTS).is_some_and(|rows| *rows > 0)
    }
}

fn random_salt(plans: &Plans) -> Result<String, IngestError> {
    let rows = plans.rows("salt", &Sql::new("SELECT concat(uuid(), uuid())"))?;
    Ok(rows.first().map(|batch| texts(batch.column(0)).value(0).to_string()).unwrap_or_default())
}
