//! Turning the hue in the HSV hexcone (Smith 1978, "Color gamut transform pairs"); saturation and value stay.
//!
//! Value is the greatest channel, chroma its distance to the least. With hue h in sixths of the circle, red, green and
//! blue are value - chroma * clamp(min(k, 4 - k), 0, 1) for k = (5, 3, 1 + h) mod 6.

use super::planes::{BLOCK, Change, Planes, by_planes};
use crate::{number::nearest_level, vectorised::vectorised};

/// Turns every pixel's hue: red becomes green after 120 degrees.
pub(crate) fn hue<const C: usize>(source: &[u8], degrees: f64, out: &mut [u8]) {
    turn::<C>(source, sixths(degrees), out);
}

/// Of the circle, 0 to 6.
pub(super) fn sixths(degrees: f64) -> f32 {
    let sixths = degrees / 60.0;
    (sixths - 6.0 * libm::floor(sixths / 6.0)) as f32
}

vectorised! {
    fn turn<const C: usize>(source: &[u8], sixths: f32, out: &mut [u8]) {
        by_planes::<C>(source, &Turn { sixths }, out);
    }
}

struct Turn {
    /// Of the circle, 0 to 6.
    sixths: f32,
}

impl Change for Turn {
    #[inline(always)]
    fn change(&self, [red, green, blue]: &mut Planes) {
        for i in 0..BLOCK {
            let [r, g, b] = [red[i], green[i], blue[i]].map(f32::from);
            let value = if r > g { r } else { g };
            let value = if b > value { b } else { value };
            let least = if r < g { r } else { g };
            let least = if b < least { b } else { least };
            let chroma = value - least;
            let part = 1.0 / if chroma > 0.0 { chroma } else { 1.0 };
            // Sixths from red, whose own sector lies on both sides of 0.
            let from_blue = 4.0 + (r - g) * part;
            let from_green = 2.0 + (b - r) * part;
            let from_red = (g - b) * part;
            let own = if value == g { from_green } else { from_blue };
            let own = if value == r { from_red } else { own };
            let turned = own + self.sixths;
            let channel = |first: f32| {
                let k = first + turned;
                let k = if k >= 12.0 { k - 12.0 } else { k };
                let k = if k >= 6.0 { k - 6.0 } else { k };
                let far = 4.0 - k;
                let near = if k < far { k } else { far };
                let near = if near > 0.0 { near } else { 0.0 };
                let near = if near < 1.0 { near } else { 1.0 };
                nearest_level(value - chroma * near)
            };
            (red[i], green[i], blue[i]) = (channel(5.0), channel(3.0), channel(1.0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turned(pixel: [u8; 3], degrees: f64) -> [u8; 3] {
        let mut out = [0; 3];
        hue::<3>(&pixel, degrees, &mut out);
        out
    }

    #[test]
    fn a_third_of_the_circle_exchanges_the_channels() {
        for pixel in [[255, 0, 0], [200, 30, 90], [10, 200, 200], [3, 2, 1], [9, 9, 9]] {
            let [r, g, b] = pixel;
            assert_eq!(turned(pixel, 120.0), [b, r, g]);
            assert_eq!(turned(pixel, -120.0), [g, b, r]);
            assert_eq!(turned(pixel, 0.0), pixel);
        }
    }

    #[test]
    fn value_and_chroma_stay() {
        for i in 0..5000u32 {
            let pixel = [i * 7 % 256, i * 31 % 256, i * 101 % 256].map(|level| level as u8);
            let found = turned(pixel, f64::from(i) / 10.0);
            let ends = |pixel: [u8; 3]| (pixel.iter().min().copied(), pixel.iter().max().copied());
            assert_eq!(ends(found), ends(pixel), "{pixel:?} by {i}");
        }
    }
}
