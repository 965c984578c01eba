//! How like a table made-up rows are, and whether they are copies. Everything is judged on codes.

use std::collections::{BTreeMap, HashSet};

use windowshop_metrics::bootstrap::{Estimate, Ratio};

use super::learner::CodedRows;

/// What made-up rows are compared with: rows that the generator never saw. What real rows reach says how far that can go.
pub struct Fidelity<'a> {
    pub train: &'a CodedRows,
    pub held_out: &'a CodedRows,
    pub made: &'a CodedRows,
}

impl Fidelity<'_> {
    /// Rates with intervals over rows.
    /// - `two_sample_accuracy`: how often the nearest other row tells whether a row was made up (leave-one-out 1-NN, Lopez-Paz & Oquab
    ///   2017); 0.5 where they cannot be told apart
    /// - `copied_rate`: made-up rows that are rows of the training part, code by code; `copied_rate_of_real`: held-out rows that are
    pub fn rates(&self, seed: u64) -> BTreeMap<String, Estimate> {
        let known: HashSet<(usize, &[Option<usize>])> = rows(self.train).collect();
        let share = |of: &CodedRows| {
            let mut ratio = Ratio::default();
            rows(of).for_each(|row| ratio.add(f64::from(u8::from(known.contains(&row))), 1.0));
            ratio.estimate(seed, |share| share)
        };
        [
            ("two_sample_accuracy", two_sample(self.held_out, self.made).estimate(seed, |share| share)),
            ("copied_rate", share(self.made)),
            ("copied_rate_of_real", share(self.held_out)),
        ]
        .into_iter()
        .filter_map(|(name, estimate)| Some((name.to_owned(), estimate?)))
        .collect()
    }

    /// Distances from the held-out rows, 0 where alike.
    /// - `marginal_distance`: total variation between the shares of a column's codes, mean over the columns
    /// - `association_distance`: difference of Cramér's V, mean over the pairs of columns, the class being one
    /// - the same `_of_real` for the training rows
    pub fn distances(&self) -> BTreeMap<String, f64> {
        let mut out = BTreeMap::new();
        for (ending, rows) in [("", self.made), ("_of_real", self.train)] {
            out.insert(format!("marginal_distance{ending}"), marginal(rows, self.held_out));
            out.insert(format!("association_distance{ending}"), association(rows, self.held_out));
        }
        out
    }
}

fn rows(of: &CodedRows) -> impl Iterator<Item = (usize, &[Option<usize>])> {
    (0..of.len()).map(|row| (of.labels[row], of.row(row)))
}

/// For each row: how many of the nearest others, which may be several, are of its own kind.
fn two_sample(real: &CodedRows, made: &CodedRows) -> Ratio {
    let all: Vec<(bool, usize, &[Option<usize>])> = rows(real)
        .map(|(label, codes)| (true, label, codes))
        .chain(rows(made).map(|(label, codes)| (false, label, codes)))
        .collect();
    let mut ratio = Ratio::default();
    for (at, (kind, label, codes)) in all.iter().enumerate() {
        let (mut least, mut own, mut count) = (usize::MAX, 0usize, 0usize);
        for (_, (other_kind, other_label, other)) in all.iter().enumerate().filter(|(other, _)| *other != at) {
            let away = usize::from(label != other_label) + codes.iter().zip(*other).filter(|(a, b)| a != b).count();
            if away < least {
                (least, own, count) = (away, 0, 0);
            }
            if away == least {
                own += usize::from(kind == other_kind);
                count += 1;
            }
        }
        if count > 0 {
            ratio.add(own as f64 / count as f64, 1.0);
        }
    }
    ratio
}

/// Columns with the class as the last.
fn columns(of: &CodedRows) -> Vec<Vec<Option<usize>>> {
    let width = of.sizes.len();
    let own = (0..width).map(|column| (0..of.len()).map(|row| of.row(row)[column]).collect());
    own.chain([of.labels.iter().map(|&label| Some(label)).collect()]).collect()
}

fn sizes(of: &CodedRows) -> Vec<usize> {
    let classes = of.labels.iter().max().map_or(1, |last| last + 1);
    of.sizes.iter().copied().chain([classes]).collect()
}

fn marginal(a: &CodedRows, b: &CodedRows) -> f64 {
    let shares = |column: &[Option<usize>], size: usize| {
        let mut shares = vec![0.0; size];
        column.iter().flatten().for_each(|&code| shares[code] += 1.0 / column.len() as f64);
        shares
    };
    let distances: Vec<f64> = columns(a)
        .iter()
        .zip(&columns(b))
        .zip(&a.sizes)
        .map(|((a, b), &size)| {
            shares(a, size).iter().zip(shares(b, size)).map(|(a, b)| (a - b).abs()).sum::<f64>() / 2.0
        })
        .collect();
    distances.iter().sum::<f64>() / distances.len().max(1) as f64
}

fn association(a: &CodedRows, b: &CodedRows) -> f64 {
    let (sizes, a, b) =
        (sizes(a).iter().zip(sizes(b)).map(|(a, b)| *a.max(&b)).collect::<Vec<_>>(), columns(a), columns(b));
    let mut distances = Vec::new();
    for i in 0..sizes.len() {
        for j in 0..i {
            let v = |columns: &[Vec<Option<usize>>]| cramer(&columns[i], &columns[j], sizes[i], sizes[j]);
            distances.push((v(&a) - v(&b)).abs());
        }
    }
    distances.iter().sum::<f64>() / distances.len().max(1) as f64
}

/// How much two columns say of each other, 0 to 1, without what chance gives small tables (Bergsma 2013).
fn cramer(a: &[Option<usize>], b: &[Option<usize>], rows: usize, columns: usize) -> f64 {
    let (mut both, mut of_a, mut of_b, mut n) = (vec![0.0; rows * columns], vec![0.0; rows], vec![0.0; columns], 0.0);
    for (a, b) in a.iter().zip(b).filter_map(|(a, b)| Some(((*a)?, (*b)?))) {
        both[a * columns + b] += 1.0;
        of_a[a] += 1.0;
        of_b[b] += 1.0;
        n += 1.0;
    }
    let used = |counts: &[f64]| counts.iter().filter(|count| **count > 0.0).count() as f64;
    let (r, k) = (used(&of_a), used(&of_b));
    if n < 2.0 || r < 2.0 || k < 2.0 {
        return 0.0;
    }
    let mut squared = 0.0;
    for (i, a) in of_a.iter().enumerate() {
        for (j, b) in of_b.iter().enumerate().filter(|(_, b)| a * **b > 0.0) {
            let expected = a * b / n;
            squared += (both[i * columns + j] - expected).powi(2) / expected;
        }
    }
    let phi = (squared / n - (r - 1.0) * (k - 1.0) / (n - 1.0)).max(0.0);
    let smaller = |count: f64| count - (count - 1.0).powi(2) / (n - 1.0);
    (phi / (smaller(r).min(smaller(k)) - 1.0).max(1e-9)).sqrt().min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: impl Iterator<Item = (usize, usize, usize)>) -> CodedRows {
        let (mut codes, mut labels) = (Vec::new(), Vec::new());
        for (a, b, label) in rows {
            codes.extend([Some(a), Some(b)]);
            labels.push(label);
        }
        CodedRows { codes, labels, sizes: vec![50, 50] }
    }

    /// Both columns anything, the class follows the first.
    fn like(seed: u64, count: u64) -> CodedRows {
        let draw = |row, number| (super::super::codes::unit(seed, row, number) * 50.0) as usize;
        table((0..count).map(move |row| (draw(row, 0), draw(row, 1), draw(row, 0) / 25)))
    }

    #[test]
    fn rows_of_the_same_kind_cannot_be_told_apart_and_others_can() {
        let (train, held_out) = (like(1, 400), like(2, 400));
        let fidelity = |made: &CodedRows| {
            let all = Fidelity { train: &train, held_out: &held_out, made };
            (all.rates(1), all.distances())
        };
        let (rates, distances) = fidelity(&like(3, 400));
        assert!((rates["two_sample_accuracy"].value - 0.5).abs() < 0.06, "{rates:?}");
        assert!(
            (distances["marginal_distance"] - distances["marginal_distance_of_real"]).abs() < 0.03,
            "{distances:?}"
        );
        let shifted = table((0..400).map(|row| (row % 10, row % 10, row % 2)));
        let (rates, distances) = fidelity(&shifted);
        assert!(rates["two_sample_accuracy"].value > 0.9, "{rates:?}");
        assert!(distances["marginal_distance"] > 0.7 && distances["association_distance"] > 0.3, "{distances:?}");
    }

    #[test]
    fn copies_are_counted() {
        let train = like(1, 300);
        let made = table((0..300).map(|row| {
            let at = |column: usize| train.row(row)[column].unwrap();
            (at(0), if row % 3 == 0 { at(1) } else { 49 - at(1) }, train.labels[row])
        }));
        let rates = Fidelity { train: &train, held_out: &like(2, 300), made: &made }.rates(1);
        assert!((rates["copied_rate"].value - 0.4).abs() < 0.12, "{rates:?}");
        assert!(rates["copied_rate_of_real"].value < 0.15, "{rates:?}");
    }

    #[test]
    fn cramers_v_is_one_for_the_same_and_nothing_for_strangers() {
        let a: Vec<_> = (0..600).map(|row| Some(row % 3)).collect();
        let b: Vec<_> = (0..600).map(|row| Some(row / 3 % 4)).collect();
        assert!((cramer(&a, &a, 3, 3) - 1.0).abs() < 0.01);
        assert!(cramer(&a, &b, 3, 4) < 0.01);
    }
}
