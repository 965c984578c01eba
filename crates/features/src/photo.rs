//! Preprocessing of photos for the image network: resizing to a square and normalisation. Also converts a generator's output to
//! pixels. Decoding is up to the caller.

use windowshop_schema::manifest::PhotoSpec;

/// Weights of red, green and blue in grey (ITU-R BT.601).
const LUMA: [f32; 3] = [0.299, 0.587, 0.114];

/// Resizes RGB pixels to a square, `[channels, size, size]`, 0 to 255.
///
/// The photo is stretched, not cropped: a crop would lose parts of the product. A triangle filter as wide as a target pixel avoids
/// aliasing.
///
/// # Panics
/// If `rgb` has other than `width` × `height` × 3 values, or none.
pub fn square(rgb: &[u8], width: usize, height: usize, size: usize, channels: usize) -> Vec<u8> {
    assert!(rgb.len() == width * height * 3 && !rgb.is_empty(), "pixels of {width} × {height}");
    let planes: Vec<Vec<f32>> = (0..channels)
        .map(|channel| {
            let value = |pixel: &[u8]| match channels {
                1 => pixel.iter().zip(LUMA).map(|(&value, share)| f32::from(value) * share).sum(),
                _ => f32::from(pixel[channel]),
            };
            rgb.chunks_exact(3).map(value).collect()
        })
        .collect();
    let (columns, rows) = (taps(width, size), taps(height, size));
    planes.iter().flat_map(|plane| resized(plane, width, &columns, &rows)).collect()
}

/// The network's input from the pixels of [`square`]: scaled to 0 to 1, then standardised with the spec's mean and standard
/// deviation.
pub fn normalise(pixels: &[u8], spec: &PhotoSpec) -> impl Iterator<Item = f32> {
    let plane = spec.size * spec.size;
    pixels.iter().enumerate().map(move |(at, &value)| {
        let channel = at / plane % spec.channels;
        (f32::from(value) / 255.0 - spec.mean[channel]) / spec.std[channel]
    })
}

/// Converts a generator's output, −1 to 1, to a byte.
pub fn byte(value: f32) -> u8 {
    ((value + 1.0) * 127.5).round().clamp(0.0, 255.0) as u8
}

/// Converts a generated pixel of 1 or 3 channels, each −1 to 1, to opaque RGBA.
pub fn opaque(channels: usize, value: impl Fn(usize) -> f32) -> [u8; 4] {
    let [red, green, blue] = [0, 1, 2].map(|channel: usize| byte(value(channel.min(channels - 1))));
    [red, green, blue, u8::MAX]
}

/// First source pixel and filter weights of each target pixel.
type Taps = Vec<(usize, Vec<f32>)>;

/// A triangle filter that widens with the reduction.
fn taps(source: usize, target: usize) -> Taps {
    let scale = source as f32 / target as f32;
    let reach = scale.max(1.0);
    (0..target)
        .map(|at| {
            let centre = (at as f32 + 0.5) * scale;
            let first = (centre - reach).round().max(0.0) as usize;
            let last = ((centre + reach).round() as usize).clamp(first + 1, source);
            let weight = |i: usize| (1.0 - (i as f32 + 0.5 - centre).abs() / reach).max(0.0);
            let weights: Vec<f32> = (first..last).map(weight).collect();
            let sum: f32 = weights.iter().sum();
            (first, weights.iter().map(|weight| weight / sum).collect())
        })
        .collect()
}

/// Resizes along columns, then along rows.
fn resized(plane: &[f32], width: usize, columns: &Taps, rows: &Taps) -> Vec<u8> {
    let narrow: Vec<Vec<f32>> = plane
        .chunks_exact(width)
        .map(|row| {
            let cell =
                |(first, weights): &(usize, Vec<f32>)| row[*first..].iter().zip(weights).map(|(v, w)| v * w).sum();
            columns.iter().map(cell).collect()
        })
        .collect();
    let cell = |(first, weights): &(usize, Vec<f32>), column: usize| -> f32 {
        narrow[*first..].iter().zip(weights).map(|(row, w)| row[column] * w).sum()
    };
    rows.iter()
        .flat_map(|row| (0..columns.len()).map(move |column| (row, column)))
        .map(|(row, column)| cell(row, column).round().clamp(0.0, 255.0) as u8)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_photo_of_the_right_size_stays_the_same() {
        let rgb: Vec<u8> = (0..8 * 8 * 3).map(|i| (i * 5 % 256) as u8).collect();
        let found = square(&rgb, 8, 8, 8, 3);
        let expected: Vec<u8> =
            (0..3).flat_map(|c| rgb.iter().skip(c).step_by(3).copied().collect::<Vec<_>>()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn grey_stays_grey_for_every_shape() {
        for (width, height) in [(1, 1), (3, 200), (640, 9), (28, 28)] {
            let rgb = vec![77; width * height * 3];
            assert_eq!(square(&rgb, width, height, 16, 1), vec![77; 256], "{width} × {height}");
        }
    }

    #[test]
    fn halving_keeps_the_mean() {
        let rgb: Vec<u8> = (0..64 * 64).flat_map(|i| [if (i % 64) < 32 { 0 } else { 200 }; 3]).collect();
        let found = square(&rgb, 64, 64, 32, 1);
        let mean = found.iter().map(|&v| f32::from(v)).sum::<f32>() / found.len() as f32;
        assert!((mean - 100.0).abs() < 1.0, "{mean}");
    }

    #[test]
    fn every_byte_round_trips_through_the_generators_range() {
        for value in 0..=255u8 {
            assert_eq!(byte(f32::from(value) / 127.5 - 1.0), value);
        }
        assert_eq!([byte(-1.2), byte(1.2)], [0, 255]);
    }

    #[test]
    fn normalised_pixels_are_standardised() {
        let spec = PhotoSpec { size: 1, channels: 3, mean: vec![0.5, 0.0, 1.0], std: vec![0.5, 1.0, 2.0] };
        assert_eq!(normalise(&[255, 0, 255], &spec).collect::<Vec<_>>(), [1.0, 0.0, 0.0]);
    }
}
