//! Does the generator repeat the photos it has learned from? Its pictures should be no nearer to them than photos that it has never seen
//! (the data-copying test of Meehan et al. 2020).

use super::features::Points;

/// The share of held-out photos that are as near to a photo that was learned from.
const NEAREST: f64 = 0.01;

/// See the module's text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Copying {
    /// The share of pairs of a made picture and a held-out photo in which the picture is nearer to what was learned from: a half where
    /// it is no nearer, 1 where everything is a copy; 0 where everything is far from all photos.
    pub copying: f64,
    /// The same in deviations of what chance would give (Mann & Whitney 1947), the C_T of that paper with the sign turned: above 3 is copying.
    pub z: f64,
    /// The share of made pictures that are nearer than the nearest hundredth of held-out photos; a hundredth where nothing is copied.
    pub near_copies: f64,
}

/// `None` without photos of one kind or pictures.
pub fn copying(learned: &Points, held: &Points, made: &Points) -> Option<Copying> {
    if [learned.len(), held.len(), made.len()].contains(&0) {
        return None;
    }
    Some(compared(&nearest(held, learned), &nearest(made, learned)))
}

/// The distance of each point to the nearest of others.
fn nearest(points: &Points, others: &Points) -> Vec<f32> {
    let mut found = Vec::with_capacity(points.len());
    points.distances(others, |_, row| found.push(row.iter().copied().fold(f32::INFINITY, f32::min)));
    found
}

fn compared(held: &[f32], made: &[f32]) -> Copying {
    let mut sorted = held.to_vec();
    sorted.sort_by(f32::total_cmp);
    // Equal distances count a half.
    let nearer = |distance: &f32| {
        let below = sorted.partition_point(|held| held < distance);
        let up_to = sorted.partition_point(|held| held <= distance);
        (sorted.len() - up_to) as f64 + (up_to - below) as f64 / 2.0
    };
    let (n, m) = (held.len() as f64, made.len() as f64);
    let wins: f64 = made.iter().map(nearer).sum();
    let deviation = (n * m * (n + m + 1.0) / 12.0).sqrt();
    let threshold = sorted[((sorted.len() - 1) as f64 * NEAREST) as usize];
    let near = made.iter().filter(|distance| **distance < threshold).count();
    Copying { copying: wins / (n * m), z: (wins - n * m / 2.0) / deviation, near_copies: near as f64 / m }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    fn spread(first: f32) -> Points {
        Points::from_rows((0..200).map(|i| first + i as f32).collect(), 1, &Device::flex())
    }

    #[test]
    fn copies_are_found_and_other_pictures_are_not() {
        let (learned, held) = (spread(0.0), spread(0.4));
        let copied = copying(&learned, &held, &spread(0.01)).unwrap();
        assert!(copied.copying > 0.99 && copied.z > 10.0 && copied.near_copies > 0.99, "{copied:?}");
        let fresh = copying(&learned, &held, &spread(-0.4)).unwrap();
        // All are as far, but for rounding.
        assert!((fresh.copying - 0.5).abs() < 0.1 && fresh.near_copies < 0.02, "{fresh:?}");
        assert!(copying(&learned, &held, &Points::from_rows(vec![], 1, &Device::flex())).is_none());
    }

    #[test]
    fn pairs_are_counted_as_by_hand() {
        // Of the six pairs the picture is nearer in two, and as near in one.
        let found = compared(&[1.0, 2.0, 4.0], &[2.0, 3.0]);
        assert!((found.copying - 2.5 / 6.0).abs() < 1e-9, "{found:?}");
    }
}
