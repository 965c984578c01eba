//! A few examples of each class, for measuring what many are worth.

use std::collections::HashMap;

use windowshop_features::hash::combine;

/// Separates these draws from other uses of a seed.
const SCARCE: u64 = 0x7363_6172_6365;

/// The first `per_class` of each class in an order that `seed` decides, in their old order; all where it is 0. Fewer are among more:
/// 20 of a class are 20 of the 100.
pub fn few(examples: &[usize], class: impl Fn(usize) -> usize, per_class: usize, seed: u64) -> Vec<usize> {
    if per_class == 0 {
        return examples.to_vec();
    }
    let mut order: Vec<usize> = (0..examples.len()).collect();
    order.sort_by_key(|&at| combine(combine(seed, SCARCE), examples[at] as u64));
    let mut taken: HashMap<usize, usize> = HashMap::new();
    order.retain(|&at| {
        let count = taken.entry(class(examples[at])).or_default();
        *count += 1;
        *count <= per_class
    });
    order.sort_unstable();
    order.into_iter().map(|at| examples[at]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_has_as_many_and_fewer_are_among_more() {
        let examples: Vec<usize> = (100..400).collect();
        let class = |example: usize| example % 3;
        let (five, ten) = (few(&examples, class, 5, 1), few(&examples, class, 10, 1));
        for wanted in 0..3 {
            assert_eq!(five.iter().filter(|&&example| class(example) == wanted).count(), 5);
        }
        assert!(five.iter().all(|example| ten.contains(example)) && five.is_sorted());
        assert_ne!(five, few(&examples, class, 5, 2));
        assert_eq!(few(&examples, class, 0, 1), examples);
    }
}
