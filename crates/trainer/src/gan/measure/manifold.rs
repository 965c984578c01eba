//! How much of what was made lies among the photos, and how many photos have something made near them: precision and recall
//! (Kynkäänniemi et al. 2019), density and coverage (Naeem et al. 2020). Higher is better; all are shares but density, which may
//! exceed 1.

use std::collections::BTreeMap;

use super::features::Points;
use crate::learning::bootstrap::{Estimates, Ratio};

/// Neighbours that a ball reaches to, for precision and recall: the papers' own.
const NEAR: usize = 3;
/// The same for density and coverage.
const WIDE: usize = 5;

/// `precision`, `recall`, `density`, `coverage`; intervals over points with the balls as they are. Empty where there are too few points
/// for balls.
pub fn manifold(real: &Points, made: &Points, seed: u64) -> Estimates {
    if real.len().min(made.len()) <= WIDE {
        return BTreeMap::new();
    }
    let [real_near, real_wide] = radii(real);
    let [made_near, _] = radii(made);
    let mut inside = vec![false; made.len()];
    let mut balls = vec![0usize; made.len()];
    let [mut recall, mut coverage] = [Ratio::default(), Ratio::default()];
    let share = |is: bool| f64::from(u8::from(is));
    real.distances(made, |i, row| {
        for (j, distance) in row.iter().enumerate() {
            inside[j] |= *distance <= real_near[i];
            balls[j] += usize::from(*distance <= real_wide[i]);
        }
        recall.add(share(row.iter().zip(&made_near).any(|(distance, radius)| distance <= radius)), 1.0);
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

/// Distances of each point to its [`NEAR`]th and to its [`WIDE`]th other point.
fn radii(points: &Points) -> [Vec<f32>; 2] {
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
    use burn::tensor::Device;

    use super::*;

    fn line(points: impl Iterator<Item = usize>) -> Points {
        Points::from_rows(points.map(|at| at as f32).collect(), 1, &Device::flex())
    }

    #[test]
    fn balls_reach_to_the_third_and_to_the_fifth_neighbour() {
        let [near, wide] = radii(&line([0, 1, 2, 4, 8, 16].into_iter()));
        assert_eq!(near, [4.0, 3.0, 2.0, 4.0, 7.0, 14.0]);
        assert_eq!(wide, [16.0, 15.0, 14.0, 12.0, 8.0, 16.0]);
    }

    #[test]
    fn shares_are_those_counted_by_hand() {
        // Photos at 0 to 9 and at 100 to 109; half of what was made lies among the first, half far from all.
        let real = line((0..10).chain(100..110));
        let made = line((0..10).chain(1_000..1_010));
        let found = manifold(&real, &made, 1);
        let value = |name: &str| found[name].value;
        assert_eq!((value("precision"), value("recall"), value("coverage")), (0.5, 0.5, 0.5));
        // A photo in the middle has seven places within its third neighbour on each side, fewer at the ends.
        let balls: usize = (0i32..10)
            .flat_map(|m| (0i32..10).map(move |p| (m, p)))
            .filter(|(m, p)| (m - p).abs() <= reach(*p))
            .count();
        assert!((value("density") - balls as f64 / 5.0 / 20.0).abs() < 1e-9, "{}", value("density"));
    }

    /// Distance of the fifth neighbour of a place among 0 to 9.
    fn reach(place: i32) -> i32 {
        let mut all: Vec<i32> = (0..10).filter(|other| *other != place).map(|other| (other - place).abs()).collect();
        all.sort_unstable();
        all[4]
    }

    #[test]
    fn copies_of_the_photos_are_perfect_and_few_points_are_not_judged() {
        let real = line(0..30);
        let found = manifold(&real, &real, 1);
        for name in ["precision", "recall", "coverage"] {
            assert_eq!(found[name].value, 1.0, "{name}");
        }
        assert!(found["density"].value > 1.0, "a point lies in its own ball and in those of its neighbours");
        assert!(manifold(&real, &line(0..5), 1).is_empty());
    }
}
