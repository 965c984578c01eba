//! Fields of a recorded action in JSON.

use serde_json::{Map, Value};

/// A value that an action's field may hold.
pub(crate) trait Field: Sized {
    /// For the error.
    const EXPECTED: &'static str;
    fn read(value: &Value) -> Option<Self>;
}

impl Field for f64 {
    const EXPECTED: &'static str = "a number";
    fn read(value: &Value) -> Option<Self> {
        value.as_f64()
    }
}

impl Field for u32 {
    const EXPECTED: &'static str = "a whole number, zero or above";
    fn read(value: &Value) -> Option<Self> {
        value.as_u64()?.try_into().ok()
    }
}

impl Field for u8 {
    const EXPECTED: &'static str = "a whole number from 0 to 255";
    fn read(value: &Value) -> Option<Self> {
        value.as_u64()?.try_into().ok()
    }
}

impl<T: Field, const N: usize> Field for [T; N] {
    const EXPECTED: &'static str = "a list of the right length";
    fn read(value: &Value) -> Option<Self> {
        let values: Vec<T> = value.as_array()?.iter().map(T::read).collect::<Option<_>>()?;
        values.try_into().ok()
    }
}

/// Takes the field `key` out of `map`.
pub(crate) fn take<T: Field>(map: &mut Map<String, Value>, key: &'static str) -> Result<T, String> {
    let value = map.remove(key).unwrap_or_default();
    T::read(&value).ok_or_else(|| format!("{key}: found {value}; expected {}", T::EXPECTED))
}
