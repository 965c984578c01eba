//! Training, validation and test splits, by key (query or user), never by row.

use std::collections::{HashMap, HashSet};

use sha2::{Digest, Sha256};
use windowshop_features::hash::{combine, hash};

/// Separates the draw of training examples from other draws.
const DRAWN: u64 = 67;
/// Separates the draw of visitors from other draws.
const VISITORS: u64 = 71;

/// A split of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// Examples for training.
    Train,
    /// Examples for early stopping, tuning and calibration.
    Validation,
    /// Examples for the final metrics.
    Test,
}

/// The assignment of keys to splits: a function of key and seed alone.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Cut {
    pub seed: u64,
    /// Share of the keys in the validation split.
    pub validation_share: f64,
    /// Share of the keys in the test split.
    pub test_share: f64,
    /// Where the test split starts among all keys, 0 to 1.
    #[serde(default)]
    #[serde(alias = "turn")]
    pub fold_offset: f64,
}

/// A fold of a cross-validation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fold {
    /// The index, from 0.
    pub number: usize,
    /// The number of folds.
    pub of: usize,
}

impl Cut {
    /// The same cut with a fold as test split.
    pub fn fold(self, fold: Fold) -> Self {
        Self { test_share: 1.0 / fold.of as f64, fold_offset: fold.number as f64 / fold.of as f64, ..self }
    }

    /// The split of a key.
    pub fn of(&self, key: &str) -> Split {
        let digest = Sha256::new().chain_update(self.seed.to_le_bytes()).chain_update(key.as_bytes()).finalize();
        let number = u64::from_le_bytes(digest[..8].try_into().expect("a digest has 32 bytes"));
        let share = number as f64 / u64::MAX as f64 - self.fold_offset;
        let share = if share < 0.0 { share + 1.0 } else { share };
        if share < self.test_share {
            Split::Test
        } else if share < self.test_share + self.validation_share {
            Split::Validation
        } else {
            Split::Train
        }
    }
}

/// Whether a visitor is in a random share of all visitors; a smaller share is a subset of a larger one.
pub fn is_drawn(visitor: &str, share: f64, seed: u64) -> bool {
    share >= 1.0 || hash(combine(VISITORS, seed), visitor.as_bytes()) as f64 / u64::MAX as f64 <= share
}

/// Keeps at most `most` random examples of each class, in their order; 0 keeps all. `labels` has the classes of all examples of
/// all splits.
pub fn limit_per_class(examples: &mut Vec<usize>, labels: &[usize], most: usize, seed: u64) {
    if most == 0 {
        return;
    }
    let mut drawn = examples.clone();
    drawn.sort_by_key(|&example| (combine(combine(DRAWN, seed), example as u64), example));
    let mut counts: HashMap<usize, usize> = HashMap::new();
    drawn.retain(|&example| {
        let count = counts.entry(labels[example]).or_default();
        *count += 1;
        *count <= most
    });
    let kept: HashSet<usize> = drawn.into_iter().collect();
    examples.retain(|example| kept.contains(example));
}

/// The classes of the synthetic samples: `share` samples per real one, class by class.
pub fn synthetic_labels(real: &[usize], classes: usize, share: f64) -> Vec<usize> {
    let count = |class| real.iter().filter(|&&label| label == class).count();
    let wanted = |class| (count(class) as f64 * share).round() as usize;
    (0..classes).flat_map(|class| std::iter::repeat_n(class, wanted(class))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_most_so_many_examples_of_each_class_are_kept_by_seed() {
        let labels: Vec<usize> = (0..300).map(|i| usize::from(i % 3 == 0)).collect();
        let limited = |most, seed| {
            let mut examples: Vec<usize> = (20..300).collect();
            limit_per_class(&mut examples, &labels, most, seed);
            examples
        };
        let ten = limited(10, 1);
        assert!(ten.len() == 20 && ten.is_sorted() && ten.iter().filter(|&&i| labels[i] == 1).count() == 10);
        assert_eq!(ten, limited(10, 1));
        assert_ne!(ten, limited(10, 2));
        assert!(ten.iter().all(|example| limited(11, 1).contains(example)), "a smaller draw is part of a larger one");
        assert_eq!(limited(0, 1).len(), 280);
        assert_eq!(limited(1_000, 1).len(), 280);
    }

    #[test]
    fn a_share_of_visitors_is_a_subset_of_every_larger_one() {
        let drawn =
            |share, seed| -> Vec<String> { keys().into_iter().filter(|key| is_drawn(key, share, seed)).collect() };
        let (hundredth, tenth) = (drawn(0.01, 1), drawn(0.1, 1));
        assert!((70..130).contains(&hundredth.len()) && (900..1_100).contains(&tenth.len()));
        assert!(hundredth.iter().all(|key| tenth.contains(key)));
        assert_ne!(hundredth, drawn(0.01, 2));
        assert_eq!(drawn(1.0, 1).len(), 10_000);
        // The draw is independent of the split.
        let tested = tenth.iter().filter(|key| CUT.of(key) == Split::Test).count();
        assert!((60..140).contains(&tested), "{tested}");
    }

    const CUT: Cut = Cut { seed: 1, validation_share: 0.2, test_share: 0.1, fold_offset: 0.0 };

    fn keys() -> Vec<String> {
        (0..10_000).map(|i| format!("query {i}")).collect()
    }

    #[test]
    fn splits_have_their_shares_and_a_key_stays_in_its_split() {
        let count = |split| keys().iter().filter(|k| CUT.of(k) == split).count() as f64 / 10_000.0;
        assert!((count(Split::Validation) - 0.2).abs() < 0.02);
        assert!((count(Split::Test) - 0.1).abs() < 0.02);
        assert_eq!(CUT.of("umbrella"), CUT.of("umbrella"));
    }

    #[test]
    fn every_key_is_in_the_test_split_of_exactly_one_fold() {
        for key in keys() {
            let folds = (0..4).filter(|&number| CUT.fold(Fold { number, of: 4 }).of(&key) == Split::Test);
            assert_eq!(folds.count(), 1, "{key}");
        }
    }
}
