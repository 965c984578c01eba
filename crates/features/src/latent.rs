//! Latent vectors of generated images: normally distributed and, for a seed, equal in the trainer and in every browser.

use crate::hash::combine;

/// Separates these draws from other uses of the same seed.
const LATENT: u64 = 0x6c61_7465_6e74;

/// `[dim]` independent standard normal numbers (Box & Muller 1958). Logarithm and cosine come from the crate libm, whose results
/// are equal on every machine.
pub fn latent(seed: u64, dim: usize) -> Vec<f32> {
    let key = combine(LATENT, seed);
    // 53 bits: above 0, at most 1.
    let unit = |number: u64| ((combine(key, number) >> 11) + 1) as f64 / (1u64 << 53) as f64;
    (0..dim as u64)
        .map(|i| {
            let length = (-2.0 * libm::log(unit(2 * i))).sqrt();
            (length * libm::cos(std::f64::consts::TAU * unit(2 * i + 1))) as f32
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_normal() {
        let drawn: Vec<f64> = (0..2_000).flat_map(|seed| latent(seed, 10)).map(f64::from).collect();
        let moment = |power: i32| drawn.iter().map(|v| v.powi(power)).sum::<f64>() / drawn.len() as f64;
        let found = [1, 2, 3, 4].map(moment);
        for (found, expected) in found.into_iter().zip([0.0, 1.0, 0.0, 3.0]) {
            assert!((found - expected).abs() < 0.1, "{found}, expected {expected}");
        }
    }

    #[test]
    fn draws_are_reproducible_and_a_longer_draw_extends_a_shorter_one() {
        assert_eq!(latent(7, 48)[..8], latent(7, 8));
        assert_ne!(latent(7, 8), latent(8, 8));
        assert_eq!(latent(1, 3).iter().map(|v| v.to_bits()).collect::<Vec<_>>(), [3211327657, 3208703046, 3224135047]);
    }
}
