//! Initial item vectors: the leading eigenvectors of the co-occurrence graph, by subspace iteration (Halko et al. 2011,
//! algorithm 4.4). Training from them needs a fraction of the epochs.

use windowshop_features::hash::combine;
use windowshop_schema::Vectors;

use super::neighbours::Rows;

/// Number of multiplications with the graph.
const ITERATIONS: usize = 10;
/// Root mean square of a vector's elements at the start of training.
const STD: f32 = 0.1;

/// One vector per item, all of equal norm; random for an item without neighbours.
pub fn vectors(rows: &Rows, dim: usize, seed: u64) -> Vectors {
    let items = rows.len();
    let strength: Vec<f32> = rows.iter().map(|row| row.iter().map(|(_, w)| w).sum::<f32>().max(1e-6)).collect();
    // The columns converge to eigenvectors. Uniform and normal numbers span the same space.
    let random = |column: usize, row: usize| {
        let bits = combine(combine(seed, column as u64), row as u64) >> 40;
        bits as f32 / (1u64 << 23) as f32 - 1.0
    };
    let start: Vec<Vec<f32>> = (0..dim).map(|c| (0..items).map(|r| random(c, r)).collect()).collect();
    let mut columns = start.clone();
    for _ in 0..ITERATIONS {
        columns = columns.iter().map(|column| multiplied(rows, &strength, column)).collect();
        orthonormalise(&mut columns);
    }
    let mut values = Vec::with_capacity(items * dim);
    for row in 0..items {
        let found: Vec<f32> = columns.iter().map(|column| column[row]).collect();
        let length = norm(&found);
        let own = if length > 1e-9 { found } else { start.iter().map(|column| column[row]).collect() };
        let scale = STD * (dim as f32).sqrt() / norm(&own).max(1e-9);
        values.extend(own.iter().map(|value| value * scale));
    }
    Vectors { dim, values }
}

/// (I + D^-½ A D^-½) / 2 times a column: all eigenvalues are at least 0, so the iteration finds the largest.
fn multiplied(rows: &Rows, strength: &[f32], column: &[f32]) -> Vec<f32> {
    let scaled: Vec<f32> = column.iter().zip(strength).map(|(value, strength)| value / strength.sqrt()).collect();
    let reached = rows.iter().map(|row| row.iter().map(|(item, weight)| weight * scaled[*item as usize]).sum::<f32>());
    reached.zip(column).zip(strength).map(|((sum, own), strength)| 0.5 * (own + sum / strength.sqrt())).collect()
}

/// Orthonormalises the columns by the modified Gram-Schmidt process.
fn orthonormalise(columns: &mut [Vec<f32>]) {
    for at in 0..columns.len() {
        let (done, rest) = columns.split_at_mut(at);
        let column = &mut rest[0];
        for other in done.iter() {
            let shared = dot(other, column);
            column.iter_mut().zip(other).for_each(|(value, other)| *value -= shared * other);
        }
        let length = norm(column).max(1e-12);
        column.iter_mut().for_each(|value| *value /= length);
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn norm(values: &[f32]) -> f32 {
    dot(values, values).sqrt()
}

#[cfg(test)]
mod tests {
    use windowshop_schema::NeighbourConfig;

    use super::*;
    use crate::sequence::neighbours::count;

    #[test]
    fn items_of_one_cluster_are_similar_and_of_two_are_not() {
        let sessions: Vec<Vec<u32>> = (0..400)
            .map(|i| {
                let crowd = i % 2 * 10;
                vec![crowd + i / 2 % 10, crowd + i / 3 % 10, crowd + i / 5 % 10]
            })
            .collect();
        let rows = count(&sessions, 21, &NeighbourConfig::default());
        let vectors = vectors(&rows, 4, 1);
        let alike = |a: usize, b: usize| {
            let (a, b) = (vectors.row(a).unwrap(), vectors.row(b).unwrap());
            dot(a, b) / norm(a) / norm(b)
        };
        let within = alike(0, 5) + alike(3, 7) + alike(11, 16);
        let between = alike(0, 15) + alike(3, 17) + alike(11, 6);
        assert!(within > between + 1.0, "{within} within a crowd, {between} between");
        assert!(vectors.row(20).unwrap().iter().any(|value| *value != 0.0), "an item without neighbours has a vector");
    }
}
