//! What the reviews of each item come to: the signals of the group `reviews`.
//!
//! Every mean is drawn towards the shop's, because two reviews prove little: (Σ value + strength · shop's mean) / (number +
//! strength), the posterior mean of a normal prior. A review is doubted where its stars say the opposite of its words, or
//! where another review says nearly the same; the credible rating counts it for little.

use windowshop_features::groups::reviews::{CONTRADICTING, COPIED, CREDIBLE_RATING, LOG_COUNT, RATING, SENTIMENT};
use windowshop_ingest::ItemReview;

use super::{near_duplicates, statistics::Signals};

/// Reviews that the shop's mean is worth.
const STRENGTH: f32 = 5.0;
/// Up to so many stars a review is bad, from so many on good; the same as where stars are the label of a sentiment.
const BAD_STARS: f32 = 2.0;
const GOOD_STARS: f32 = 4.0;
/// A sentiment so far from neutral, of 1, says the opposite of stars at the other end.
const OUTSPOKEN: f32 = 0.5;
/// What a doubted review counts.
const DOUBTED: f32 = 0.2;

/// The signals of `items` items, without those that the reviews cannot tell: a rating needs stars, sentiments a network that has
/// read the reviews (`sentiments`, one a review, −1 to 1). An item without reviews has a count of 0 and nothing else.
pub fn signals(reviews: &[ItemReview], items: usize, sentiments: Option<&[f32]>) -> Signals {
    if reviews.is_empty() {
        return Signals::new();
    }
    let texts: Vec<&str> = reviews.iter().map(|review| review.text.as_str()).collect();
    let copied = near_duplicates::copied(&texts);
    let mut count = vec![0.0f32; items];
    let [mut rating, mut credible, mut sentiment, mut contradicting, mut copies] =
        std::array::from_fn(|_| Means::new(items));
    for (row, review) in reviews.iter().enumerate() {
        let item = review.item as usize;
        let contradicts = review.stars.zip(sentiments).map(|(stars, sentiments)| contradict(stars, sentiments[row]));
        let doubted = copied[row] || contradicts == Some(true);
        count[item] += 1.0;
        copies.add(item, f32::from(copied[row]), 1.0);
        if let Some(sentiments) = sentiments {
            sentiment.add(item, sentiments[row], 1.0);
        }
        if let Some(contradicts) = contradicts {
            contradicting.add(item, f32::from(contradicts), 1.0);
        }
        if let Some(stars) = review.stars {
            rating.add(item, stars, 1.0);
            credible.add(item, stars, if doubted { DOUBTED } else { 1.0 });
        }
    }
    let means = [
        (RATING, rating),
        (SENTIMENT, sentiment),
        (CONTRADICTING, contradicting),
        (COPIED, copies),
        (CREDIBLE_RATING, credible),
    ];
    let known = means.into_iter().filter_map(|(name, means)| Some((name.to_owned(), means.smoothed()?)));
    let count = count.into_iter().map(f32::ln_1p).collect();
    known.chain([(LOG_COUNT.to_owned(), count)]).collect()
}

/// Do the stars say the opposite of the words?
fn contradict(stars: f32, sentiment: f32) -> bool {
    (stars <= BAD_STARS && sentiment >= OUTSPOKEN) || (stars >= GOOD_STARS && sentiment <= -OUTSPOKEN)
}

/// A weighted mean an item.
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

    /// Drawn towards the mean of all; NaN for an item of which nothing is known, `None` where that is so of every item.
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

    /// A mug that is honestly good, a hat with bought praise, and a lamp that nobody reviewed.
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
    fn a_mean_is_drawn_towards_the_shops_by_the_strength() {
        let (reviews, sentiments) = reviews();
        let signals = signals(&reviews, 3, Some(&sentiments));
        let mean = 25.0 / 6.0;
        assert!((signals[RATING][0] - (9.0 + STRENGTH * mean) / (2.0 + STRENGTH)).abs() < 1e-5);
        assert!((signals[RATING][1] - (16.0 + STRENGTH * mean) / (4.0 + STRENGTH)).abs() < 1e-5);
        assert_eq!(signals[LOG_COUNT], [2.0f32.ln_1p(), 4.0f32.ln_1p(), 0.0]);
        assert!(signals[SENTIMENT][0] > signals[SENTIMENT][1]);
    }

    #[test]
    fn doubted_praise_counts_for_little() {
        let (reviews, sentiments) = reviews();
        let signals = signals(&reviews, 3, Some(&sentiments));
        assert!(signals[COPIED][1] > signals[COPIED][0], "two of four are the same");
        assert!(signals[CONTRADICTING][1] > signals[CONTRADICTING][0], "five stars for what fell apart");
        let lead = |name: &str| signals[name][0] - signals[name][1];
        assert!(lead(CREDIBLE_RATING) > 2.0 * lead(RATING), "{signals:?}");
    }

    #[test]
    fn what_the_reviews_cannot_tell_is_unknown() {
        let (mut reviews, _) = reviews();
        let unread = signals(&reviews, 3, None);
        assert_eq!(unread.keys().map(String::as_str).collect::<Vec<_>>(), [LOG_COUNT, COPIED, CREDIBLE_RATING, RATING]);
        assert!(unread[RATING][2].is_nan() && unread[COPIED][2].is_nan(), "nobody reviewed the lamp");
        reviews.iter_mut().for_each(|review| review.stars = None);
        assert_eq!(signals(&reviews, 3, None).len(), 2, "without stars there is no rating");
        assert!(signals(&[], 3, None).is_empty());
    }
}
