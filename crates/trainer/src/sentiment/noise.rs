//! Augmentation of the training reviews, drawn anew in every epoch.

use windowshop_augment_text::{Key, TextPolicy};
use windowshop_features::{Ngrams, ngrams::ngrams};
use windowshop_ingest::Review;

/// A text policy and the reviews that it augments.
pub struct Noise<'a> {
    pub policy: TextPolicy,
    /// The corpus's reviews, in its order.
    pub reviews: &'a [Review],
    pub max_tokens: usize,
}

impl Noise<'_> {
    /// The n-grams of an augmented review. `place`, the index of the review, and `draw`, the random number of the epoch, decide
    /// every draw.
    pub fn ngrams(&self, place: usize, draw: u64) -> Ngrams {
        let key = Key { seed: draw, sample: place as u64, epoch: 0 };
        ngrams(&self.policy.apply(&self.reviews[place].text, key), self.max_tokens)
    }
}
