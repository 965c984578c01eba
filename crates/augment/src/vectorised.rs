//! One source, two compilations: for any processor, and for those with AVX2.

/// Defines a function whose body is compiled twice; the processor decides at run time. Both give the same bits, because
/// integers have one answer and Rust never fuses a multiplication with an addition.
macro_rules! vectorised {
    ($(#[$meta:meta])* $vis:vis fn $name:ident $(<const $n:ident: usize>)? ($($arg:ident: $kind:ty),* $(,)?) $body:block) => {
        $(#[$meta])*
        $vis fn $name $(<const $n: usize>)? ($($arg: $kind),*) {
            #[inline(always)]
            fn portable $(<const $n: usize>)? ($($arg: $kind),*) $body
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
                fn wide $(<const $n: usize>)? ($($arg: $kind),*) {
                    portable $(::<$n>)? ($($arg),*)
                }
                #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl")]
                fn wider $(<const $n: usize>)? ($($arg: $kind),*) {
                    portable $(::<$n>)? ($($arg),*)
                }
                if crate::vectorised::has_avx512() {
                    // SAFETY: the processor has what the function was compiled for.
                    return unsafe { wider $(::<$n>)? ($($arg),*) };
                }
                if crate::vectorised::has_avx2() {
                    // SAFETY: the processor has what the function was compiled for.
                    return unsafe { wide $(::<$n>)? ($($arg),*) };
                }
            }
            portable $(::<$n>)? ($($arg),*)
        }
    };
}
pub(crate) use vectorised;

/// AVX2, and what every processor with it has.
#[cfg(target_arch = "x86_64")]
pub(crate) fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("lzcnt")
        && is_x86_feature_detected!("popcnt")
}

/// AVX-512 as every processor since 2017 that has it.
#[cfg(target_arch = "x86_64")]
pub(crate) fn has_avx512() -> bool {
    has_avx2()
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
}
