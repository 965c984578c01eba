//! Which lists train, validate and test: cut by key (query or user), never by row.

use sha2::{Digest, Sha256};

/// A part of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// Learned from.
    Train,
    /// Tuned and stopped on.
    Validation,
    /// Reported once.
    Test,
}

/// The split of a key: the same for every run with this seed, whatever else is in the data.
pub fn of(key: &str, seed: u64, validation_share: f64, test_share: f64) -> Split {
    let digest = Sha256::new().chain_update(seed.to_le_bytes()).chain_update(key.as_bytes()).finalize();
    let number = u64::from_le_bytes(digest[..8].try_into().expect("a digest has 32 bytes"));
    let share = number as f64 / u64::MAX as f64;
    if share < test_share {
        Split::Test
    } else if share < test_share + validation_share {
        Split::Validation
    } else {
        Split::Train
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_kept_and_a_key_stays_in_its_split() {
        let keys: Vec<String> = (0..10_000).map(|i| format!("query {i}")).collect();
        let count = |split| keys.iter().filter(|k| of(k, 1, 0.2, 0.1) == split).count() as f64 / keys.len() as f64;
        assert!((count(Split::Validation) - 0.2).abs() < 0.02);
        assert!((count(Split::Test) - 0.1).abs() < 0.02);
        assert_eq!(of("umbrella", 7, 0.2, 0.1), of("umbrella", 7, 0.2, 0.1));
    }
}
