//! How an item looks: a colour descriptor of its photo, compared with what the visitor liked.

use windowshop_schema::dims::LOOK_DIM;

use crate::matrix::Matrix;

/// A colour descriptor; the length is [`LOOK_DIM`].
pub type Look = [f32; LOOK_DIM];

/// Feature names.
pub const NAMES: [&str; 3] = ["look_mean_similarity", "look_best_similarity", "look_last_similarity"];

/// Cosine similarity of an item's look with those of the session: to the weighted mean, to the nearest, to the last.
/// Unknown where the item or the session has no look.
pub fn features(items: &[Option<&Look>], session: &[(&Look, f32)]) -> Matrix {
    let mut out = Matrix::unknown(items.len(), NAMES.len());
    let Some((last, _)) = session.last() else { return out };
    let mut mean = [0.0; LOOK_DIM];
    for (look, weight) in session {
        for (sum, value) in mean.iter_mut().zip(look.iter()) {
            *sum += value * weight;
        }
    }
    for (row, item) in items.iter().enumerate() {
        if let Some(item) = item {
            let best = session.iter().map(|(look, _)| cosine(item, look)).fold(f32::MIN, f32::max);
            out.row_mut(row).copy_from_slice(&[cosine(item, &mean), best, cosine(item, last)]);
        }
    }
    out
}

fn cosine(a: &Look, b: &Look) -> f32 {
    let dot: f32 = a.iter().zip(b).map(|(x, y)| x * y).sum();
    let norm = |v: &Look| v.iter().map(|x| x * x).sum::<f32>().sqrt();
    dot / (norm(a) * norm(b)).max(1e-6)
}
