//! Published policies: TrivialAugment (Müller and Hutter 2021, "wide" space) and RandAugment (Cubuk et al. 2020).
//!
//! Magnitudes are taken exactly, with a random sign, as the papers do. Both cut the range from nothing to the greatest
//! magnitude into levels.

use crate::{action::Action, image::Size, number::decimals, operators::Operator, random::Draws};

/// TrivialAugment's levels: 0 to 30, each as likely.
const LEVELS: u32 = 31;
/// Operators in either space.
const COUNT: u32 = 14;

/// The greatest magnitudes of a space.
struct Space {
    degrees: f64,
    shear: f64,
    /// Share of each side.
    shift: [f64; 2],
    /// Change of brightness, contrast, colour and sharpness.
    change: f64,
    bits: u32,
}

/// One operator at one level; `strength` scales the levels.
pub(crate) fn trivial_augment(strength: f64, size: Size, draws: &mut Draws, out: &mut Vec<Action>) {
    let level = f64::from(draws.below(LEVELS)) / f64::from(LEVELS - 1);
    // 32 pixels whatever the image's size.
    let shift = [size.width, size.height].map(|side| (32.0 / f64::from(side)).min(1.0));
    one(&Space { degrees: 135.0, shear: 0.99, shift, change: 0.99, bits: 2 }, strength * level, size, draws, out);
}

/// One operator at the magnitude `strength`, which is the paper's M / 30.
pub(crate) fn rand_augment(strength: f64, size: Size, draws: &mut Draws, out: &mut Vec<Action>) {
    let shift = [0.45; 2];
    one(&Space { degrees: 30.0, shear: 0.3, shift, change: 0.9, bits: 4 }, strength, size, draws, out);
}

fn one(space: &Space, strength: f64, size: Size, draws: &mut Draws, out: &mut Vec<Action>) {
    let chosen = draws.below(COUNT);
    draws.exact = true;
    let max_change = space.change;
    let operator = match chosen {
        0 => None,
        1 => Some(Operator::Autocontrast {}),
        2 => Some(Operator::Equalize {}),
        3 => Some(Operator::Rotate { max_degrees: space.degrees }),
        4 => Some(Operator::Solarize { min_threshold: 0 }),
        5 => Some(Operator::Saturation { max_change }),
        6 => Some(Operator::Posterize { min_bits: space.bits }),
        7 => Some(Operator::Contrast { max_change }),
        8 => Some(Operator::Brightness { max_change }),
        9 => {
            out.push(Action::Sharpness { factor: decimals(1.0 + draws.signed(strength * max_change)) });
            None
        }
        10 => Some(Operator::Shear { max_x: space.shear, max_y: 0.0 }),
        11 => Some(Operator::Shear { max_x: 0.0, max_y: space.shear }),
        12 => Some(Operator::Translate { max_x: space.shift[0], max_y: 0.0, step: 0 }),
        _ => Some(Operator::Translate { max_x: 0.0, max_y: space.shift[1], step: 0 }),
    };
    if let Some(operator) = operator {
        // These two have no magnitude, except that strength 0 does nothing.
        let switch = matches!(operator, Operator::Autocontrast {} | Operator::Equalize {});
        operator.draw(if switch && strength > 0.0 { 1.0 } else { strength }, size, draws, out);
    }
    draws.exact = false;
}
