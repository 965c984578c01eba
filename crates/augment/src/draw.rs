//! Samples an operator: parameters, strength and size become actions.

use crate::{
    action::{Action, Texture},
    image::{MAX_SIDE, Size},
    number::decimals,
    operators::Operator,
    random::Draws,
};

/// `most`^u for u in -strength to strength: as likely `f` times larger as `f` times smaller.
fn factor(draws: &mut Draws, most: f64, strength: f64) -> f64 {
    decimals(libm::exp(draws.signed(strength) * libm::log(most)))
}

/// A whole number of pixels, nearest to a share of a side.
fn pixels(share: f64, side: u32) -> u32 {
    libm::round(share * f64::from(side)) as u32
}

impl Operator {
    /// Appends what is done; nothing at strength 0. The number of draws does not depend on the image.
    pub(crate) fn draw(&self, strength: f64, size: Size, draws: &mut Draws, out: &mut Vec<Action>) {
        if strength == 0.0 {
            return;
        }
        let change = |draws: &mut Draws, most: f64| decimals(1.0 + draws.signed(strength * most));
        let action = match *self {
            Self::Rotate { max_degrees } => Action::Rotate { degrees: decimals(draws.signed(strength * max_degrees)) },
            Self::Scale { max_factor } => Action::Scale { factor: factor(draws, max_factor, strength) },
            Self::Crop { max_fraction } => {
                let kept = 1.0 - draws.amount(strength * max_fraction);
                window(draws, size, pixels(kept, size.width), pixels(kept, size.height))
            }
            Self::RandomResizedCrop { width, height, min_area, max_ratio } => {
                let area = 1.0 - draws.amount(strength * (1.0 - min_area));
                let root = libm::sqrt(factor(draws, max_ratio, strength));
                let side = libm::sqrt(area);
                out.push(window(draws, size, pixels(side * root, size.width), pixels(side / root, size.height)));
                let or_kept = |asked: u32, side: u32| if asked == 0 { side } else { asked };
                Action::Resize { width: or_kept(width, size.width), height: or_kept(height, size.height) }
            }
            Self::HorizontalFlip {} => Action::HorizontalFlip,
            Self::VerticalFlip {} => Action::VerticalFlip,
            Self::Translate { max_x, max_y, step } => {
                let mut moved = |most: f64, side: u32| {
                    let pixels = draws.signed(strength * most) * f64::from(side);
                    match step {
                        0 => decimals(pixels),
                        step => libm::round(pixels / f64::from(step)) * f64::from(step),
                    }
                };
                Action::Translate { x: moved(max_x, size.width), y: moved(max_y, size.height) }
            }
            Self::Shear { max_x, max_y } => {
                let [x, y] = [max_x, max_y].map(|most| decimals(draws.signed(strength * most)));
                Action::Shear { x, y }
            }
            Self::Perspective { max_fraction } => {
                let inwards = [[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]];
                let sides = [size.width, size.height].map(f64::from);
                Action::Perspective {
                    corners: inwards.map(|corner| {
                        [0, 1].map(|axis| {
                            decimals(corner[axis] * draws.amount(strength * max_fraction) * sides[axis] / 2.0)
                        })
                    }),
                }
            }
            Self::Elastic { max_fraction, spacing } => Action::Elastic {
                shift: decimals(draws.amount(strength * max_fraction) * size.shorter()),
                spacing: decimals((spacing * size.shorter()).max(1.0)),
                stream: draws.word(),
            },
            Self::Resize { width, height } => Action::Resize { width, height },
            Self::Pad { max_fraction } => {
                // An image at the limit does not grow.
                let mut added = |side: u32| {
                    let room = (MAX_SIDE - side) / 2;
                    pixels(draws.amount(strength * max_fraction), side).min(room)
                };
                Action::Pad {
                    left: added(size.width),
                    top: added(size.height),
                    right: added(size.width),
                    bottom: added(size.height),
                }
            }
            Self::PadToSquare {} => {
                let side = size.width.max(size.height);
                let [x, y] = [side - size.width, side - size.height];
                Action::Pad { left: x / 2, top: y / 2, right: x - x / 2, bottom: y - y / 2 }
            }
            Self::Brightness { max_change } => Action::Brightness { factor: change(draws, max_change) },
            Self::Contrast { max_change } => Action::Contrast { factor: change(draws, max_change) },
            Self::Saturation { max_change } => Action::Saturation { factor: change(draws, max_change) },
            Self::Hue { max_degrees } => Action::Hue { degrees: decimals(draws.signed(strength * max_degrees)) },
            Self::Gamma { max_exponent } => Action::Gamma { exponent: factor(draws, max_exponent, strength) },
            Self::Grayscale {} => Action::Grayscale { share: decimals(strength) },
            Self::ColorJitter { brightness, contrast, saturation, hue } => {
                let mut parts = vec![
                    Action::Brightness { factor: change(draws, brightness) },
                    Action::Contrast { factor: change(draws, contrast) },
                    Action::Saturation { factor: change(draws, saturation) },
                    Action::Hue { degrees: decimals(draws.signed(strength * hue)) },
                ];
                for left in (2..=4).rev() {
                    parts.swap(left - 1, draws.below(left as u32) as usize);
                }
                out.extend(parts);
                return;
            }
            Self::Posterize { min_bits } => {
                Action::Posterize { bits: 8 - libm::round(draws.amount(strength * f64::from(8 - min_bits))) as u32 }
            }
            Self::Solarize { min_threshold } => Action::Solarize {
                threshold: 256 - libm::round(draws.amount(strength * f64::from(256 - min_threshold))) as u32,
            },
            Self::Equalize {} => Action::Equalize { share: decimals(strength) },
            Self::Autocontrast {} => Action::Autocontrast { share: decimals(strength) },
            Self::Sharpen { max_amount } => {
                Action::Sharpness { factor: decimals(1.0 + draws.amount(strength * max_amount)) }
            }
            Self::ChannelShuffle {} => {
                const OTHERS: [[u8; 3]; 5] = [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
                Action::ChannelShuffle { order: OTHERS[draws.below(5) as usize] }
            }
            Self::Invert {} => Action::Invert,
            Self::GaussianBlur { max_sigma } => {
                Action::GaussianBlur { sigma: decimals(draws.amount(strength * max_sigma)) }
            }
            Self::MotionBlur { max_length } => Action::MotionBlur {
                length: decimals(draws.amount(strength * max_length)),
                degrees: decimals(draws.between(0.0, 180.0)),
            },
            Self::BoxBlur { max_radius } => {
                Action::BoxBlur { radius: libm::round(draws.amount(strength * f64::from(max_radius))) as u32 }
            }
            Self::Noise { max_sigma } => {
                Action::Noise { sigma: decimals(draws.amount(strength * max_sigma)), stream: draws.word() }
            }
            Self::SaltAndPepper { max_fraction } => Action::SaltAndPepper {
                fraction: decimals(draws.amount(strength * max_fraction)),
                stream: draws.word(),
            },
            Self::Jpeg { min_quality } => {
                let lost = draws.amount(strength * f64::from(95 - min_quality));
                Action::Jpeg { quality: libm::round(95.0 - lost) as u32 }
            }
            Self::Cutout { max_area, max_ratio, fill } => {
                let side = libm::sqrt(draws.amount(strength * max_area));
                let root = libm::sqrt(factor(draws, max_ratio, 1.0));
                let [width, height] = [(side * root, size.width), (side / root, size.height)]
                    .map(|(share, side)| pixels(share.min(1.0), side));
                let [left, top] = [size.width - width, size.height - height].map(|room| draws.below(room + 1));
                Action::Cutout { left, top, width, height, fill }
            }
            Self::GridDropout { spacing, max_fraction, fill } => {
                let spacing = (libm::round(spacing * size.shorter()) as u32).max(1);
                let hole = pixels(draws.amount(strength * max_fraction), spacing);
                let [left, top] = [0, 1].map(|_| draws.below(spacing));
                Action::GridDropout { spacing, hole, left, top, fill }
            }
            Self::Background { white, softness } => {
                let mut color = || [0; 3].map(|_: u8| 255 - libm::round(draws.unit() * strength * 255.0) as u8);
                let colors = [color(), color()];
                let (choice, degrees, stream) = (draws.below(3), draws.between(0.0, 360.0), draws.word());
                let texture = match choice {
                    0 => Texture::Plain,
                    1 => Texture::Gradient { degrees: decimals(degrees) },
                    _ => Texture::Clouds { stream },
                };
                Action::Background { colors, texture, white, softness: softness.min(white - 1) }
            }
        };
        out.push(action);
    }

    /// Size of the image afterwards where no draw decides it.
    pub(crate) fn fixed_size(&self, size: Size) -> Option<Size> {
        match *self {
            Self::Resize { width, height } => Some(Size { width, height }),
            Self::RandomResizedCrop { width, height, .. } => Some(Size {
                width: if width == 0 { size.width } else { width },
                height: if height == 0 { size.height } else { height },
            }),
            Self::PadToSquare {} => {
                let side = size.width.max(size.height);
                Some(Size { width: side, height: side })
            }
            Self::Crop { .. } | Self::Pad { .. } => None,
            Self::Rotate { .. }
            | Self::Scale { .. }
            | Self::HorizontalFlip { .. }
            | Self::VerticalFlip { .. }
            | Self::Translate { .. }
            | Self::Shear { .. }
            | Self::Perspective { .. }
            | Self::Elastic { .. }
            | Self::Brightness { .. }
            | Self::Contrast { .. }
            | Self::Saturation { .. }
            | Self::Hue { .. }
            | Self::Gamma { .. }
            | Self::Grayscale { .. }
            | Self::ColorJitter { .. }
            | Self::Posterize { .. }
            | Self::Solarize { .. }
            | Self::Equalize { .. }
            | Self::Autocontrast { .. }
            | Self::Sharpen { .. }
            | Self::ChannelShuffle { .. }
            | Self::Invert { .. }
            | Self::GaussianBlur { .. }
            | Self::MotionBlur { .. }
            | Self::BoxBlur { .. }
            | Self::Noise { .. }
            | Self::SaltAndPepper { .. }
            | Self::Jpeg { .. }
            | Self::Cutout { .. }
            | Self::GridDropout { .. }
            | Self::Background { .. } => Some(size),
        }
    }
}

/// A window of at most this size at a random place.
fn window(draws: &mut Draws, size: Size, width: u32, height: u32) -> Action {
    let [width, height] = [width.clamp(1, size.width), height.clamp(1, size.height)];
    let [left, top] = [size.width - width, size.height - height].map(|room| draws.below(room + 1));
    Action::Crop { left, top, width, height }
}
