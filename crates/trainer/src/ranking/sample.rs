//! Training data of a ranker: a share of the visitors of a dataset, and simulated visitors.

use windowshop_ingest::{Cooccurrence, Dataset, History, List, ListStatistics, Transition};
use windowshop_schema::RankerTrainConfig;

use super::simulated_data::SimulatedData;
use crate::learning::split::{Cut, Split, is_drawn};

/// Training data; items are rows of the dataset.
pub struct Sample<'a> {
    /// Lists of the training split; simulated ones last.
    pub lists: Vec<&'a List>,
    /// Number of lists shown to real visitors.
    pub real: usize,
    /// Histories, without the labels of any list.
    pub histories: Vec<&'a History>,
    /// Transitions between items; a pair may occur twice.
    pub transitions: Vec<Transition>,
    /// Co-occurrences of items in histories; a pair may occur twice.
    pub cooccurrence: Vec<Cooccurrence>,
    /// Interaction counts of each item.
    pub rates: Vec<ListStatistics>,
}

impl<'a> Sample<'a> {
    /// The share `visitor_share` of the dataset's visitors (none with `generated_only`), and `simulated`. Histories contain no label of a list, so
    /// those of visitors with validation or test lists are included.
    pub fn of(
        dataset: &'a Dataset,
        simulated: Option<&'a SimulatedData>,
        config: &RankerTrainConfig,
        cut: Cut,
    ) -> anyhow::Result<Self> {
        let mut sample = Self {
            lists: Vec::new(),
            real: 0,
            histories: Vec::new(),
            transitions: Vec::new(),
            cooccurrence: Vec::new(),
            rates: vec![ListStatistics::default(); dataset.items.len()],
        };
        if !config.generated_only {
            sample.add_real(dataset, config.visitor_share, cut)?;
        }
        if let Some(simulated) = simulated {
            sample.lists.extend(&simulated.lists);
            sample.histories.extend(&simulated.histories);
            sample.transitions.extend(&simulated.transitions);
            sample.cooccurrence.extend(&simulated.cooccurrence);
            for (all, more) in sample.rates.iter_mut().zip(&simulated.rates) {
                all.impressions += more.impressions;
                all.clicks += more.clicks;
                all.carts += more.carts;
                all.purchases += more.purchases;
            }
        }
        Ok(sample)
    }

    fn add_real(&mut self, dataset: &'a Dataset, share: f64, cut: Cut) -> anyhow::Result<()> {
        let numbers: Vec<u32> = (0..dataset.lists.len() as u32)
            .filter(|&number| is_training_list(&dataset.lists[number as usize], share, cut))
            .collect();
        self.lists.extend(numbers.iter().map(|&number| &dataset.lists[number as usize]));
        self.real = numbers.len();
        self.rates = dataset.list_statistics(&numbers)?;
        self.histories.extend(dataset.histories.iter().filter(|history| is_drawn(&history.user, share, cut.seed)));
        if share >= 1.0 {
            // Counted at ingest.
            self.transitions = dataset.transitions()?;
            self.cooccurrence = dataset.cooccurrence()?;
        } else {
            let users: Vec<&str> = self.histories.iter().map(|history| history.user.as_str()).collect();
            self.transitions = dataset.transitions_of(&users)?;
            self.cooccurrence = dataset.cooccurrence_of(&users)?;
        }
        Ok(())
    }
}

/// Whether a list is in the training split and its visitor in the share; a query stands for an unknown visitor.
pub fn is_training_list(list: &List, share: f64, cut: Cut) -> bool {
    let visitor = list.user.as_deref().unwrap_or(&list.key);
    cut.of(&list.key) == Split::Train && is_drawn(visitor, share, cut.seed)
}

#[cfg(test)]
pub(super) mod tests {
    use std::{collections::HashSet, fmt::Write as _, fs, path::Path};

    use windowshop_ingest::{IngestOptions, ingest};

    use super::*;

    pub const USERS: u32 = 300;
    const CUT: Cut = Cut { seed: 3, validation_share: 0.2, test_share: 0.2, fold_offset: 0.0 };

    /// A shop in which user u picks the items 2u and 2u + 1, which no other user picks, then is shown a list and takes item 0. `items`: order of the
    /// catalogue.
    pub fn shop(dir: &Path, items: impl Iterator<Item = u32>) -> Dataset {
        let (mut catalogue, mut histories, mut lists) =
            (String::from("id\ttitle\n"), String::from("user\titems\tnext\n"), String::new());
        items.for_each(|item| writeln!(catalogue, "i{item}\tthing {item}").unwrap());
        for user in 0..USERS {
            writeln!(histories, "u{user}\ti{} i{}\ti0", 2 * user, 2 * user + 1).unwrap();
            writeln!(lists, "u{user}\ti{} i0 i1", 2 * user + 1).unwrap();
        }
        let store = r#"
            name = "pairs"
            [catalogue]
            file = "items.tsv"
            id = "id"
            title = "title"
            [histories]
            file = "histories.tsv"
            user = "user"
            items = "items"
            target = "next"
            [lists]
            kind = "candidates"
            file = "lists.tsv"
            user = "column_1"
            items = "column_2"
            [privacy]
            user_salt = "pairs"
        "#;
        for (name, text) in [("items.tsv", &catalogue), ("histories.tsv", &histories), ("lists.tsv", &lists)] {
            fs::write(dir.join(name), text).unwrap();
        }
        ingest(&toml::from_str(store).unwrap(), dir, &dir.join("data"), &IngestOptions::default()).unwrap();
        Dataset::open(&dir.join("data")).unwrap()
    }

    #[test]
    fn a_share_of_visitors_excludes_the_data_of_all_others() {
        let dir = tempfile::tempdir().unwrap();
        let dataset = shop(dir.path(), 0..2 * USERS);
        let sample = |visitor_share: f64| {
            let config = RankerTrainConfig { visitor_share, ..RankerTrainConfig::default() };
            Sample::of(&dataset, None, &config, CUT).unwrap()
        };
        let (part, all) = (sample(0.3), sample(1.0));
        let known: HashSet<&str> = part.histories.iter().map(|history| history.user.as_str()).collect();
        assert!((60..120).contains(&known.len()), "{}", known.len());
        assert!(part.lists.iter().all(|list| known.contains(list.user.as_deref().unwrap())));
        assert!(part.lists.iter().all(|list| CUT.of(&list.key) == Split::Train));
        assert!(part.lists.len() < known.len() && part.lists.len() > 20, "some are in the test split");
        // Every transition belongs to one visitor.
        let steps: HashSet<u32> = part.transitions.iter().map(|pair| pair.from).collect();
        let theirs: HashSet<u32> = part.histories.iter().map(|history| history.items[0]).collect();
        assert_eq!(steps, theirs);
        assert_eq!(part.cooccurrence.len(), theirs.len());
        assert_eq!((all.histories.len(), all.transitions.len()), (USERS as usize, USERS as usize));
        assert_eq!(all.real, all.lists.len());
        let only = RankerTrainConfig { generated_only: true, ..RankerTrainConfig::default() };
        let none = Sample::of(&dataset, None, &only, CUT).unwrap();
        assert!(none.lists.is_empty() && none.histories.is_empty() && none.transitions.is_empty());
    }
}
