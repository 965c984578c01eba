//! Inverse propensity weights of clicks (Joachims et al. 2017), which correct the position bias of the training data.

use std::path::Path;

use anyhow::{Context, bail};
use windowshop_behaviour::clicks::{ClickModel, List, Propensities};
use windowshop_ingest::Dataset;
use windowshop_metrics::ranking::tied_items;
use windowshop_schema::{GradeScale, store::Lists};

use super::lists::PreparedList;
use crate::simulation::click_model;

/// Propensities of the click model in a file.
///
/// # Errors
/// If the file is no click model, its model has no propensities, or the dataset's lists have no positions.
pub fn open(model: &Path, dataset: &Dataset) -> anyhow::Result<Propensities> {
    if !dataset.shop_order || matches!(dataset.store.lists, Some(Lists::Graded { .. })) {
        bail!(
            "click_model: the lists of {} have no positions; omit the setting, or train on clicks in lists in display order",
            dataset.name
        );
    }
    let model_file = click_model::read(model).context("click_model")?;
    model_file.propensities().with_context(|| {
        format!(
            "click_model: {}: this model has no examination probabilities; fit another one, such as pbm",
            model.display()
        )
    })
}

/// Sets the weight of every item of `lists` to the inverse propensity of its position, with propensities clipped from below at `propensity_clip`.
/// Weights are scaled to a mean of 1 over all clicks, which keeps the step size.
pub fn weigh(lists: &mut [PreparedList], propensities: &Propensities, propensity_clip: f64, scale: GradeScale) {
    for list in lists.iter_mut() {
        let items = (0..list.grades.len()).map(|item| item.to_string()).collect();
        let grid = List::grid(String::new(), items, propensities.columns()).expect("a list has items");
        let weights = propensities.weights(grid.positions(), propensity_clip);
        list.weights = weights.into_iter().map(|weight| weight as f32).collect();
    }
    let clicks = || {
        let of = |list: &PreparedList| -> Vec<f32> {
            let items = list.weights.iter().zip(&list.grades);
            items.filter(|(_, grade)| **grade > scale.min).map(|(weight, _)| *weight).collect()
        };
        lists.iter().flat_map(of)
    };
    let mean = clicks().sum::<f32>() / clicks().count().max(1) as f32;
    if mean > 0.0 {
        lists.iter_mut().flat_map(|list| &mut list.weights).for_each(|weight| *weight /= mean);
    }
}

/// Inverse-propensity-weighted DCG@k, normalised by the weighted gain of all clicks: a self-normalised estimate of the ranking quality without
/// position bias. In [0, 1], higher is better; `None` without clicks. Items of equal score count in expectation over their orders.
pub fn weighted_dcg(lists: &[PreparedList], scores: &[Vec<f32>], k: usize, scale: GradeScale) -> Option<f64> {
    let (mut dcg, mut all) = (0.0, 0.0);
    for (list, scores) in lists.iter().zip(scores) {
        let gain = |item: usize| {
            let weight = list.weights.get(item).copied().map_or(1.0, f64::from);
            weight * (f64::from(list.grades[item] - scale.min).exp2() - 1.0)
        };
        for group in tied_items(scores) {
            let gain = group.mean(gain);
            for rank in group.ranks {
                all += gain;
                dcg += if rank < k { gain / (rank as f64 + 2.0).log2() } else { 0.0 };
            }
        }
    }
    (all > 0.0).then(|| dcg / all)
}

#[cfg(test)]
mod tests {
    use windowshop_behaviour::clicks::{ClickLog, Fit, Impression, Pbm, PbmSettings};
    use windowshop_features::RankerInput;

    use super::*;

    fn lists(clicked: &[usize]) -> Vec<PreparedList> {
        let list = |&at: &usize| PreparedList {
            input: RankerInput::default(),
            grades: (0..3).map(|item| f32::from(item == at)).collect(),
            weights: vec![],
        };
        clicked.iter().map(list).collect()
    }

    /// A click model in which the third position is clicked a tenth as often as the first, whatever the item.
    fn propensities() -> Propensities {
        let impression = |i: usize| {
            let items = (0..3).map(|place| ((place + i) % 3).to_string()).collect();
            let at = [2, 4, 20].map(|every| i.is_multiple_of(every));
            Impression::new(List::ranked("q".into(), items).unwrap(), at.to_vec()).unwrap()
        };
        let log: Vec<Impression> = (0..6_000).map(impression).collect();
        Pbm::fit(&ClickLog::new(&log).unwrap(), &PbmSettings::default()).unwrap().model.propensities().unwrap()
    }

    #[test]
    fn rarely_examined_clicks_weigh_more_up_to_the_clip_with_mean_1() {
        let mut lists = lists(&[0, 0, 2]);
        let propensities = propensities();
        weigh(&mut lists, &propensities, 0.05, GradeScale::BINARY);
        let [first, _, third] = lists[0].weights[..] else { panic!("{:?}", lists[0].weights) };
        assert!((third / first - 10.0).abs() < 0.5, "{first} {third}");
        assert!(((2.0 * first + third) / 3.0 - 1.0).abs() < 1e-5, "{first} {third}");
        weigh(&mut lists, &propensities, 0.5, GradeScale::BINARY);
        assert!((lists[0].weights[2] / lists[0].weights[0] - 2.0).abs() < 1e-3, "at most 1 / 0.5");
    }

    #[test]
    fn weighted_dcg_counts_clicks_by_their_weight() {
        let mut lists = lists(&[0, 2]);
        lists.iter_mut().for_each(|list| list.weights = vec![1.0, 1.0, 3.0]);
        let shop = vec![vec![3.0, 2.0, 1.0]; 2];
        let found = weighted_dcg(&lists, &shop, 10, GradeScale::BINARY).unwrap();
        assert!((found - (1.0 + 3.0 / 2.0) / 4.0).abs() < 1e-9, "{found}");
        assert_eq!(weighted_dcg(&[], &[], 10, GradeScale::BINARY), None);
    }
}
