//! Simulated visitors as additional training data of a ranker.

use std::{collections::HashMap, path::Path};

use anyhow::{Context, bail};
use windowshop_ingest::{Cooccurrence, Dataset, History, List, ListStatistics, Transition};

use crate::{config, dataset, learning::split::Cut, simulation::origin::Origin};

/// Data of a folder of `trainer simulate`; items are rows of the dataset that it was fitted to.
pub struct SimulatedData {
    pub lists: Vec<List>,
    pub histories: Vec<History>,
    pub transitions: Vec<Transition>,
    pub cooccurrence: Vec<Cooccurrence>,
    /// Interaction counts of each item.
    pub rates: Vec<ListStatistics>,
    /// Fingerprint of the simulated dataset.
    pub fingerprint: String,
}

impl SimulatedData {
    /// Reads a folder of `trainer simulate`.
    ///
    /// # Errors
    /// If the simulation was fitted to other data than a ranker with this split and share of visitors is trained on.
    pub fn open(folder: &Path, dataset: &Dataset, cut: Cut, visitor_share: f64) -> anyhow::Result<Self> {
        let setting = || format!("generated = \"{}\"", folder.display());
        Origin::read(folder).and_then(|origin| origin.check(dataset, cut, visitor_share)).with_context(setting)?;
        let store = config::store(&folder.join("store.toml")).with_context(setting)?;
        let work = tempfile::tempdir()?;
        let ingested = work.path().join("dataset");
        windowshop_ingest::ingest(&store, folder, &ingested, &dataset::ingest_options()?).with_context(setting)?;
        Self::of(dataset::open(&ingested)?, dataset).with_context(setting)
    }

    fn of(mut simulated: Dataset, dataset: &Dataset) -> anyhow::Result<Self> {
        let rows: HashMap<&str, u32> = dataset.items.iter().map(|item| item.id.as_str()).zip(0..).collect();
        let mut row = Vec::with_capacity(simulated.items.len());
        for item in &simulated.items {
            match rows.get(item.id.as_str()) {
                Some(&number) => row.push(number),
                None => bail!("item `{}` is not in the dataset: simulate again from this one", item.id),
            }
        }
        let (mut transitions, mut cooccurrence) = (simulated.transitions()?, simulated.cooccurrence()?);
        let numbers: Vec<u32> = (0..simulated.lists.len() as u32).collect();
        let mut rates = vec![ListStatistics::default(); dataset.items.len()];
        for (item, counted) in simulated.list_statistics(&numbers)?.into_iter().enumerate() {
            rates[row[item] as usize] = counted;
        }
        let renumber = |item: &mut u32| *item = row[*item as usize];
        for list in &mut simulated.lists {
            list.items.iter_mut().chain(&mut list.target).chain(&mut list.training_only).for_each(renumber);
            list.session.iter_mut().for_each(|event| renumber(&mut event.item));
        }
        for history in &mut simulated.histories {
            history.items.iter_mut().chain(&mut history.target).for_each(renumber);
        }
        transitions.iter_mut().flat_map(|pair| [&mut pair.from, &mut pair.to]).for_each(renumber);
        cooccurrence.iter_mut().flat_map(|pair| [&mut pair.a, &mut pair.b]).for_each(renumber);
        let Dataset { lists, histories, fingerprint, .. } = simulated;
        Ok(Self { lists, histories, transitions, cooccurrence, rates, fingerprint })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ranking::sample::tests::{USERS, shop};

    #[test]
    fn simulated_data_refer_to_the_rows_of_the_dataset() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let dataset = shop(one.path(), 0..2 * USERS);
        let renumbered = SimulatedData::of(shop(other.path(), (0..2 * USERS).rev()), &dataset).unwrap();
        assert_eq!((&renumbered.lists, &renumbered.histories), (&dataset.lists, &dataset.histories));
        let mut pairs = renumbered.transitions.clone();
        pairs.sort_by_key(|pair| (pair.from, pair.to));
        assert_eq!(pairs, dataset.transitions().unwrap());
        let mut fewer = dataset.clone();
        fewer.items.pop();
        let error = SimulatedData::of(dataset, &fewer).err().unwrap().to_string();
        assert!(error.contains("is not in the dataset"), "{error}");
    }
}
