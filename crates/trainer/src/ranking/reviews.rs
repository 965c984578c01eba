//! Item signals from reviews: the inputs of the feature group `reviews`.
//!
//! Every mean is shrunk towards the shop's mean: (Σ value + strength · shop mean) / (number + strength), the posterior mean under a normal prior.
//! A review is suspicious if its stars contradict its text or if it has a near-duplicate; the credible rating weighs it less.

use windowshop_features::groups::reviews::{CONTRADICTING, COPIED, CREDIBLE_RATING, LOG_COUNT, RATING, SENTIMENT};
use windowshop_ingest::ItemReview;

use super::{near_duplicates, signals::Signals};

/// Pseudo-reviews of the shop mean.
const STRENGTH: f32 = 5.0;
/// Most stars of a negative review, as in sentiment labels.
const NEGATIVE_STARS: f32 = 2.0;
/// Fewest stars of a positive review, as in sentiment labels.
const POSITIVE_STARS: f32 = 4.0;
/// Sentiment at or beyond which a text contradicts the opposite stars, 0 to 1.
const STRONG_SENTIMENT: f32 = 0.5;
/// Weight of a suspicious review in the credible rating.
const SUSPICIOUS_WEIGHT: f32 = 0.2;

/// Signals of `items` items. Ratings require stars; sentiment signals require `sentiments`, one per review, −1 to 1. Items without reviews have
/// count 0 and NaN elsewhere.
pub fn signals(reviews: &[ItemReview], items: usize, sentiments: Option<&[f32]>) -> Signals {
    if reviews.is_empty() {
        return Signals::new();
    }
    let texts: Vec<&str> = reviews.iter().map(|review| review.text.as_str()).collect();
    let near_duplicate = near_duplicates::has_near_duplicate(&texts);
    let mut count = vec![0.0f32; items];
    let [mut rating, mut credible, mut sentiment, mut contradicting, mut near_duplicates_share] =
        std::array::from_fn(|_| Means::new(items));
    for (row, review) in reviews.iter().enumerate() {
        let item = review.item as usize;
        let contradicts = review.stars.zip(sentiments).map(|(stars, sentiments)| contradict(stars, sentiments[row]));
        let suspicious = near_duplicate[row] || contradicts == Some(true);
        count[item] += 1.0;
        near_duplicates_share.add(item, f32::from(near_duplicate[row]), 1.0);
        if let Some(sentiments) = sentiments {
            sentiment.add(item, sentiments[row], 1.0);
        }
        if let Some(contradicts) = contradicts {
            contradicting.add(item, f32::from(contradicts), 1.0);
        }
        if let Some(stars) = review.stars {
            rating.add(item, stars, 1.0);
            credible.add(item, stars, if suspicious { SUSPICIOUS_WEIGHT } else { 1.0 });
        }
    }
    let means = [
        (RATING, rating),
        (SENTIMENT, sentiment),
        (CONTRADICTING, contradicting),
        (COPIED, near_duplicates_share),
        (CREDIBLE_RATING, credible),
    ];
    let known = means.into_iter().filter_map(|(name, means)| Some((name.to_owned(), means.smoothed()?)));
    let count = count.into_iter().map(f32::ln_1p).collect();
    known.chain([(LOG_COUNT.to_owned(), count)]).collect()
}

/// Whether the stars contradict the sentiment of the text.
fn contradict(stars: f32, sentiment: f32) -> bool {
    (stars <= NEGATIVE_STARS && sentiment >= STRONG_SENTIMENT)
        || (stars >= POSITIVE_STARS && sentiment <= -STRONG_SENTIMENT)
}

/// A weighted mean per item.
struct Means {
    sums: Vec<f32>,
    weights: Vec<f32>,
}

impl Means {
    fn new(items: usize) -> Self {
        Self { sums: vec![0.0; items], weights: vec![0.0; items] }
    }

    fn add(&mut self, item: usize, value: f32, weight: f32) {
        self.sums[item] += value * weight;
        self.weights[item] += weight;
    }

    /// Shrunk means; NaN for items without a value, `None` without any value.
    fn smoothed(&self) -> Option<Vec<f32>> {
        let weight: f32 = self.weights.iter().sum();
        if weight <= 0.0 {
            return None;
        }
        let mean = self.sums.iter().sum::<f32>() / weight;
        let smoothed = |(sum, weight): (&f32, &f32)| match *weight > 0.0 {
            true => (sum + STRENGTH * mean) / (weight + STRENGTH),
            false => f32::NAN,
        };
        Some(self.sums.iter().zip(&self.weights).map(smoothed).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn review(item: u32, stars: impl Into<Option<f32>>, text: &str) -> ItemReview {
        ItemReview { item, stars: stars.into(), text: text.into() }
    }

    const PRAISE: &str = "best mug that I have ever had, everybody should buy this one at once";

    /// A mug with honest praise, a hat with bought praise, and a lamp without reviews.
    fn reviews() -> (Vec<ItemReview>, Vec<f32>) {
        let rows = [
            (review(0, 4.0, "holds tea and keeps it warm until noon, the handle is large"), 0.8),
            (review(0, 5.0, "a present for my mother, who uses it every single morning"), 0.9),
            (review(1, 5.0, PRAISE), 0.9),
            (review(1, 5.0, PRAISE), 0.9),
            (review(1, 5.0, "fell apart after two days of rain, and nobody answers my letters"), -0.9),
            (review(1, 1.0, "too small for any grown head and the colour runs"), -0.8),
        ];
        rows.into_iter().unzip()
    }

    #[test]
    fn means_are_shrunk_towards_the_shop_mean() {
        let (reviews, sentiments) = reviews();
        let signals = signals(&reviews, 3, Some(&sentiments));
        let mean = 25.0 / 6.0;
        assert!((signals[RATING][0] - (9.0 + STRENGTH * mean) / (2.0 + STRENGTH)).abs() < 1e-5);
        assert!((signals[RATING][1] - (16.0 + STRENGTH * mean) / (4.0 + STRENGTH)).abs() < 1e-5);
        assert_eq!(signals[LOG_COUNT], [2.0f32.ln_1p(), 4.0f32.ln_1p(), 0.0]);
        assert!(signals[SENTIMENT][0] > signals[SENTIMENT][1]);
    }

    #[test]
    fn suspicious_praise_weighs_less() {
        let (reviews, sentiments) = reviews();
        let signals = signals(&reviews, 3, Some(&sentiments));
        assert!(signals[COPIED][1] > signals[COPIED][0], "two of four are the same");
        assert!(signals[CONTRADICTING][1] > signals[CONTRADICTING][0], "five stars for what fell apart");
        let lead = |name: &str| signals[name][0] - signals[name][1];
        assert!(lead(CREDIBLE_RATING) > 2.0 * lead(RATING), "{signals:?}");
    }

    #[test]
    fn signals_without_data_are_absent_or_nan() {
        let (mut reviews, _) = reviews();
        let unread = signals(&reviews, 3, None);
        assert_eq!(unread.keys().map(String::as_str).collect::<Vec<_>>(), [LOG_COUNT, COPIED, CREDIBLE_RATING, RATING]);
        assert!(unread[RATING][2].is_nan() && unread[COPIED][2].is_nan(), "the lamp has no reviews");
        reviews.iter_mut().for_each(|review| review.stars = None);
        assert_eq!(signals(&reviews, 3, None).len(), 2, "without stars there is no rating");
        assert!(signals(&[], 3, None).is_empty());
    }
}
