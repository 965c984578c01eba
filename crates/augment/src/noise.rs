//! Random levels, from the stream of random words that the action names.

use crate::{
    action::Action,
    gpu::{Drawing, Shader},
    random::{WORDS, words},
    vectorised::vectorised,
};

/// Standard deviation of the sum of four random bytes.
const SPREAD: f64 = 147.801_668_461_086_1;
/// Parts of a level.
const BITS: u32 = 14;

/// Adds to each value the sum of four random bytes, centred and scaled to `sigma` levels: nearly normal by the central
/// limit theorem, and never farther out than 3.45 deviations.
pub(crate) fn noise(source: &[u8], sigma: f64, stream: u32, out: &mut [u8]) {
    add(source, scale(sigma), stream, out);
}

fn scale(sigma: f64) -> i32 {
    libm::round(sigma / SPREAD * f64::from(1 << BITS)) as i32
}

vectorised! {
    fn add(source: &[u8], scale: i32, stream: u32, out: &mut [u8]) {
        for (group, (out, source)) in out.chunks_mut(WORDS).zip(source.chunks(WORDS)).enumerate() {
            let random = words(stream, group as u32);
            for ((out, &level), word) in out.iter_mut().zip(source).zip(random) {
                // Bytes side by side: two sums in the halves, then their sum.
                let halves = (word & 0x00ff_00ff) + ((word >> 8) & 0x00ff_00ff);
                let centred = ((halves + (halves >> 16)) & 0x7ff) as i32 - 510;
                let moved = (i32::from(level) << BITS) + centred * scale + (1 << (BITS - 1));
                *out = (moved >> BITS).clamp(0, 255) as u8;
            }
        }
    }
}

/// Makes about this share of the pixels black or white.
pub(crate) fn salt_and_pepper<const C: usize>(source: &[u8], fraction: f64, stream: u32, out: &mut [u8]) {
    scatter::<C>(source, part(fraction), stream, out);
}

/// As many words at each end: below them black, above them white; all of them at fraction 1.
fn part(fraction: f64) -> u32 {
    libm::round(fraction * f64::from(1u32 << 31)) as u32
}

/// The same on a GPU.
pub(crate) fn passes(action: &Action, drawing: &mut Drawing) -> Option<()> {
    let (kind, stream, number) = match *action {
        Action::Noise { sigma, stream } => (0, stream, scale(sigma) as u32),
        Action::SaltAndPepper { fraction, stream } => (1, stream, part(fraction)),
        geometry_actions!()
        | levels_actions!()
        | color_actions!()
        | filter_actions!()
        | codec_actions!()
        | erase_actions!()
        | background_actions!() => return None,
    };
    drawing.image(Shader::Noise, drawing.size(), &[kind, stream, drawing.channels(), number])
}

vectorised! {
    fn scatter<const C: usize>(source: &[u8], part: u32, stream: u32, out: &mut [u8]) {
        let pixels = source.as_chunks::<C>().0.chunks(WORDS);
        for (group, (out, source)) in out.as_chunks_mut::<C>().0.chunks_mut(WORDS).zip(pixels).enumerate() {
            let random = words(stream, group as u32);
            for ((out, pixel), word) in out.iter_mut().zip(source).zip(random) {
                let (black, white) = (word < part, part > 0 && word > u32::MAX - part);
                let keep = if black || white { 0 } else { 255 };
                let level = if white { 255 } else { 0 };
                *out = pixel.map(|own| own & keep | level);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_has_the_asked_deviation_and_no_bias() {
        let source = vec![128; 60_000];
        for sigma in [1.0, 5.0, 20.0] {
            let mut out = vec![0; source.len()];
            noise(&source, sigma, 3, &mut out);
            let moved: Vec<f64> = out.iter().map(|level| f64::from(*level) - 128.0).collect();
            let mean = moved.iter().sum::<f64>() / moved.len() as f64;
            let variance = moved.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / moved.len() as f64;
            // Rounding to whole levels adds a twelfth.
            let expected = sigma * sigma + 1.0 / 12.0;
            assert!(
                mean.abs() < 0.02 * sigma && (variance / expected - 1.0).abs() < 0.03,
                "{sigma}: {mean} {variance}"
            );
        }
    }

    #[test]
    fn as_many_pixels_are_black_as_white_and_as_many_as_asked() {
        let source = vec![100; 3 * 60_000];
        let mut out = vec![0; source.len()];
        salt_and_pepper::<3>(&source, 0.1, 3, &mut out);
        let count = |level| out.as_chunks::<3>().0.iter().filter(|pixel| **pixel == [level; 3]).count();
        assert!(count(0).abs_diff(3000) < 200 && count(255).abs_diff(3000) < 200, "{} {}", count(0), count(255));
        assert_eq!(count(0) + count(255) + count(100), 60_000);
        salt_and_pepper::<3>(&source, 1.0, 3, &mut out);
        assert!(!out.contains(&100));
        salt_and_pepper::<3>(&source, 0.0, 3, &mut out);
        assert_eq!(out, source);
    }
}
