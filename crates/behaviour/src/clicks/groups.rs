//! Sums by key, independent of the number of threads: each group is summed by one thread in the order of its members.

use rayon::prelude::*;

/// Members by key.
#[derive(Clone, Debug)]
pub(super) struct Groups {
    starts: Vec<usize>,
    members: Vec<u32>,
}

impl Groups {
    /// Groups members 0, 1, … by their key, which is below `keys`.
    pub fn new(keys: usize, key_of: impl Iterator<Item = u32> + Clone) -> Self {
        let mut starts = vec![0usize; keys + 1];
        for key in key_of.clone() {
            starts[key as usize + 1] += 1;
        }
        for key in 0..keys {
            starts[key + 1] += starts[key];
        }
        let mut next = starts.clone();
        let mut members = vec![0; starts[keys]];
        for (member, key) in key_of.enumerate() {
            members[next[key as usize]] = member as u32;
            next[key as usize] += 1;
        }
        Self { starts, members }
    }

    /// The members of a key, ascending.
    pub fn members(&self, key: usize) -> &[u32] {
        &self.members[self.starts[key]..self.starts[key + 1]]
    }

    /// Sums of `value(key, member)` by key. `[keys]`
    pub fn sums<const N: usize>(&self, value: impl Fn(usize, usize) -> [f64; N] + Sync) -> Vec<[f64; N]> {
        (0..self.starts.len() - 1)
            .into_par_iter()
            .map(|key| {
                self.members(key).iter().fold([0.0; N], |mut sums, &member| {
                    for (sum, term) in sums.iter_mut().zip(value(key, member as usize)) {
                        *sum += term;
                    }
                    sums
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_is_summed_under_its_key() {
        let groups = Groups::new(3, [2u32, 0, 2, 2].into_iter());
        let sums = groups.sums(|key, member| [member as f64, key as f64]);
        assert_eq!(sums, [[1.0, 0.0], [0.0, 0.0], [5.0, 6.0]]);
    }
}
