//! The longest run of things that a sequence shares with another.

use std::collections::{HashMap, HashSet};

use windowshop_features::hash::combine;

/// Whose a run is.
#[derive(Clone, Copy, PartialEq)]
enum Owner {
    One(usize),
    Many,
}

/// Runs that begin at a place of a sequence.
struct Place {
    sequence: usize,
    at: usize,
    /// Of the run of the length that is looked at.
    key: u64,
}

impl Place {
    /// The run that is longer by one, where there is one; `length` is that of the run so far.
    fn longer(mut self, sequences: &[Vec<usize>], length: usize) -> Option<Self> {
        let &next = sequences[self.sequence].get(self.at + length)?;
        self.key = combine(self.key, next as u64);
        Some(self)
    }
}

fn places(sequences: &[Vec<usize>]) -> Vec<Place> {
    let of = |(sequence, things): (usize, &Vec<usize>)| (0..things.len()).map(move |at| Place { sequence, at, key: 0 });
    sequences.iter().enumerate().flat_map(of).collect()
}

/// The length of the longest contiguous run that each of `known` shares with another one of them, and each of `others` with one of `known`;
/// 0 where nothing is shared.
///
/// Runs that are shared are made longer by one until none is left, so the work is that of what is shared. A run is told by 64 bits.
pub(super) fn longest_runs(known: &[Vec<usize>], others: &[Vec<usize>]) -> [Vec<usize>; 2] {
    let mut longest = [vec![0; known.len()], vec![0; others.len()]];
    let (mut of_known, mut of_others) = (places(known), places(others));
    for length in 0.. {
        of_known = of_known.into_iter().filter_map(|place| place.longer(known, length)).collect();
        of_others = of_others.into_iter().filter_map(|place| place.longer(others, length)).collect();
        let mut owners: HashMap<u64, Owner> = HashMap::with_capacity(of_known.len());
        for place in &of_known {
            let owner = owners.entry(place.key).or_insert(Owner::One(place.sequence));
            if *owner != Owner::One(place.sequence) {
                *owner = Owner::Many;
            }
        }
        of_others.retain(|place| owners.contains_key(&place.key));
        let wanted: HashSet<u64> = of_others.iter().map(|place| place.key).collect();
        of_known.retain(|place| {
            let shared = owners[&place.key] == Owner::Many;
            if shared {
                longest[0][place.sequence] = length + 1;
            }
            shared || wanted.contains(&place.key)
        });
        of_others.iter().for_each(|place| longest[1][place.sequence] = length + 1);
        if of_known.is_empty() {
            return longest;
        }
    }
    unreachable!("a sequence has an end")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All runs of all others, one by one.
    fn plainly(sequence: &[usize], among: &[&Vec<usize>]) -> usize {
        let runs = |length: usize| {
            sequence.windows(length).any(|run| among.iter().any(|other| other.windows(length).any(|w| w == run)))
        };
        (1..=sequence.len()).rev().find(|&length| runs(length)).unwrap_or(0)
    }

    #[test]
    fn runs_are_as_long_as_when_every_pair_is_compared() {
        let draw = |a: u64, b: u64, bound: u64| (combine(combine(11, a), b) % bound) as usize;
        let sequences = |seed: u64, count: u64| -> Vec<Vec<usize>> {
            (0..count).map(|i| (0..draw(seed, i, 12) as u64).map(|j| draw(seed + 1, i * 40 + j, 4)).collect()).collect()
        };
        let (known, others) = (sequences(1, 40), sequences(7, 30));
        let [own, foreign] = longest_runs(&known, &others);
        for (i, sequence) in known.iter().enumerate() {
            let rest: Vec<&Vec<usize>> = known.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, s)| s).collect();
            assert_eq!(own[i], plainly(sequence, &rest), "{sequence:?}");
        }
        let all: Vec<&Vec<usize>> = known.iter().collect();
        for (sequence, found) in others.iter().zip(foreign) {
            assert_eq!(found, plainly(sequence, &all), "{sequence:?}");
        }
    }
}
