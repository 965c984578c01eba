//! Relations between items: the number of neighbours per row, the gaps between item numbers, and the weights.
//!
//! Item numbers ascend within a row, so gaps are small. They are stored as byte planes (all lowest bytes, then all second
//! bytes), which deflate compresses best.
//!
//! In f16 and int8 bundles a weight is one byte: the index into 256 levels, evenly spaced on a logarithmic scale between the
//! relation's smallest and largest weight. The levels are stored, so decoding is a look-up, bit-identical on every machine,
//! and it keeps the order of the weights.

use windowshop_schema::Neighbours;

use crate::{
    archive::{Reader, Writer},
    fault::Fault,
    floats, integers, packed,
    precision::Precision,
};

const LEVELS: usize = 256;
const WIDEST: usize = size_of::<u32>();

/// Ending of the name of the tensor that every relation has.
pub(crate) const COUNTS: &str = ".counts";

/// Adds a relation that [`check`] accepts.
pub(crate) fn put(writer: &mut Writer, name: &str, table: &Neighbours, precision: Precision) {
    let counts: Vec<u32> = table.offsets.windows(2).map(|ends| ends[1] - ends[0]).collect();
    integers::put(writer, &format!("{name}{COUNTS}"), &counts);
    packed::put(writer, format!("{name}.gaps"), &planes(&gaps(table)));
    if precision == Precision::F32 {
        floats::put_f32(writer, &format!("{name}.weights"), &[table.weights.len()], &table.weights);
        return;
    }
    let (levels, codes) = quantise(&table.weights);
    packed::put(writer, format!("{name}.codes"), &codes);
    floats::put_f32(writer, &format!("{name}.levels"), &[LEVELS], &levels);
}

/// Takes a relation written by [`put`], not yet [checked](check).
pub(crate) fn take(reader: &mut Reader<'_>, name: &str) -> Result<Neighbours, Fault> {
    let weights = take_weights(reader, name)?;
    let counts_name = format!("{name}{COUNTS}");
    let offsets = integers::offsets(&counts_name, &integers::take(reader, &counts_name)?, weights.len())?;
    let gaps_name = format!("{name}.gaps");
    let planes = packed::take(reader, &gaps_name)?;
    let width = planes.len().checked_div(weights.len()).unwrap_or(0);
    if planes.len() != width * weights.len() || width > WIDEST {
        let expected = format!("at most {WIDEST} for each of {} neighbours", weights.len());
        return Err(Fault::of(gaps_name, format!("{} bytes", planes.len()), expected));
    }
    let mut items = vec![0_u32; weights.len()];
    for (plane, bytes) in planes.chunks(weights.len().max(1)).enumerate() {
        items.iter_mut().zip(bytes).for_each(|(gap, byte)| *gap |= u32::from(*byte) << (8 * plane));
    }
    for ends in offsets.windows(2) {
        let mut sum = 0_u32;
        for item in &mut items[ends[0] as usize..ends[1] as usize] {
            sum = sum.checked_add(*item).ok_or_else(|| Fault::of(&gaps_name, "a sum above 2^32", "item numbers"))?;
            *item = sum;
        }
    }
    Ok(Neighbours { offsets, items, weights })
}

fn take_weights(reader: &mut Reader<'_>, name: &str) -> Result<Vec<f32>, Fault> {
    let levels_name = format!("{name}.levels");
    if !reader.has(&levels_name) {
        return floats::take_vector(reader, &format!("{name}.weights"));
    }
    let levels = floats::take_vector(reader, &levels_name)?;
    if levels.len() != LEVELS {
        return Err(Fault::of(levels_name, format!("{} levels", levels.len()), LEVELS.to_string()));
    }
    let codes = packed::take(reader, &format!("{name}.codes"))?;
    Ok(codes.iter().map(|code| levels[usize::from(*code)]).collect())
}

/// The difference of each item number to its predecessor in the row; the first number of a row as it is.
fn gaps(table: &Neighbours) -> Vec<u32> {
    let rows = table.offsets.windows(2).map(|ends| &table.items[ends[0] as usize..ends[1] as usize]);
    rows.flat_map(|row| row.iter().scan(0, |before, item| Some(item - std::mem::replace(before, *item)))).collect()
}

/// The lowest byte of every number, then the second byte of every number, up to the highest byte in use.
fn planes(numbers: &[u32]) -> Vec<u8> {
    let bits = u32::BITS - numbers.iter().fold(0, |all, number| all | number).leading_zeros();
    let byte = |plane: u32| numbers.iter().map(move |number| (number >> (8 * plane)) as u8);
    (0..bits.div_ceil(8)).flat_map(byte).collect()
}

/// Fails unless the table has `items` rows, each with every neighbour once.
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
        return fault("offsets that do not add up".into(), format!("ascending offsets from 0 to {}", neighbours.len()));
    }
    if let Some(item) = neighbours.iter().find(|item| **item as usize >= items) {
        return fault(format!("neighbour {item}"), format!("item numbers below {items}"));
    }
    if let Some(weight) = weights.iter().find(|w| !(w.is_finite() && **w > 0.0)) {
        return fault(format!("weight {weight}"), "finite weights above zero".into());
    }
    let repeats =
        |ends: &[u32]| neighbours[ends[0] as usize..ends[1] as usize].windows(2).any(|pair| pair[0] >= pair[1]);
    match offsets.windows(2).position(repeats) {
        None => Ok(()),
        Some(row) => fault(format!("row {row} out of order"), "ascending item numbers within a row".into()),
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
    fn log_levels_keep_the_order_and_stay_within_the_error_bound() {
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
