//! Vectors of four f32: `simd128` in a browser, arrays that the compiler vectorises elsewhere.
//!
//! With `relaxed-simd`, `mul_add` may be fused and round once; without, it rounds the product and the sum.

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod imp {
    use core::arch::wasm32::*;

    /// Four f32 lanes.
    #[derive(Clone, Copy)]
    pub struct F32x4(v128);

    impl F32x4 {
        /// All lanes `x`.
        #[inline(always)]
        pub fn splat(x: f32) -> Self {
            Self(f32x4_splat(x))
        }

        /// The first four values of `x`.
        #[inline(always)]
        pub fn load(x: &[f32]) -> Self {
            let x: &[f32; 4] = x[..4].try_into().expect("four lanes");
            // SAFETY: the array is 16 readable bytes; v128_load needs no alignment.
            Self(unsafe { v128_load(x.as_ptr().cast()) })
        }

        /// Writes the lanes to the first four values of `out`.
        #[inline(always)]
        pub fn store(self, out: &mut [f32]) {
            let out: &mut [f32; 4] = (&mut out[..4]).try_into().expect("four lanes");
            // SAFETY: the array is 16 writable bytes; v128_store needs no alignment.
            unsafe { v128_store(out.as_mut_ptr().cast(), self.0) }
        }

        /// `self + a * b`
        #[inline(always)]
        pub fn mul_add(self, a: Self, b: Self) -> Self {
            #[cfg(target_feature = "relaxed-simd")]
            return Self(f32x4_relaxed_madd(a.0, b.0, self.0));
            #[cfg(not(target_feature = "relaxed-simd"))]
            Self(f32x4_add(self.0, f32x4_mul(a.0, b.0)))
        }

        /// Lane-wise maximum; `self` where either is NaN.
        #[inline(always)]
        pub fn max(self, other: Self) -> Self {
            Self(f32x4_pmax(self.0, other.0))
        }
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod imp {
    /// Four f32 lanes.
    #[derive(Clone, Copy)]
    pub struct F32x4([f32; 4]);

    impl F32x4 {
        /// All lanes `x`.
        #[inline(always)]
        pub fn splat(x: f32) -> Self {
            Self([x; 4])
        }

        /// The first four values of `x`.
        #[inline(always)]
        pub fn load(x: &[f32]) -> Self {
            Self(x[..4].try_into().expect("four lanes"))
        }

        /// Writes the lanes to the first four values of `out`.
        #[inline(always)]
        pub fn store(self, out: &mut [f32]) {
            out[..4].copy_from_slice(&self.0);
        }

        /// `self + a * b`
        #[inline(always)]
        pub fn mul_add(self, a: Self, b: Self) -> Self {
            Self(std::array::from_fn(|i| self.0[i] + a.0[i] * b.0[i]))
        }

        /// Lane-wise maximum; `self` where either is NaN.
        #[inline(always)]
        pub fn max(self, other: Self) -> Self {
            Self(std::array::from_fn(|i| if other.0[i] > self.0[i] { other.0[i] } else { self.0[i] }))
        }
    }
}

pub use imp::F32x4;
