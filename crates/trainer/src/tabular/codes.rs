//! Cells as codes and back. A name has its own code; a number has the code of its interval, or of a frequent value.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use windowshop_features::hash::combine;
use windowshop_schema::table::{Cells, TableColumn};

/// Mean number of rows per interval, at least: with fewer a code could identify a row.
const ROWS_AN_INTERVAL: usize = 4;

/// The codes of a column, fitted at training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnCodes {
    pub name: String,
    pub values: Values,
}

/// The values of the codes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Values {
    /// Closed intervals; a single value has equal ends. The code after the last interval is a missing cell.
    Numbers { places: Vec<[f32; 2]>, whole: bool },
    /// Names, sorted; "" is a missing cell.
    Names(Vec<String>),
}

/// Fits the codes of every column to some rows. A constant column has one code.
pub fn fit(columns: &[TableColumn], rows: &[usize], bins: usize) -> Vec<ColumnCodes> {
    let values = |cells: &Cells| match cells {
        Cells::Numbers(_) => {
            numbers(rows.iter().map(|&row| cells.number(row)), bins.min(rows.len() / ROWS_AN_INTERVAL))
        }
        Cells::Names(_) => {
            let mut names: Vec<String> = rows.iter().map(|&row| cells.name(row).into_owned()).collect();
            names.sort_unstable();
            names.dedup();
            Values::Names(names)
        }
    };
    columns
        .iter()
        .map(|TableColumn { name, cells }| ColumnCodes { name: name.clone(), values: values(cells) })
        .collect()
}

/// A value as frequent as an interval has its own code; the other values are divided into quantiles.
fn numbers(values: impl Iterator<Item = f32>, bins: usize) -> Values {
    let mut known: Vec<f32> = values.filter(|value| value.is_finite()).collect();
    known.sort_unstable_by(f32::total_cmp);
    let enough = known.len().div_ceil(bins.max(1));
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    for value in &known {
        *counts.entry(value.to_bits()).or_default() += 1;
    }
    let alone = |value: f32| counts[&value.to_bits()] >= enough;
    let rest: Vec<f32> = known.iter().copied().filter(|&value| !alone(value)).collect();
    let mut places: Vec<[f32; 2]> = known.iter().copied().filter(|&value| alone(value)).map(|v| [v, v]).collect();
    places.dedup();
    if let Some(last) = rest.len().checked_sub(1) {
        let cuts = rest.len().div_ceil(enough);
        let mut edges: Vec<f32> = (0..=cuts).map(|i| rest[last * i / cuts]).collect();
        edges.dedup();
        match edges.len() {
            1 => places.push([edges[0]; 2]),
            _ => places.extend(edges.windows(2).map(|pair| [pair[0], pair[1]])),
        }
    }
    places.sort_unstable_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    Values::Numbers { places, whole: known.iter().all(|value| value.fract() == 0.0) }
}

impl ColumnCodes {
    /// How many codes there are.
    pub fn len(&self) -> usize {
        match &self.values {
            Values::Numbers { places, .. } => places.len() + 1,
            Values::Names(names) => names.len(),
        }
    }

    /// The code of a cell. A number outside all intervals has the code of the nearest; an unknown name has none.
    pub fn code(&self, cells: &Cells, row: usize) -> Option<usize> {
        match &self.values {
            Values::Names(names) => names.binary_search_by(|name| name.as_str().cmp(&cells.name(row))).ok(),
            Values::Numbers { places, .. } => {
                let value = cells.number(row);
                if !value.is_finite() {
                    return Some(places.len());
                }
                let value = f64::from(value);
                let away = |place: &[f32; 2]| (f64::from(place[0]) - value).max(value - f64::from(place[1])).max(0.0);
                // A frequent value goes before the interval around it.
                let nearest = |(_, a): &(usize, &[f32; 2]), (_, b): &(usize, &[f32; 2])| {
                    away(a).total_cmp(&away(b)).then((a[1] - a[0]).total_cmp(&(b[1] - b[0])))
                };
                Some(places.iter().enumerate().min_by(nearest).map_or(places.len(), |(code, _)| code))
            }
        }
    }

    /// Appends the cell of a code; `draw`, 0 to 1, is the position in an interval.
    pub fn push(&self, code: usize, draw: f64, cells: &mut Cells) {
        match (&self.values, cells) {
            (Values::Numbers { places, whole }, Cells::Numbers(cells)) => cells.push(match places.get(code) {
                None => f32::NAN,
                Some([low, high]) => {
                    let value = f64::from(*low) + draw * (f64::from(*high) - f64::from(*low));
                    if *whole { value.round() as f32 } else { value as f32 }
                }
            }),
            (Values::Names(names), Cells::Names(cells)) => {
                cells.push(Some(names[code].clone()).filter(|name| !name.is_empty()));
            }
            _ => unreachable!("codes and cells of one column are of one kind"),
        }
    }
}

/// A uniform random number in [0, 1), a function of its arguments.
pub fn unit(seed: u64, row: u64, number: u64) -> f64 {
    (combine(combine(seed, row), number) >> 11) as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(cells: Cells) -> [TableColumn; 1] {
        [TableColumn { name: "a".into(), cells }]
    }

    fn fitted(cells: Cells, bins: usize) -> (ColumnCodes, Cells) {
        let rows = match &cells {
            Cells::Numbers(numbers) => numbers.len(),
            Cells::Names(names) => names.len(),
        };
        let codes = fit(&column(cells.clone()), &(0..rows).collect::<Vec<_>>(), bins);
        (codes.into_iter().next().unwrap(), cells)
    }

    /// Most values are 0, the others are spread.
    #[test]
    fn a_frequent_value_has_its_own_code() {
        let values: Vec<f32> = (0..400).map(|i| if i % 4 == 0 { i as f32 + 0.5 } else { 0.0 }).collect();
        let (codes, cells) = fitted(Cells::Numbers(values.clone()), 10);
        let Values::Numbers { places, whole } = &codes.values else { panic!() };
        assert_eq!((places[0], *whole), ([0.0, 0.0], false));
        let mut back = Cells::Numbers(Vec::new());
        for row in 0..400 {
            codes.push(codes.code(&cells, row).unwrap(), 0.5, &mut back);
        }
        let wide = places.iter().map(|[low, high]| high - low).fold(0.0, f32::max);
        for (row, value) in values.iter().enumerate() {
            assert!((back.number(row) - value).abs() <= wide / 2.0 + 1e-3, "{value} came back as {}", back.number(row));
            assert_eq!(*value == 0.0, back.number(row) == 0.0);
        }
    }

    #[test]
    fn whole_numbers_stay_whole_and_missing_cells_missing() {
        let (codes, cells) =
            fitted(Cells::Numbers((0..200).map(|i| if i == 7 { f32::NAN } else { (i % 90) as f32 }).collect()), 8);
        assert_eq!(codes.code(&cells, 7), Some(codes.len() - 1));
        let mut back = Cells::Numbers(Vec::new());
        codes.push(codes.len() - 1, 0.3, &mut back);
        codes.push(0, 0.77, &mut back);
        assert!(back.number(0).is_nan() && back.number(1).fract() == 0.0);
    }

    #[test]
    fn an_unknown_name_has_no_code_and_an_outlier_has_that_of_the_nearest_interval() {
        let names = |names: &[&str]| Cells::Names(names.iter().map(|name| Some((*name).to_owned())).collect());
        let (codes, _) = fitted(names(&["b", "a", "b", "a"]), 4);
        assert_eq!((codes.code(&names(&["a"]), 0), codes.code(&names(&["c"]), 0)), (Some(0), None));
        let (codes, _) = fitted(Cells::Numbers((0..100).map(|i| i as f32 * 1.5).collect()), 5);
        let at = |value: f32| codes.code(&Cells::Numbers(vec![value]), 0);
        assert_eq!((at(-1e9), at(1e9)), (Some(0), Some(codes.len() - 2)));
    }

    #[test]
    fn few_rows_have_few_codes() {
        let (codes, _) = fitted(Cells::Numbers((0..40).map(|i| i as f32 * 1.1).collect()), 20);
        assert!(codes.len() <= 11, "{} codes of 40 rows", codes.len());
    }
}
