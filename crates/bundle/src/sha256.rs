//! SHA-256 as text. Not with the `hex` crate: the engine links this module, and its download is close to the budget.

use sha2::{Digest, Sha256};

/// Lower-case hexadecimal SHA-256.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    out
}
