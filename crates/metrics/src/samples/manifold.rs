//! Fidelity and diversity of generated samples by nearest-neighbour balls: precision and recall (Kynkäänniemi et al. 2019, eq. 3),
//! density and coverage (Naeem et al. 2020, eq. 3 and 4). Higher is better. All are in [0, 1] but density, which may exceed 1.

use std::collections::BTreeMap;

use super::Points;
use crate::bootstrap::{Estimates, Ratio};

/// k of the k-nearest-neighbour balls of precision and recall, as in the paper.
const NEAR: usize = 3;
/// k of the balls of density and coverage, as in the paper.
const WIDE: usize = 5;

/// `precision`, `recall`, `density`, `coverage`, with bootstrap intervals over points and fixed balls. Empty for 5 or fewer
/// points of either kind.
pub fn manifold<P: Points>(real: &P, generated: &P, seed: u64) -> Estimates {
    if real.len().min(generated.len()) <= WIDE {
        return BTreeMap::new();
    }
    let [real_near, real_wide] = radii(real);
    let [generated_near, _] = radii(generated);
    let mut inside = vec![false; generated.len()];
    let mut balls = vec![0usize; generated.len()];
    let [mut recall, mut coverage] = [Ratio::default(), Ratio::default()];
    let share = |is: bool| f64::from(u8::from(is));
    real.distances(generated, |i, row| {
        for (j, distance) in row.iter().enumerate() {
            inside[j] |= *distance <= real_near[i];
            balls[j] += usize::from(*distance <= real_wide[i]);
        }
        recall.add(share(row.iter().zip(&generated_near).any(|(distance, radius)| distance <= radius)), 1.0);
        coverage.add(share(row.iter().any(|distance| *distance <= real_wide[i])), 1.0);
    });
    let [mut precision, mut density] = [Ratio::default(), Ratio::default()];
    inside.iter().for_each(|is| precision.add(share(*is), 1.0));
    balls.iter().for_each(|count| density.add(*count as f64 / WIDE as f64, 1.0));
    [("precision", precision), ("recall", recall), ("density", density), ("coverage", coverage)]
        .into_iter()
        .filter_map(|(name, ratio)| Some((name.to_owned(), ratio.estimate(seed, |ratio| ratio)?)))
        .collect()
}

/// Distances of each point to its [`NEAR`]th and its [`WIDE`]th nearest other point.
fn radii<P: Points>(points: &P) -> [Vec<f32>; 2] {
    let [mut near, mut wide] = [Vec::with_capacity(points.len()), Vec::with_capacity(points.len())];
    points.distances(points, |i, row| {
        let mut nearest = [f32::INFINITY; WIDE];
        for (_, distance) in row.iter().enumerate().filter(|(j, _)| *j != i) {
            if *distance < nearest[WIDE - 1] {
                let place = nearest.partition_point(|kept| kept <= distance);
                nearest[place..].rotate_right(1);
                nearest[place] = *distance;
            }
        }
        near.push(nearest[NEAR - 1]);
        wide.push(nearest[WIDE - 1]);
    });
    [near, wide]
}

#[cfg(test)]
mod tests {
    use super::{super::tests::Rows, *};

    fn line(points: impl Iterator<Item = usize>) -> Rows {
        Rows { values: points.map(|at| at as f32).collect(), dim: 1 }
    }

    #[test]
    fn balls_reach_to_the_third_and_to_the_fifth_neighbour() {
        let [near, wide] = radii(&line([0, 1, 2, 4, 8, 16].into_iter()));
        assert_eq!(near, [4.0, 3.0, 2.0, 4.0, 7.0, 14.0]);
        assert_eq!(wide, [16.0, 15.0, 14.0, 12.0, 8.0, 16.0]);
    }

    #[test]
    fn metrics_match_a_count_by_hand() {
        // Real points at 0 to 9 and 100 to 109; half of the generated ones lie at the first, half far away.
        let real = line((0..10).chain(100..110));
        let generated = line((0..10).chain(1_000..1_010));
        let found = manifold(&real, &generated, 1);
        let value = |name: &str| found[name].value;
        assert_eq!((value("precision"), value("recall"), value("coverage")), (0.5, 0.5, 0.5));
        let balls: usize = (0i32..10)
            .flat_map(|generated| (0i32..10).map(move |real| (generated, real)))
            .filter(|(generated, real)| (generated - real).abs() <= fifth_neighbour(*real))
            .count();
        assert!((value("density") - balls as f64 / 5.0 / 20.0).abs() < 1e-9, "{}", value("density"));
    }

    /// Distance from a point of 0 to 9 to its fifth nearest other one.
    fn fifth_neighbour(point: i32) -> i32 {
        let mut all: Vec<i32> = (0..10).filter(|other| *other != point).map(|other| (other - point).abs()).collect();
        all.sort_unstable();
        all[4]
    }

    #[test]
    fn copies_of_the_real_points_are_perfect_and_five_points_have_no_metrics() {
        let real = line(0..30);
        let found = manifold(&real, &real, 1);
        for name in ["precision", "recall", "coverage"] {
            assert_eq!(found[name].value, 1.0, "{name}");
        }
        assert!(found["density"].value > 1.0, "a point lies in its own ball and in those of its neighbours");
        assert!(manifold(&real, &line(0..5), 1).is_empty());
    }
}
