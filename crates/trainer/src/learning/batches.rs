//! The order of the training examples: a function of seed and epoch alone.

use windowshop_features::hash::combine;

/// Batches whose examples are sorted by length together.
const POOL: usize = 40;

/// Groups examples of similar length into batches, which limits padding; `draw` decides the order of the batches.
pub fn by_length<K: Ord>(order: Vec<usize>, size: usize, draw: u64, length: impl Fn(usize) -> K) -> Vec<Vec<usize>> {
    let sorted: Vec<usize> = order
        .chunks(size * POOL)
        .flat_map(|pool| {
            let mut pool = pool.to_vec();
            pool.sort_by_key(|&example| length(example));
            pool
        })
        .collect();
    let batches: Vec<Vec<usize>> = sorted.chunks(size).map(<[usize]>::to_vec).collect();
    shuffled(batches.len(), draw, 0).into_iter().map(|i| batches[i].clone()).collect()
}

/// A permutation of `0..count`: Fisher-Yates with a counter-based generator.
pub fn shuffled(count: usize, seed: u64, epoch: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    for i in (1..count).rev() {
        order.swap(i, (key(seed, epoch as u64, i as u64 | 1 << 40) % (i as u64 + 1)) as usize);
    }
    order
}

/// The random number of an epoch, apart from those of its steps.
pub fn epoch_key(seed: u64, epoch: usize) -> u64 {
    key(seed, epoch as u64, 1 << 41)
}

/// The random number of a step.
pub fn step_key(seed: u64, epoch: usize, step: usize) -> u64 {
    key(seed, epoch as u64, step as u64)
}

fn key(seed: u64, epoch: u64, step: u64) -> u64 {
    combine(combine(seed, epoch), step)
}
