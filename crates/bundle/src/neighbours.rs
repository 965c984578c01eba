//! Relations between items: a count a row, then item numbers and weights, strongest first.
//!
//! In the smaller precisions a weight is one byte, the index into 256 levels spaced evenly on a logarithmic scale
//! between the relation's smallest and largest weight. The levels are stored: decoding is a look-up, the same to the
//! bit on every machine, and never changes an order.

use safetensors::Dtype;
use windowshop_schema::Neighbours;

use crate::{
    archive::{Reader, Writer},
    fault::Fault,
    floats, integers,
    precision::Precision,
};

const LEVELS: usize = 256;

/// Ending of the name that every relation has; the others are found from it.
pub(crate) const COUNTS: &str = ".counts";

/// Adds a relation that [`check`] accepts.
pub(crate) fn put(writer: &mut Writer, name: &str, table: &Neighbours, precision: Precision) {
    let counts: Vec<u32> = table.offsets.windows(2).map(|ends| ends[1] - ends[0]).collect();
    integers::put(writer, &format!("{name}{COUNTS}"), &counts);
    integers::put(writer, &format!("{name}.items"), &table.items);
    let weights_name = format!("{name}.weights");
    if precision == Precision::F32 {
        floats::put_f32(writer, &weights_name, &[table.weights.len()], &table.weights);
        return;
    }
    let (levels, codes) = quantise(&table.weights);
    writer.put(weights_name, Dtype::U8, &[codes.len()], codes);
    floats::put_f32(writer, &format!("{name}.levels"), &[LEVELS], &levels);
}

/// Takes a relation that [`put`] added; [`check`] has yet to accept it.
pub(crate) fn take(reader: &mut Reader<'_>, name: &str) -> Result<Neighbours, Fault> {
    let items = integers::take(reader, &format!("{name}.items"))?;
    let counts_name = format!("{name}{COUNTS}");
    let offsets = integers::offsets(&counts_name, &integers::take(reader, &counts_name)?, items.len())?;
    let levels_name = format!("{name}.levels");
    let weights_name = format!("{name}.weights");
    if !reader.has(&levels_name) {
        return Ok(Neighbours { offsets, items, weights: floats::take_vector(reader, &weights_name)? });
    }
    let levels = floats::take_vector(reader, &levels_name)?;
    if levels.len() != LEVELS {
        return Err(Fault::of(levels_name, format!("{} levels", levels.len()), LEVELS.to_string()));
    }
    let codes = reader.take(&weights_name)?;
    if codes.dtype != Dtype::U8 {
        return Err(codes.wrong_type("U8"));
    }
    Ok(Neighbours { offsets, items, weights: codes.bytes.iter().map(|code| levels[usize::from(*code)]).collect() })
}

/// Refuses a table that does not describe `items` items, strongest neighbour first.
pub(crate) fn check(name: &str, table: &Neighbours, items: usize) -> Result<(), Fault> {
    let fault = |found: String, expected: String| Err(Fault::of(name, found, expected));
    let Neighbours { offsets, items: neighbours, weights } = table;
    if offsets.len() != items + 1 {
        return fault(format!("{} rows", offsets.len().saturating_sub(1)), format!("{items}, one an item"));
    }
    if weights.len() != neighbours.len() {
        return fault(format!("{} weights", weights.len()), format!("{}, one a neighbour", neighbours.len()));
    }
    if offsets[0] != 0
        || offsets[items] as usize != neighbours.len()
        || offsets.windows(2).any(|ends| ends[0] > ends[1])
    {
        return fault("offsets that do not add up".into(), format!("rising offsets from 0 to {}", neighbours.len()));
    }
    if let Some(item) = neighbours.iter().find(|item| **item as usize >= items) {
        return fault(format!("neighbour {item}"), format!("item numbers below {items}"));
    }
    if let Some(weight) = weights.iter().find(|w| !(w.is_finite() && **w > 0.0)) {
        return fault(format!("weight {weight}"), "finite weights above zero".into());
    }
    let rising = |ends: &[u32]| weights[ends[0] as usize..ends[1] as usize].windows(2).any(|pair| pair[0] < pair[1]);
    match offsets.windows(2).position(rising) {
        None => Ok(()),
        Some(row) => fault(format!("row {row} out of order"), "the strongest neighbour first".into()),
    }
}

fn quantise(weights: &[f32]) -> (Vec<f32>, Vec<u8>) {
    let smallest = weights.iter().copied().reduce(f32::min).unwrap_or(1.0);
    let largest = weights.iter().copied().reduce(f32::max).unwrap_or(1.0);
    let low = f64::from(smallest).ln();
    let span = f64::from(largest).ln() - low;
    let steps = (LEVELS - 1) as f64;
    let level = |step: usize| ((low + span * step as f64 / steps).exp() as f32).clamp(smallest, largest);
    let code = |w: &f32| {
        if span > 0.0 { ((f64::from(*w).ln() - low) / span * steps).round() as u8 } else { 0 }
    };
    ((0..LEVELS).map(level).collect(), weights.iter().map(code).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_levels_keep_the_order_and_the_stated_error() {
        let weights: Vec<f32> = (0..10_000).map(|i| 3e-5 * 1.0013_f32.powi(i)).collect();
        let (levels, codes) = quantise(&weights);
        let bound = f64::from(weights[9_999] / weights[0]).ln() / 510.0 + 1e-5;
        let decoded: Vec<f32> = codes.iter().map(|c| levels[usize::from(*c)]).collect();
        for (x, y) in weights.iter().zip(&decoded) {
            let error = (f64::from(*y).ln() - f64::from(*x).ln()).abs();
            assert!(error <= bound, "{x} became {y}: {error} above {bound}");
        }
        assert!(decoded.is_sorted());
    }

    #[test]
    fn equal_weights_stay_exact() {
        let (levels, codes) = quantise(&[0.25; 7]);
        assert!(codes.iter().all(|c| levels[usize::from(*c)] == 0.25));
    }
}
