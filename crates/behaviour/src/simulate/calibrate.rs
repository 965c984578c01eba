//! Fits a profile: counts, then corrects what counts do not tell.

use super::prices::Prices;
use super::profile::{ShopProfile, popularity};
use super::shop_log::ShopLog;
use super::visits::{SimulateSettings, simulate};
use crate::clicks::AnySettings;
use crate::error::BehaviourError;

/// How often the range of what the strength of budgets may be is halved.
const ROUNDS: usize = 7;
/// Visitors of a round.
const VISITORS: usize = 2_000;

impl ShopProfile {
    /// Fits a profile; `clicks` says which click model is fitted to the lists, where there are any.
    ///
    /// A visitor who picks nothing twice soon runs out of what suits the budget, so that simulated visitors would differ less than the real
    /// ones: the strength of budgets is raised until they differ as much (indirect inference, Gouriéroux et al. 1993).
    ///
    /// # Errors
    /// When lists were shown and never clicked, or the click model cannot be fitted.
    pub fn fit(log: &ShopLog, clicks: &AnySettings) -> Result<Self, BehaviourError> {
        Self::fit_to_many(log, clicks, 1)
    }

    /// Like [`ShopProfile::fit`], and what fewer than `min_visitors` visitors did is not done again: steps from product to product and from
    /// category to category, lists, and lists after products (as in k-anonymity, Sweeney 2002). 1 leaves nothing out. How popular products
    /// are and how long visits last is of all visitors.
    ///
    /// # Errors
    /// As [`ShopProfile::fit`].
    pub fn fit_to_many(log: &ShopLog, clicks: &AnySettings, min_visitors: usize) -> Result<Self, BehaviourError> {
        let mut profile = Self::count(log, clicks, min_visitors)?;
        let real = profile.prices.budget;
        if real == 0.0 {
            return Ok(profile);
        }
        // The same visitors in every round: what is found rises with what is tried, and the root is found by halving.
        let settings = SimulateSettings { visitors: VISITORS, ..SimulateSettings::default() };
        let (mut low, mut high) = (0.0, Prices::STRONGEST);
        for _ in 0..ROUNDS {
            let middle = (low + high) / 2.0;
            profile.prices.budget = middle;
            let drawn = simulate(&profile, &settings)?;
            let found = Prices::fit(&drawn, &popularity(&drawn)).budget;
            if found < real { low = middle } else { high = middle }
        }
        Ok(profile)
    }
}

#[cfg(test)]
mod tests {
    use super::super::shop_log::{Act, Product, Shown, Visit};
    use super::*;
    use crate::clicks::{Impression, List, PbmSettings};
    use windowshop_metrics::random::Stream;
    use windowshop_schema::event::InteractionKind;

    /// Visitors who pick three dear or three cheap things and click in a list by chance.
    fn shop() -> ShopLog {
        let product = |i: usize| Product { id: i.to_string(), category: String::new(), price: Some(1.0 + i as f64) };
        let visit = |number: usize| {
            let mut stream = Stream::new(number as u64);
            let dear = stream.bernoulli(0.5);
            let act = |product: usize, list| Act {
                time_ms: number as i64 * 60_000,
                product,
                kind: InteractionKind::Click,
                list,
            };
            let mut acts: Vec<Act> = (0..3).map(|_| act(stream.below(50) + if dear { 50 } else { 0 }, None)).collect();
            let shown: Vec<usize> = (0..5).map(|place| place * 20 + stream.below(20)).collect();
            let clicked: Vec<bool> = shown.iter().map(|_| stream.bernoulli(0.3)).collect();
            acts.extend(
                shown.iter().zip(&clicked).filter(|(_, clicked)| **clicked).map(|(&product, _)| act(product, Some(0))),
            );
            let list = List::ranked("all".into(), shown.iter().map(usize::to_string).collect()).unwrap();
            let impression = Impression::new(list, clicked).unwrap();
            let time_ms = number as i64 * 60_000;
            Visit { visitor: number.to_string(), start_ms: time_ms, lists: vec![Shown { time_ms, impression }], acts }
        };
        ShopLog::new((0..100).map(product).collect(), (0..3_000).map(visit).collect()).unwrap()
    }

    #[test]
    fn budgets_show_in_simulated_lists_as_far_as_they_do_in_the_log_s() {
        let pbm = AnySettings::Pbm(PbmSettings::default());
        let mut profile = ShopProfile::fit(&shop(), &pbm).unwrap();
        assert!(profile.leaning < 0.1, "clicks in lists were by chance: {}", profile.leaning);
        let refitted = |profile: &ShopProfile| {
            let settings = SimulateSettings { visitors: 3_000, ..SimulateSettings::default() };
            ShopProfile::count(&simulate(profile, &settings).unwrap(), &pbm, 1).unwrap().leaning
        };
        let by_chance = refitted(&profile);
        profile.leaning = 1.0;
        let by_budget = refitted(&profile);
        assert!(by_chance < 0.1 && by_budget > 0.2, "{by_chance} {by_budget}");
    }
}
