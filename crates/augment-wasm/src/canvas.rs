//! Between a canvas's four channels and the three that operators see.

/// Red, green and blue of each pixel.
pub(crate) fn without_opacity(rgba: &[u8]) -> Vec<u8> {
    let pixels = rgba.as_chunks::<4>().0;
    let mut rgb = vec![0; 3 * pixels.len()];
    let done = narrow(rgba, &mut rgb);
    let rest = rgb.as_chunks_mut::<3>().0[done..].iter_mut().zip(&pixels[done..]);
    rest.for_each(|(out, &[r, g, b, _])| *out = [r, g, b]);
    rgb
}

/// The same, opaque.
pub(crate) fn with_opacity(rgb: &[u8]) -> Vec<u8> {
    let pixels = rgb.as_chunks::<3>().0;
    let mut rgba = vec![0; 4 * pixels.len()];
    let done = widen(rgb, &mut rgba);
    let rest = rgba.as_chunks_mut::<4>().0[done..].iter_mut().zip(&pixels[done..]);
    rest.for_each(|(out, &[r, g, b])| *out = [r, g, b, 255]);
    rgba
}

#[cfg(not(target_feature = "simd128"))]
use plain::{narrow, widen};
#[cfg(target_feature = "simd128")]
use wide::{narrow, widen};

/// Nothing is done ahead of the loops over pixels.
#[cfg(not(target_feature = "simd128"))]
mod plain {
    pub fn narrow(_rgba: &[u8], _rgb: &mut [u8]) -> usize {
        0
    }

    pub fn widen(_rgb: &[u8], _rgba: &mut [u8]) -> usize {
        0
    }
}

/// Four pixels at a time; how many were done is returned.
#[cfg(target_feature = "simd128")]
mod wide {
    use std::arch::wasm32::*;

    pub fn narrow(rgba: &[u8], rgb: &mut [u8]) -> usize {
        let order = u8x16(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255);
        let mut done = 0;
        while 3 * done + 16 <= rgb.len() && 4 * done + 16 <= rgba.len() {
            // SAFETY: 16 bytes of each are there, as was just seen; the last four written are written again.
            unsafe {
                let pixels = v128_load(rgba.as_ptr().add(4 * done).cast());
                v128_store(rgb.as_mut_ptr().add(3 * done).cast(), u8x16_swizzle(pixels, order));
            }
            done += 4;
        }
        done
    }

    pub fn widen(rgb: &[u8], rgba: &mut [u8]) -> usize {
        let order = u8x16(0, 1, 2, 255, 3, 4, 5, 255, 6, 7, 8, 255, 9, 10, 11, 255);
        let opaque = u32x4_splat(0xFF00_0000);
        let mut done = 0;
        while 3 * done + 16 <= rgb.len() && 4 * done + 16 <= rgba.len() {
            // SAFETY: 16 bytes of each are there, as was just seen.
            unsafe {
                let pixels = v128_load(rgb.as_ptr().add(3 * done).cast());
                v128_store(rgba.as_mut_ptr().add(4 * done).cast(), v128_or(u8x16_swizzle(pixels, order), opaque));
            }
            done += 4;
        }
        done
    }
}
