//! Batches that another thread makes while the network learns from the one before.

use std::{
    sync::mpsc::{Receiver, sync_channel},
    thread,
};

/// Batches that may wait.
const AHEAD: usize = 3;

/// Makes a batch of each job, in order, on a thread of its own, which ends with its receiver.
pub fn prefetch<J, B>(jobs: Vec<J>, make: impl Fn(&J) -> B + Send + 'static) -> Receiver<B>
where
    J: Send + 'static,
    B: Send + 'static,
{
    let (sender, receiver) = sync_channel(AHEAD);
    thread::spawn(move || jobs.iter().all(|job| sender.send(make(job)).is_ok()));
    receiver
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_come_in_the_order_of_the_jobs_and_only_as_many() {
        let found: Vec<u64> = prefetch((0..50u64).collect(), |job| job * 1001).iter().collect();
        assert_eq!(found, (0..50).map(|i| i * 1001).collect::<Vec<_>>());
    }
}
