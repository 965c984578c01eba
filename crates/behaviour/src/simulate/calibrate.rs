//! Fits a profile: counts statistics, then calibrates the price preference.

use super::prices::Prices;
use super::profile::{ShopProfile, popularity};
use super::shop_log::ShopLog;
use super::simulator::{SimulateSettings, simulate};
use crate::clicks::AnySettings;
use crate::error::BehaviourError;

/// Bisection steps.
const ROUNDS: usize = 7;
/// Visitors simulated per step.
const VISITORS: usize = 2_000;

impl ShopProfile {
    /// Fits a profile. `clicks` names the click model of the lists, if there are any.
    ///
    /// Simulated visitors who repeat nothing run out of products that fit their price preference and so differ less than real ones. The price
    /// correlation is therefore raised until simulated visitors show the real one (indirect inference, Gouriéroux et al. 1993).
    ///
    /// # Errors
    /// If lists were shown but never clicked, or the click model cannot be fitted.
    pub fn fit(log: &ShopLog, clicks: &AnySettings) -> Result<Self, BehaviourError> {
        Self::fit_with_min_visitors(log, clicks, 1)
    }

    /// [`ShopProfile::fit`] without what fewer than `min_visitors` visitors did: transitions between products and categories, lists, and lists
    /// after products (a k-anonymity threshold, Sweeney 2002); 1 keeps everything. Popularity and visit structure count all visitors.
    ///
    /// # Errors
    /// As [`ShopProfile::fit`].
    pub fn fit_with_min_visitors(
        log: &ShopLog,
        clicks: &AnySettings,
        min_visitors: usize,
    ) -> Result<Self, BehaviourError> {
        let mut profile = Self::count(log, clicks, min_visitors)?;
        let real = profile.prices.correlation;
        if real == 0.0 {
            return Ok(profile);
        }
        // With the same seed in every step the simulated correlation rises with the parameter: bisect.
        let settings = SimulateSettings { visitors: VISITORS, ..SimulateSettings::default() };
        let (mut low, mut high) = (0.0, Prices::MAX_CORRELATION);
        for _ in 0..ROUNDS {
            let middle = (low + high) / 2.0;
            profile.prices.correlation = middle;
            let simulated = simulate(&profile, &settings)?;
            let correlation = Prices::fit(&simulated, &popularity(&simulated)).correlation;
            if correlation < real { low = middle } else { high = middle }
        }
        Ok(profile)
    }
}

#[cfg(test)]
mod tests {
    use super::super::shop_log::{Interaction, Product, ShownList, Visit};
    use super::*;
    use crate::clicks::{Impression, List, PbmSettings};
    use windowshop_metrics::random::Stream;
    use windowshop_schema::event::InteractionKind;

    /// Visitors who pick three dear or three cheap products and click in a list at random.
    fn shop() -> ShopLog {
        let product = |i: usize| Product { id: i.to_string(), category: String::new(), price: Some(1.0 + i as f64) };
        let visit = |number: usize| {
            let mut stream = Stream::new(number as u64);
            let dear = stream.bernoulli(0.5);
            let interaction = |product: usize, list| Interaction {
                time_ms: number as i64 * 60_000,
                product,
                kind: InteractionKind::Click,
                list,
            };
            let mut interactions: Vec<Interaction> =
                (0..3).map(|_| interaction(stream.below(50) + if dear { 50 } else { 0 }, None)).collect();
            let shown: Vec<usize> = (0..5).map(|place| place * 20 + stream.below(20)).collect();
            let clicked: Vec<bool> = shown.iter().map(|_| stream.bernoulli(0.3)).collect();
            interactions.extend(
                shown
                    .iter()
                    .zip(&clicked)
                    .filter(|(_, clicked)| **clicked)
                    .map(|(&product, _)| interaction(product, Some(0))),
            );
            let list = List::ranked("all".into(), shown.iter().map(usize::to_string).collect()).unwrap();
            let impression = Impression::new(list, clicked).unwrap();
            let time_ms = number as i64 * 60_000;
            Visit {
                visitor: number.to_string(),
                start_ms: time_ms,
                lists: vec![ShownList { time_ms, impression }],
                interactions,
            }
        };
        ShopLog::new((0..100).map(product).collect(), (0..3_000).map(visit).collect()).unwrap()
    }

    #[test]
    fn simulated_lists_have_the_price_effect_of_the_log() {
        let pbm = AnySettings::Pbm(PbmSettings::default());
        let mut profile = ShopProfile::fit(&shop(), &pbm).unwrap();
        assert!(profile.price_effect < 0.1, "clicks in lists are random: {}", profile.price_effect);
        let refitted = |profile: &ShopProfile| {
            let settings = SimulateSettings { visitors: 3_000, ..SimulateSettings::default() };
            ShopProfile::count(&simulate(profile, &settings).unwrap(), &pbm, 1).unwrap().price_effect
        };
        let without_effect = refitted(&profile);
        profile.price_effect = 1.0;
        let with_effect = refitted(&profile);
        assert!(without_effect < 0.1 && with_effect > 0.2, "{without_effect} {with_effect}");
    }
}
