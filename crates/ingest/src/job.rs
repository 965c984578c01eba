//! One ingest in progress: the store, where its files are, the tables made so far and the account of them.

use std::path::{Path, PathBuf};

use windowshop_schema::StoreConfig;
use windowshop_schema::grade::GradeScale;
use windowshop_schema::store::Lists;

use crate::error::IngestError;
use crate::options::IngestOptions;
use crate::plan::{Plans, texts};
use crate::report::Report;
use crate::sql::Sql;
use crate::{candidates, catalogue, events, graded, histories, items, photos, reviews, staging, table, transactions};

pub(crate) struct Job<'a> {
    pub(crate) store: &'a StoreConfig,
    pub(crate) options: &'a IngestOptions,
    pub(crate) plans: Plans,
    pub(crate) report: Report,
    /// Mixed into every user's hash; never written anywhere.
    pub(crate) salt: String,
    folders: Vec<PathBuf>,
}

impl<'a> Job<'a> {
    /// `folders`: where files are looked for, the first that has one wins.
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

    /// Every plan up to numbered items and judged rows; nothing is written.
    pub(crate) fn prepare(&mut self) -> Result<(), IngestError> {
        catalogue::prepare(self)?;
        match &self.store.lists {
            Some(Lists::Graded { .. }) => graded::prepare(self)?,
            Some(Lists::Candidates { .. }) => candidates::prepare(self)?,
            Some(Lists::Events) => events::prepare(self)?,
            None if self.store.events.is_some() => events::prepare(self)?,
            None if self.store.histories.is_some() => histories::prepare(self)?,
            None if self.store.reviews.is_some()
                || self.store.table.is_some()
                || self.store.transactions.is_some()
                || self.store.photos.is_some() => {}
            None => {
                let text = "nothing to ingest: found neither lists, histories, events, reviews, photos, table nor transactions, expected at least one; add a [lists] table";
                return Err(IngestError::Store(text.into()));
            }
        }
        reviews::prepare(self)?;
        if self.store.table.is_some() && self.store.transactions.is_some() {
            let text = "[table] and [transactions] both make labelled rows: expected one of them; describe the other in a store of its own";
            return Err(IngestError::Store(text.into()));
        }
        table::prepare(self)?;
        transactions::prepare(self)?;
        photos::prepare(self)?;
        staging::fill_missing(self)?;
        items::number(self)?;
        photos::items::prepare(self)
    }

    /// Where a file of the store is.
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

    /// The grades of this store's lists.
    pub(crate) fn scale(&self) -> GradeScale {
        match &self.store.lists {
            Some(Lists::Graded { scale, .. }) => *scale,
            Some(Lists::Candidates { .. }) | None => GradeScale::BINARY,
            Some(Lists::Events) => events::SCALE,
        }
    }

    /// Does the order of a list's items mean something?
    pub(crate) fn shop_order(&self) -> bool {
        matches!(self.store.lists, Some(Lists::Candidates { .. } | Lists::Events))
    }

    /// Is the behaviour simulated?
    pub(crate) fn simulated(&self) -> bool {
        self.store.events.as_ref().is_some_and(|events| events.simulated)
    }
}

fn random_salt(plans: &Plans) -> Result<String, IngestError> {
    let rows = plans.rows("salt", &Sql::new("SELECT concat(uuid(), uuid())"))?;
    Ok(rows.first().map(|batch| texts(batch.column(0)).value(0).to_string()).unwrap_or_default())
}
