//! The hash of text: FNV-1a with a final mix, equal on every machine and in every version.

/// 64-bit hash of `bytes`. `seed` separates key spaces such as words and n-grams.
pub fn hash(seed: u64, bytes: &[u8]) -> u64 {
    let mut state = 0xcbf2_9ce4_8422_2325 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for byte in bytes {
        state = (state ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    mix(state)
}

/// Combines two hashes; not commutative.
pub fn combine(a: u64, b: u64) -> u64 {
    mix(a.rotate_left(23) ^ b.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

// Buckets use the low bits, which are weak in FNV: murmur3's finaliser mixes them.
fn mix(mut x: u64) -> u64 {
    x ^= x >> 33;
    x = x.wrapping_mul(0xff51_afd7_ed55_8ccd);
    x ^= x >> 33;
    x = x.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    x ^ (x >> 33)
}

/// Bucket of a hash in a table of `buckets` rows (a power of two).
pub fn bucket(hash: u64, buckets: usize) -> u32 {
    debug_assert!(buckets.is_power_of_two());
    (hash & (buckets as u64 - 1)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_never_changes() {
        assert_eq!(hash(0, b""), mix(0xcbf2_9ce4_8422_2325));
        assert_ne!(hash(1, b"umbrella"), hash(2, b"umbrella"));
        assert_eq!(format!("{:016x}", hash(1, b"umbrella")), "565986ba3185344b");
    }
}
