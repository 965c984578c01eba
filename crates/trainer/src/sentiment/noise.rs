//! Training reviews as they are read: changed by a policy, another way in every epoch.

use windowshop_augment_text::{Key, TextPolicy};
use windowshop_features::{Ngrams, ngrams::ngrams};
use windowshop_ingest::Review;

/// See the module's text.
pub struct Noise<'a> {
    pub policy: TextPolicy,
    /// The corpus's reviews, in its order.
    pub reviews: &'a [Review],
    pub max_tokens: usize,
}

impl Noise<'_> {
    /// The n-grams of a changed review. `draw` is the epoch's random number, which the run's seed decides: with the review's
    /// place it decides everything.
    pub fn ngrams(&self, place: usize, draw: u64) -> Ngrams {
        let key = Key { seed: draw, sample: place as u64, epoch: 0 };
        ngrams(&self.policy.apply(&self.reviews[place].text, key), self.max_tokens)
    }
}
