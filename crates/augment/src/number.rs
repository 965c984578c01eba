//! Rounding that every processor does alike and compilers turn into one addition.

/// The nearest whole number, a half to the even one, of a number whose nearest one fits 32 bits.
#[inline(always)]
pub(crate) fn nearest(value: f64) -> i32 {
    // 1.5 x 2^52: what is added to it keeps its whole part in the low bits.
    (value + 6_755_399_441_055_744.0).to_bits() as i32
}

/// The nearest whole number of one that is 0 to 255.
#[inline(always)]
pub(crate) fn nearest_level(value: f32) -> u8 {
    // 2^23, likewise.
    (value + 8_388_608.0).to_bits() as u8
}

/// Six decimals, as a record keeps them.
pub(crate) fn decimals(value: f64) -> f64 {
    libm::round(value * 1e6) / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn additions_round_to_the_nearest_whole_number() {
        assert_eq!([-1.5, -0.6, -0.4, 0.5, 1.5, 2.49, 1e9].map(nearest), [-2, -1, 0, 0, 2, 2, 1_000_000_000]);
        assert_eq!([0.0, 0.4, 0.6, 254.6, 255.0].map(nearest_level), [0, 0, 1, 255, 255]);
    }
}
