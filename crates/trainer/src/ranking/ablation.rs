//! What each feature group contributes to the ranking of a trained ranker.
//!
//! A score is exactly the query term plus the contributions of the groups, so a group is removed by removing its term, without retraining. This
//! measures the use of the group by this model; a model trained without it would compensate through other groups.

use std::fmt::Write;

use serde_json::{Map, Value, json};
use windowshop_metrics::bootstrap::{self, Estimate, Estimates, Ratio};
use windowshop_schema::Group;

use super::{
    evaluate::{Protocol, ndcg},
    lists::PreparedList,
};

/// Contribution of a group to NDCG@10.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ablated {
    pub group: Group,
    /// NDCG@10 without the group's term.
    pub without: f64,
    /// NDCG@10 of the full score less that, paired by list; above 0 if the group helps.
    pub adds: Estimate,
}

/// Removes each of `groups` in turn; empty where the protocol skips every list.
///
/// # Shapes
/// - `scores` lists of `[items]`
/// - `contributions` lists of `[items, groups]`, row-major, over all groups
pub fn ablate(
    lists: &[PreparedList],
    scores: &[Vec<f32>],
    contributions: &[Vec<f32>],
    groups: &[Group],
    protocol: Protocol,
) -> Vec<Ablated> {
    let ablated = |&group: &Group| {
        let (mut without, mut adds) = (Ratio::default(), Ratio::default());
        for ((list, scores), contributions) in lists.iter().zip(scores).zip(contributions) {
            let Some(whole) = ndcg(list, scores, protocol) else { continue };
            let rest = ndcg(list, &without_group(scores, contributions, group), protocol).unwrap_or_default();
            without.add(rest, 1.0);
            adds.add(whole - rest, 1.0);
        }
        let without = without.estimate(protocol.seed, |v| v)?.value;
        Some(Ablated { group, without, adds: adds.estimate(protocol.seed, |v| v)? })
    };
    groups.iter().filter_map(ablated).collect()
}

/// Scores of a list without a group's term, summed anew from the query term and the other contributions. Subtracting the term would leave
/// rounding errors that break ties.
fn without_group(scores: &[f32], contributions: &[f32], group: Group) -> Vec<f32> {
    let query_term = scores[0] - contributions[..Group::COUNT].iter().sum::<f32>();
    let others = |item: &[f32]| {
        let kept = item.iter().enumerate().filter(|(g, _)| *g != group as usize);
        kept.map(|(_, term)| term).sum::<f32>() + query_term
    };
    contributions.chunks_exact(Group::COUNT).map(others).collect()
}

/// By group: `ndcg@10_without`, `adds`, `adds_ci95`.
pub fn to_json(ablated: &[Ablated]) -> Value {
    let row = |row: &Ablated| {
        let mut out: Map<String, Value> = bootstrap::to_json(&Estimates::from([("adds".to_owned(), row.adds)]));
        out.insert("ndcg@10_without".into(), json!(row.without));
        (row.group.name().to_owned(), Value::Object(out))
    };
    ablated.iter().map(row).collect::<Map<_, _>>().into()
}

/// As text, by falling contribution.
pub fn table(ablated: &[Ablated]) -> String {
    let mut rows: Vec<&Ablated> = ablated.iter().collect();
    rows.sort_by(|a, b| b.adds.value.total_cmp(&a.adds.value));
    let mut out = format!("\n{:22} {:>15}  contribution of the group, 95 % interval\n", "without", "ndcg@10");
    for Ablated { group, without, adds } in rows {
        let [low, high] = adds.ci95;
        let _ = writeln!(out, "{:22} {without:15.4}  {:+.4}  [{low:+.4}, {high:+.4}]", group.name(), adds.value);
    }
    out
}

#[cfg(test)]
mod tests {
    use windowshop_features::RankerInput;
    use windowshop_schema::GradeScale;

    use super::*;

    const PROTOCOL: Protocol = Protocol {
        scale: GradeScale { min: 0.0, max: 1.0 },
        shop_order: true,
        absent_counts_zero: false,
        graded: false,
        seed: 1,
    };

    /// Lists of two items of which the second is relevant; the item-quality term ranks it first, the weaker visual term last.
    fn ablated() -> Vec<Ablated> {
        let lists = vec![PreparedList { input: RankerInput::default(), grades: vec![0.0, 1.0], weights: vec![] }; 20];
        let mut parts = vec![0.0; 2 * Group::COUNT];
        parts[Group::COUNT + Group::ItemQuality as usize] = 2.0;
        parts[Group::Visual as usize] = 1.0;
        let scores = vec![vec![0.5 + 1.0, 0.5 + 2.0]; lists.len()];
        let groups = [Group::ItemQuality, Group::Visual, Group::ShopOrder];
        ablate(&lists, &scores, &vec![parts; lists.len()], &groups, PROTOCOL)
    }

    #[test]
    fn a_group_contributes_the_ndcg_that_is_lost_without_its_term() {
        let [quality, visual, order] = ablated()[..] else { panic!("one row a group") };
        let second_place = 1.0 / 3f64.log2();
        assert!((quality.without - second_place).abs() < 1e-12 && (visual.without - 1.0).abs() < 1e-12);
        assert!((quality.adds.value - (1.0 - second_place)).abs() < 1e-12, "{quality:?}");
        assert!(quality.adds.ci95[0] > 0.3 && quality.adds.ci95[1] < 0.4, "all lists are equal: {quality:?}");
        assert_eq!(
            (visual.adds.value, order.adds.value),
            (0.0, 0.0),
            "a group that changes no order contributes nothing"
        );
    }

    #[test]
    fn items_that_differ_in_one_group_only_are_tied_without_it() {
        let mut parts = vec![0.0; 3 * Group::COUNT];
        for (item, term) in [0.1, 0.7, 1.3].into_iter().enumerate() {
            parts[item * Group::COUNT + Group::Reviews as usize] = term;
        }
        let scores = [0.1, 0.7, 1.3].map(|term| term - 12.345f32);
        let rest = without_group(&scores, &parts, Group::Reviews);
        assert!(rest.iter().all(|score| *score == rest[0]), "{rest:?}");
    }

    #[test]
    fn the_table_starts_with_the_largest_contribution() {
        let ablated = ablated();
        let table = table(&ablated);
        let lines: Vec<&str> = table.lines().skip(2).collect();
        assert!(lines[0].starts_with("item_quality") && lines[0].contains("+0.3691"), "{table}");
        let json = to_json(&ablated);
        assert_eq!(json["visual"]["ndcg@10_without"], 1.0);
        assert!(json["item_quality"]["adds_ci95"][0].as_f64().unwrap() > 0.3);
    }
}
