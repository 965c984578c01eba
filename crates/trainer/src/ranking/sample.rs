//! What a ranker learns from: the visitors of a dataset or a share of them, and visitors that were made up.

use windowshop_ingest::{Cooccurrence, Dataset, History, List, ListStatistics, Transition};
use windowshop_schema::TrainConfig;

use super::made::Made;
use crate::learning::split::{Cut, Split, is_drawn};

/// Behaviour to learn from; items are rows of the dataset.
pub struct Sample<'a> {
    /// Lists of the training part, those that were made up last.
    pub lists: Vec<&'a List>,
    /// How many of the lists were shown to real visitors.
    pub real: usize,
    /// What users did, without the labels of any list.
    pub histories: Vec<&'a History>,
    /// What came after what; a pair of items may be there twice.
    pub transitions: Vec<Transition>,
    /// Which items share histories; a pair of items may be there twice.
    pub cooccurrence: Vec<Cooccurrence>,
    /// What came of the lists, one entry an item.
    pub rates: Vec<ListStatistics>,
}

impl<'a> Sample<'a> {
    /// The share `visitor_share` of the dataset's visitors (none with `generated_only`), and `made`. Histories hold no label of any list, so
    /// those of visitors whose lists are validated or tested on are known too, if they are of the share.
    pub fn of(dataset: &'a Dataset, made: Option<&'a Made>, config: &TrainConfig, cut: Cut) -> anyhow::Result<Self> {
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
        if let Some(made) = made {
            sample.lists.extend(&made.lists);
            sample.histories.extend(&made.histories);
            sample.transitions.extend(&made.transitions);
            sample.cooccurrence.extend(&made.cooccurrence);
            for (all, more) in sample.rates.iter_mut().zip(&made.rates) {
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
            .filter(|&number| learns_from(&dataset.lists[number as usize], share, cut))
            .collect();
        self.lists.extend(numbers.iter().map(|&number| &dataset.lists[number as usize]));
        self.real = numbers.len();
        self.rates = dataset.list_statistics(&numbers)?;
        self.histories.extend(dataset.histories.iter().filter(|history| is_drawn(&history.user, share, cut.seed)));
        if share >= 1.0 {
            // What was counted at ingest.
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

/// Is a list of the training part, and of a visitor of the share that is learned from? Where visitors are not known, queries stand for them.
pub fn learns_from(list: &List, share: f64, cut: Cut) -> bool {
    let visitor = list.user.as_deref().unwrap_or(&list.key);
    cut.of(&list.key) == Split::Train && is_drawn(visitor, share, cut.seed)
}
