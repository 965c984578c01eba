//! Reading a policy's JSON: a mistake is named with its place, what was found and what may stand there.

use serde_json::{Map, Value};

use crate::{
    error::{Error, Result},
    suggest::nearest,
};

/// More have no number of their own among the random numbers.
const MOST_NODES: u32 = 1 << 16;

/// The object that stands at `at`.
///
/// # Errors
/// Anything else stands there.
pub fn object<'a>(value: &'a Value, at: &str) -> Result<&'a Map<String, Value>> {
    value.as_object().map_or_else(|| refuse(at, &value.to_string(), "a JSON object"), Ok)
}

/// The `operator` of the transform at `at`.
///
/// # Errors
/// There is none, or it is no text.
pub fn name<'a>(map: &'a Map<String, Value>, at: &str) -> Result<&'a str> {
    match map.get("operator") {
        Some(Value::String(name)) => Ok(name),
        Some(other) => refuse(&format!("{at}.operator"), &other.to_string(), "an operator's name"),
        None => refuse(&format!("{at}.operator"), "nothing", "an operator's name"),
    }
}

/// Refuses keys that mean nothing.
///
/// # Errors
/// A key other than `keys`.
pub fn known(map: &Map<String, Value>, at: &str, keys: &[&str]) -> Result<()> {
    match map.keys().find(|key| !keys.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => {
            let near = nearest(key, keys.iter().copied());
            let expected = format!("one of {}; the nearest is {near}", keys.join(", "));
            refuse(at, &format!("the unknown key {key}"), &expected)
        }
    }
}

/// Reads each entry of the list `key`, whose places are named after `at` and `key`.
///
/// # Errors
/// No list, or what `item` refuses.
pub fn list<T>(
    map: &Map<String, Value>,
    at: &str,
    key: &str,
    mut item: impl FnMut(&Value, &str) -> Result<T>,
) -> Result<Vec<T>> {
    let place = format!("{at}{key}");
    match map.get(key) {
        Some(Value::Array(items)) => {
            items.iter().enumerate().map(|(i, value)| item(value, &format!("{place}[{i}]"))).collect()
        }
        Some(other) => refuse(&place, &other.to_string(), "a list of transforms"),
        None => refuse(&place, "nothing", "a list of transforms"),
    }
}

/// A number from `least` to `most`, or the default where there is none.
///
/// # Errors
/// Anything else.
pub fn within(map: &Map<String, Value>, at: &str, key: &str, default: f64, [least, most]: [f64; 2]) -> Result<f64> {
    let Some(value) = map.get(key) else { return Ok(default) };
    match value.as_f64() {
        Some(number) if (least..=most).contains(&number) => Ok(number),
        _ => refuse(&format!("{at}.{key}"), &value.to_string(), &format!("{least} to {most}")),
    }
}

/// [`within`] for whole numbers.
///
/// # Errors
/// As [`within`], or a fraction.
pub fn whole(map: &Map<String, Value>, at: &str, key: &str, default: f64, range: [f64; 2]) -> Result<u32> {
    let number = within(map, at, key, default, range)?;
    match number.fract() == 0.0 {
        true => Ok(number as u32),
        false => refuse(&format!("{at}.{key}"), &number.to_string(), "a whole number"),
    }
}

/// The number of the next transform, from 0: it separates the random numbers of the transforms.
///
/// # Errors
/// More transforms than have a number of their own.
pub fn next(number: &mut u32, at: &str) -> Result<u32> {
    let own = *number;
    *number += 1;
    match own < MOST_NODES {
        true => Ok(own),
        false => refuse(at, "more", &format!("at most {MOST_NODES} transforms")),
    }
}

/// A mistake at `culprit`.
///
/// # Errors
/// Always.
pub fn refuse<T>(culprit: &str, found: &str, expected: &str) -> Result<T> {
    Err(Error::Policy { culprit: culprit.to_owned(), found: found.to_owned(), expected: expected.to_owned() })
}

/// The policy that `text` is.
///
/// # Errors
/// Text that is no JSON.
pub fn json(text: &str) -> Result<Value> {
    serde_json::from_str(text).or_else(|error| refuse("policy", &error.to_string(), "a JSON object with transforms"))
}
