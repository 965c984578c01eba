//! Counter-based draws: a value depends on its key and its counter alone, never on threads or order.

use windowshop_features::hash::combine;

/// A number in [0, 1).
pub fn uniform(key: u64, counter: u64) -> f64 {
    (combine(key, counter) >> 11) as f64 / (1u64 << 53) as f64
}

/// A whole number below `bound` (at least 1).
pub fn below(key: u64, counter: u64, bound: usize) -> usize {
    (uniform(key, counter) * bound as f64) as usize
}

/// The key of a part of what `key` draws, such as one visitor of many.
pub fn part(key: u64, index: u64) -> u64 {
    combine(combine(key, 0x7061_7274), index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_of_neighbouring_counters_and_keys_are_even_and_unrelated() {
        let n = 20_000u64;
        let mean = (0..n).map(|i| uniform(7, i)).sum::<f64>() / n as f64;
        let lag = (0..n).map(|i| (uniform(7, i) - 0.5) * (uniform(7, i + 1) - 0.5)).sum::<f64>() / n as f64;
        let keys = (0..n).map(|i| (uniform(i, 3) - 0.5) * (uniform(i + 1, 3) - 0.5)).sum::<f64>() / n as f64;
        assert!((mean - 0.5).abs() < 0.008, "{mean}");
        assert!(lag.abs() < 0.002 && keys.abs() < 0.002, "{lag} {keys}");
        assert!((0..n).all(|i| below(9, i, 3) < 3));
    }
}
