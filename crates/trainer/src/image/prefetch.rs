//! Batches that another thread prepares during training.

use std::{
    sync::mpsc::{Receiver, sync_channel},
    thread,
};

/// Most prepared batches.
const AHEAD: usize = 3;

/// Prepares a batch for each job, in order, on a thread that ends with its receiver.
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
    fn batches_come_in_the_order_of_the_jobs() {
        let found: Vec<u64> = prefetch((0..50u64).collect(), |job| job * 1001).iter().collect();
        assert_eq!(found, (0..50).map(|i| i * 1001).collect::<Vec<_>>());
    }
}
