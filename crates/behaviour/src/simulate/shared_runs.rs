//! The longest contiguous run that a sequence shares with another (longest common substring).

use std::collections::{HashMap, HashSet};

use windowshop_features::hash::combine;

/// The sequences that a run occurs in.
#[derive(Clone, Copy, PartialEq)]
enum Owner {
    One(usize),
    Many,
}

/// An occurrence of a run.
struct Occurrence {
    sequence: usize,
    at: usize,
    /// Hash of the run.
    key: u64,
}

impl Occurrence {
    /// The run extended by one element, if the sequence goes on; `length` is the run's own.
    fn longer(mut self, sequences: &[Vec<usize>], length: usize) -> Option<Self> {
        let &next = sequences[self.sequence].get(self.at + length)?;
        self.key = combine(self.key, next as u64);
        Some(self)
    }
}

fn occurrences(sequences: &[Vec<usize>]) -> Vec<Occurrence> {
    let of = |(sequence, elements): (usize, &Vec<usize>)| {
        (0..elements.len()).map(move |at| Occurrence { sequence, at, key: 0 })
    };
    sequences.iter().enumerate().flat_map(of).collect()
}

/// The length of the longest run that each of `known` shares with another of them, and each of `others` with any of `known`; 0 if none.
///
/// Extends shared runs by one element at a time, so the work grows with what is shared. Runs are compared by 64-bit hashes.
pub(super) fn longest_shared_runs(known: &[Vec<usize>], others: &[Vec<usize>]) -> [Vec<usize>; 2] {
    let mut longest = [vec![0; known.len()], vec![0; others.len()]];
    let (mut of_known, mut of_others) = (occurrences(known), occurrences(others));
    for length in 0.. {
        of_known = of_known.into_iter().filter_map(|occurrence| occurrence.longer(known, length)).collect();
        of_others = of_others.into_iter().filter_map(|occurrence| occurrence.longer(others, length)).collect();
        let mut owners: HashMap<u64, Owner> = HashMap::with_capacity(of_known.len());
        for occurrence in &of_known {
            let owner = owners.entry(occurrence.key).or_insert(Owner::One(occurrence.sequence));
            if *owner != Owner::One(occurrence.sequence) {
                *owner = Owner::Many;
            }
        }
        of_others.retain(|occurrence| owners.contains_key(&occurrence.key));
        let wanted: HashSet<u64> = of_others.iter().map(|occurrence| occurrence.key).collect();
        of_known.retain(|occurrence| {
            let shared = owners[&occurrence.key] == Owner::Many;
            if shared {
                longest[0][occurrence.sequence] = length + 1;
            }
            shared || wanted.contains(&occurrence.key)
        });
        of_others.iter().for_each(|occurrence| longest[1][occurrence.sequence] = length + 1);
        if of_known.is_empty() {
            return longest;
        }
    }
    unreachable!("sequences are finite")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By comparing every run of every pair.
    fn brute_force(sequence: &[usize], among: &[&Vec<usize>]) -> usize {
        let runs = |length: usize| {
            sequence.windows(length).any(|run| among.iter().any(|other| other.windows(length).any(|w| w == run)))
        };
        (1..=sequence.len()).rev().find(|&length| runs(length)).unwrap_or(0)
    }

    #[test]
    fn run_lengths_match_a_comparison_of_every_pair() {
        let draw = |a: u64, b: u64, bound: u64| (combine(combine(11, a), b) % bound) as usize;
        let sequences = |seed: u64, count: u64| -> Vec<Vec<usize>> {
            (0..count).map(|i| (0..draw(seed, i, 12) as u64).map(|j| draw(seed + 1, i * 40 + j, 4)).collect()).collect()
        };
        let (known, others) = (sequences(1, 40), sequences(7, 30));
        let [own, foreign] = longest_shared_runs(&known, &others);
        for (i, sequence) in known.iter().enumerate() {
            let rest: Vec<&Vec<usize>> = known.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, s)| s).collect();
            assert_eq!(own[i], brute_force(sequence, &rest), "{sequence:?}");
        }
        let all: Vec<&Vec<usize>> = known.iter().collect();
        for (sequence, found) in others.iter().zip(foreign) {
            assert_eq!(found, brute_force(sequence, &all), "{sequence:?}");
        }
    }
}
