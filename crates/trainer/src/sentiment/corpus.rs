//! Reviews as n-grams with their class, split.

use std::collections::HashMap;

use anyhow::bail;
use windowshop_features::{Ngrams, ngrams::ngrams};
use windowshop_ingest::Review;
use windowshop_schema::{SentimentLabel, SentimentTrainConfig};

use crate::learning::split::{Cut, Split, limit_per_class};

/// Labelled reviews.
pub struct Corpus {
    /// The sentiments that occur, from worst to best.
    pub classes: Vec<SentimentLabel>,
    pub texts: Vec<Ngrams>,
    /// The class of each text, an index into `classes`.
    pub labels: Vec<usize>,
    parts: HashMap<Split, Vec<usize>>,
}

/// The split of a review, by its text; a held-out category is the whole test split.
pub fn split_of(review: &Review, holdout: &str, cut: &Cut) -> Split {
    let random = cut.of(&review.text);
    match (holdout.is_empty(), review.category.as_deref() == Some(holdout), random) {
        (true, _, random) => random,
        (false, true, _) => Split::Test,
        (false, false, Split::Validation) => Split::Validation,
        (false, false, _) => Split::Train,
    }
}

impl Corpus {
    /// Reads and splits reviews.
    ///
    /// # Errors
    /// If a class is missing in the training or validation split, or the held-out category does not exist.
    pub fn new(reviews: &[Review], config: &SentimentTrainConfig, cut: &Cut) -> anyhow::Result<Self> {
        let holdout = &config.holdout_category;
        if !holdout.is_empty() && !reviews.iter().any(|review| review.category.as_ref() == Some(holdout)) {
            let mut known: Vec<&str> = reviews.iter().filter_map(|review| review.category.as_deref()).collect();
            known.sort_unstable();
            known.dedup();
            bail!("holdout_category: no review of category \"{holdout}\"; found {}", known.join(", "));
        }
        let classes: Vec<SentimentLabel> = SentimentLabel::ALL
            .into_iter()
            .filter(|sentiment| reviews.iter().any(|review| review.sentiment == *sentiment))
            .collect();
        if classes.len() < 2 {
            let found: Vec<&str> = classes.iter().map(|sentiment| sentiment.name()).collect();
            bail!(
                "all {} reviews are {}: expected at least two sentiments to tell apart",
                reviews.len(),
                found.join("")
            );
        }
        let mut parts: HashMap<Split, Vec<usize>> = HashMap::new();
        for (i, review) in reviews.iter().enumerate() {
            parts.entry(split_of(review, holdout, cut)).or_default().push(i);
        }
        let corpus = Self::unsplit(reviews, &classes, config.max_tokens);
        for wanted in [Split::Train, Split::Validation] {
            for (class, sentiment) in classes.iter().enumerate() {
                if !parts.get(&wanted).is_some_and(|part| part.iter().any(|&i| corpus.labels[i] == class)) {
                    let name = sentiment.name();
                    bail!(
                        "no {name} review in the {wanted:?} split: give more data, or other validation_share and test_share"
                    );
                }
            }
        }
        if let Some(train) = parts.get_mut(&Split::Train) {
            limit_per_class(train, &corpus.labels, config.samples_per_class, cut.seed);
        }
        Ok(Self { parts, ..corpus })
    }

    /// Reads the reviews of the given classes, unsplit.
    pub fn unsplit(reviews: &[Review], classes: &[SentimentLabel], max_tokens: usize) -> Self {
        let place = |review: &Review| classes.iter().position(|sentiment| *sentiment == review.sentiment);
        let known: Vec<(&Review, usize)> = reviews.iter().filter_map(|review| Some((review, place(review)?))).collect();
        Self {
            classes: classes.to_vec(),
            texts: known.iter().map(|(review, _)| ngrams(&review.text, max_tokens)).collect(),
            labels: known.iter().map(|(_, label)| *label).collect(),
            parts: HashMap::new(),
        }
    }

    /// Indices of the texts of a split.
    pub fn split(&self, split: Split) -> &[usize] {
        self.parts.get(&split).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUT: Cut = Cut { seed: 1, validation_share: 0.15, test_share: 0.15, fold_offset: 0.0 };

    fn review(i: usize, sentiment: SentimentLabel, category: &str) -> Review {
        Review { text: format!("review number {i}"), sentiment, category: Some(category.into()) }
    }

    fn reviews() -> Vec<Review> {
        let sentiments = [SentimentLabel::Negative, SentimentLabel::Positive];
        (0..400).map(|i| review(i, sentiments[i % 2], ["books", "fruit"][i / 2 % 2])).collect()
    }

    #[test]
    fn a_held_out_category_is_the_test_split() {
        let reviews = reviews();
        let config = SentimentTrainConfig { holdout_category: "fruit".into(), ..Default::default() };
        let corpus = Corpus::new(&reviews, &config, &CUT).unwrap();
        assert_eq!(corpus.split(Split::Test).len(), 200);
        for part in [Split::Train, Split::Validation] {
            assert!(corpus.split(part).iter().all(|&i| reviews[i].category.as_deref() == Some("books")));
        }
    }

    #[test]
    fn one_sentiment_alone_and_an_unknown_category_are_refused() {
        let same: Vec<Review> = (0..40).map(|i| review(i, SentimentLabel::Positive, "books")).collect();
        let error = Corpus::new(&same, &SentimentTrainConfig::default(), &CUT).err().unwrap().to_string();
        assert!(error.contains("all 40 reviews are positive"), "{error}");
        let config = SentimentTrainConfig { holdout_category: "cars".into(), ..Default::default() };
        let error = Corpus::new(&reviews(), &config, &CUT).err().unwrap().to_string();
        assert!(error.contains("cars") && error.contains("books, fruit"), "{error}");
    }
}
