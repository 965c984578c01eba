//! A photo as the network sees it while it learns: shifted, mirrored, cropped, partly erased. Every draw follows from a key.

use windowshop_features::{hash::combine, photo};
use windowshop_schema::{ImageTrainConfig, manifest::PhotoSpec};

/// Share of a photo's area that is erased, least and most (Zhong et al. 2020).
const ERASED: [f64; 2] = [0.02, 0.2];

/// How photos are changed.
#[derive(Clone, Debug)]
pub struct Augmentation {
    shift: f64,
    flip: f64,
    erase: f64,
    zoom: f64,
}

impl Augmentation {
    pub fn new(config: &ImageTrainConfig) -> Self {
        Self { shift: config.shift, flip: config.flip, erase: config.erase, zoom: config.zoom }
    }

    /// Appends what the network reads of the changed photo; `key` decides every draw.
    pub fn apply(&self, pixels: &[u8], spec: &PhotoSpec, key: u64, out: &mut Vec<f32>) {
        let size = spec.size;
        let draw = |number: u64| unit(combine(key, number));
        let most = (self.shift * size as f64).round();
        let offset = |number: u64| ((2.0 * draw(number) - 1.0) * (most + 0.5)).round().clamp(-most, most) as isize;
        let (down, right, mirrored) = (offset(0), offset(1), draw(2) < self.flip);
        let hole = (draw(3) < self.erase).then(|| {
            let area = ERASED[0] + (ERASED[1] - ERASED[0]) * draw(4);
            let ratio = (draw(5) * 2.0 - 1.0).exp2();
            let sides =
                [(area * ratio).sqrt(), (area / ratio).sqrt()].map(|side| (side.min(1.0) * size as f64) as usize);
            [0usize, 1].map(|axis| {
                let start = (draw(6 + axis as u64) * (size - sides[axis] + 1) as f64) as usize;
                start..start + sides[axis]
            })
        });
        // What was beyond the edge is like the edge.
        let inside = |at: isize| at.clamp(0, size as isize - 1) as usize;
        let seen = 1.0 - self.zoom * draw(8);
        let start = out.len();
        let mut moved = Vec::with_capacity(pixels.len());
        let columns: Vec<_> = (0..size).map(|x| if mirrored { size - 1 - x } else { x }).collect();
        if seen == 1.0 {
            for plane in pixels.chunks_exact(size * size) {
                for y in 0..size {
                    let row = &plane[inside(y as isize + down) * size..][..size];
                    moved.extend(columns.iter().map(|&x| row[inside(x as isize + right)]));
                }
            }
        } else {
            // The two pixels beside a place, and how near it is to the second.
            let between = |at: usize, moved: isize, left_out: f64| {
                let place = (at as f64 + 0.5) * seen - 0.5 + left_out * (1.0 - seen) * size as f64 + moved as f64;
                let first = place.floor();
                (inside(first as isize), inside(first as isize + 1), (place - first) as f32)
            };
            let columns: Vec<_> = columns.iter().map(|&x| between(x, right, draw(10))).collect();
            for plane in pixels.chunks_exact(size * size) {
                for y in 0..size {
                    let (above, below, low) = between(y, down, draw(9));
                    let rows = [above, below].map(|y| &plane[y * size..][..size]);
                    moved.extend(columns.iter().map(|&(left, right, far)| {
                        let [above, below] =
                            rows.map(|row| f32::from(row[left]) * (1.0 - far) + f32::from(row[right]) * far);
                        (above * (1.0 - low) + below * low).round() as u8
                    }));
                }
            }
        }
        out.extend(photo::normalise(&moved, spec));
        if let Some([rows, columns]) = hole {
            for plane in out[start..].chunks_exact_mut(size * size) {
                rows.clone().for_each(|y| plane[y * size..][columns.clone()].fill(0.0));
            }
        }
    }
}

/// 0 to 1, from 53 bits.
pub fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec() -> PhotoSpec {
        PhotoSpec { size: 8, channels: 1, mean: vec![0.0], std: vec![1.0] }
    }

    fn changed(augmentation: &Augmentation, key: u64) -> Vec<f32> {
        let pixels: Vec<u8> = (0..64).collect();
        let mut out = Vec::new();
        augmentation.apply(&pixels, &spec(), key, &mut out);
        out
    }

    #[test]
    fn zero_strength_is_the_identity_and_a_key_decides_everything() {
        let none = Augmentation { shift: 0.0, flip: 0.0, erase: 0.0, zoom: 0.0 };
        let pixels: Vec<u8> = (0..64).collect();
        assert_eq!(changed(&none, 7), photo::normalise(&pixels, &spec()).collect::<Vec<_>>());
        let strong = Augmentation { shift: 0.25, flip: 0.5, erase: 0.5, zoom: 0.5 };
        assert_eq!(changed(&strong, 7), changed(&strong, 7));
        assert!((0..20).any(|key| changed(&strong, key) != changed(&strong, 7)));
    }

    #[test]
    fn a_cropped_photo_shows_less_of_the_same() {
        let crop = Augmentation { shift: 0.0, flip: 0.0, erase: 0.0, zoom: 0.5 };
        // Brighter to the right and below everywhere: so is each crop, and its steps are smaller.
        let found = changed(&crop, 3);
        assert!(found.chunks(8).all(|row| row.is_sorted()) && found[0] >= 0.0 && found[63] < 63.0 / 255.0);
    }

    #[test]
    fn a_mirrored_photo_is_read_from_the_right() {
        let mirror = Augmentation { shift: 0.0, flip: 1.0, erase: 0.0, zoom: 0.0 };
        assert_eq!(changed(&mirror, 1)[..2], [7.0 / 255.0, 6.0 / 255.0]);
    }
}
