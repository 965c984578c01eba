//! What is read beyond the edge.

use crate::sampling::Border;

/// A border for images of `C` channels.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Beyond<const C: usize> {
    Reflect,
    Edge,
    Pixel([u8; C]),
}

impl<const C: usize> Beyond<C> {
    pub fn new(border: Border) -> Self {
        match border {
            Border::Reflect => Self::Reflect,
            Border::Edge => Self::Edge,
            Border::Color(color) => Self::Pixel(pixel(color)),
        }
    }

    /// The pixel that stands for the one at `at` of `length`; `None` where that is a colour.
    #[inline(always)]
    pub fn index(&self, at: i64, length: usize) -> Option<usize> {
        let last = length as i64 - 1;
        if (0..=last).contains(&at) {
            return Some(at as usize);
        }
        match self {
            Self::Reflect => {
                let place = at.rem_euclid((2 * last).max(1));
                Some(place.min(2 * last - place).max(0) as usize)
            }
            Self::Edge => Some(at.clamp(0, last) as usize),
            Self::Pixel(_) => None,
        }
    }

    /// The colour.
    pub fn fill(&self) -> [u8; C] {
        match self {
            Self::Pixel(pixel) => *pixel,
            Self::Reflect | Self::Edge => [0; C],
        }
    }
}

/// A colour as a pixel of `C` channels, opaque.
fn pixel<const C: usize>(color: [u8; 3]) -> [u8; C] {
    match C {
        1 => [crate::colour::luma(color); C],
        _ => std::array::from_fn(|channel| color.get(channel).copied().unwrap_or(255)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reflection_turns_at_the_middle_of_the_outermost_pixels_for_ever() {
        let seen: Vec<_> = (-5..9).map(|at| Beyond::<1>::Reflect.index(at, 4).unwrap()).collect();
        assert_eq!(seen, [1, 2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1, 2]);
        assert!((-5..9).all(|at| Beyond::<1>::Reflect.index(at, 1) == Some(0)));
        assert_eq!(Beyond::<1>::Edge.index(-3, 4), Some(0));
        assert_eq!(Beyond::<1>::Pixel([7]).index(4, 4), None);
    }
}
