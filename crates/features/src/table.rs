//! Encoding of a table's rows, the intent network's input.
//!
//! A number has a piecewise linear encoding (Gorishniy et al. 2022, eq. 1): for each bin, the share of it below the number. So the
//! first layer is a piecewise linear function with a knot at every quantile. A category is the row of its embedding.

use std::collections::BTreeMap;

use windowshop_schema::table::{CategoricalColumn, Cells, NumericColumn, TableColumn, TableSpec};

/// Standardised values are clamped to ± this.
const CLIP: f32 = 4.0;

/// Fits bins, standardisation and categories on some rows of a table. A constant column is left out.
pub fn fit(columns: &[TableColumn], rows: &[usize], bins: usize, min_rows: usize) -> TableSpec {
    let mut spec = TableSpec::default();
    for TableColumn { name, cells } in columns {
        match cells {
            Cells::Numbers(_) => spec.numeric.extend(fit_numbers(name, cells, rows, bins)),
            Cells::Names(_) => spec.categorical.extend(fit_names(name, cells, rows, min_rows)),
        }
    }
    spec
}

fn fit_numbers(name: &str, cells: &Cells, rows: &[usize], bins: usize) -> Option<NumericColumn> {
    let mut known: Vec<f32> = rows.iter().map(|&row| cells.number(row)).filter(|value| value.is_finite()).collect();
    known.sort_unstable_by(f32::total_cmp);
    let last = known.len().checked_sub(1)?;
    let quantile = |i: usize| known[(last as f64 * i as f64 / bins as f64).round() as usize];
    let mut edges: Vec<f32> = (0..=bins).map(quantile).collect();
    edges.dedup();
    let count = known.len() as f64;
    let mean = known.iter().map(|&value| f64::from(value)).sum::<f64>() / count;
    let variance = known.iter().map(|&value| (f64::from(value) - mean).powi(2)).sum::<f64>() / count;
    let (name, mean, std) = (name.to_owned(), mean as f32, variance.sqrt() as f32);
    (edges.len() > 1 && std > 0.0).then_some(NumericColumn { name, edges, mean, std })
}

fn fit_names(name: &str, cells: &Cells, rows: &[usize], min_rows: usize) -> Option<CategoricalColumn> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for &row in rows {
        *counts.entry(cells.name(row).into_owned()).or_default() += 1;
    }
    let different = counts.len();
    let values: Vec<String> =
        counts.into_iter().filter(|(_, count)| *count >= min_rows).map(|(value, _)| value).collect();
    (different > 1 && !values.is_empty()).then(|| CategoricalColumn { name: name.to_owned(), values })
}

/// Sizes of the encodings of [`TableReader`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableShape {
    /// Numeric columns.
    pub numbers: usize,
    /// Length of a number's encoding: one value per bin of the column with the most bins, and a missing indicator.
    pub pieces: usize,
    /// Categorical columns.
    pub names: usize,
    /// Rows of the embedding table: an unknown category and the known ones of every column.
    pub rows: usize,
}

impl TableShape {
    /// The sizes for a table.
    pub fn of(spec: &TableSpec) -> Self {
        Self {
            numbers: spec.numeric.len(),
            pieces: spec.numeric.iter().map(|column| column.edges.len()).max().unwrap_or(1),
            names: spec.categorical.len(),
            rows: spec.categorical.iter().map(|column| column.values.len() + 1).sum(),
        }
    }

    /// Length of a row of [`TableReader::plain`].
    pub fn plain(&self) -> usize {
        2 * self.numbers + self.rows
    }
}

/// Encodes the rows of one table.
pub struct TableReader<'a> {
    spec: &'a TableSpec,
    numeric: Vec<&'a Cells>,
    categorical: Vec<&'a Cells>,
    shape: TableShape,
}

impl<'a> TableReader<'a> {
    /// Finds the columns of `spec`.
    ///
    /// # Errors
    /// The name of a column that the table lacks.
    pub fn new(spec: &'a TableSpec, columns: &'a [TableColumn]) -> Result<Self, String> {
        let find = |name: &str| {
            columns.iter().find(|column| column.name == name).map(|column| &column.cells).ok_or_else(|| name.to_owned())
        };
        Ok(Self {
            spec,
            numeric: spec.numeric.iter().map(|column| find(&column.name)).collect::<Result<_, _>>()?,
            categorical: spec.categorical.iter().map(|column| find(&column.name)).collect::<Result<_, _>>()?,
            shape: TableShape::of(spec),
        })
    }

    /// The sizes of the encodings.
    pub fn shape(&self) -> TableShape {
        self.shape
    }

    /// Appends the piecewise linear encoding of a row's numbers, `[numbers, pieces]`: 1 for a bin below the number, 0 for a bin
    /// above. The last value of each number is its missing indicator.
    pub fn pieces(&self, row: usize, out: &mut Vec<f32>) {
        for (column, cells) in self.spec.numeric.iter().zip(&self.numeric) {
            let (start, value) = (out.len(), cells.number(row));
            out.resize(start + self.shape.pieces, 0.0);
            if !value.is_finite() {
                out[start + self.shape.pieces - 1] = 1.0;
                continue;
            }
            for (piece, edge) in out[start..].iter_mut().zip(column.edges.windows(2)) {
                *piece = ((value - edge[0]) / (edge[1] - edge[0])).clamp(0.0, 1.0);
            }
        }
    }

    /// Appends a row's numbers, `[numbers]`; NaN where missing.
    pub fn raw(&self, row: usize, out: &mut Vec<f32>) {
        out.extend(self.numeric.iter().map(|cells| cells.number(row)));
    }

    /// Appends the embedding row of each category, `[names]`.
    pub fn names(&self, row: usize, out: &mut Vec<u32>) {
        let mut first = 0;
        for (column, cells) in self.spec.categorical.iter().zip(&self.categorical) {
            let found = column.values.binary_search_by(|value| value.as_str().cmp(&cells.name(row)));
            out.push(first + found.map_or(0, |at| at as u32 + 1));
            first += column.values.len() as u32 + 1;
        }
    }

    /// Appends a row in a plain encoding: each number standardised with a missing indicator, then categories one-hot.
    pub fn plain(&self, row: usize, out: &mut Vec<f32>) {
        for (column, cells) in self.spec.numeric.iter().zip(&self.numeric) {
            let value = cells.number(row);
            let known = value.is_finite();
            out.push(if known { ((value - column.mean) / column.std).clamp(-CLIP, CLIP) } else { 0.0 });
            out.push(f32::from(!known));
        }
        let (start, mut names) = (out.len(), Vec::with_capacity(self.shape.names));
        out.resize(start + self.shape.rows, 0.0);
        self.names(row, &mut names);
        names.into_iter().for_each(|name| out[start + name as usize] = 1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> Vec<TableColumn> {
        let names = |cells: &[&str]| {
            Cells::Names(cells.iter().map(|cell| (!cell.is_empty()).then(|| (*cell).to_owned())).collect())
        };
        let column = |name: &str, cells| TableColumn { name: name.into(), cells };
        vec![
            column("seconds", Cells::Numbers(vec![0.0, 10.0, 20.0, f32::NAN, 15.0])),
            column("browser", names(&["fox", "fox", "", "owl", "elk"])),
            column("same", Cells::Numbers(vec![3.0; 5])),
        ]
    }

    fn spec() -> TableSpec {
        fit(&columns(), &[0, 1, 2, 3], 2, 1)
    }

    #[test]
    fn a_number_fills_the_bins_below_it_and_a_missing_number_sets_its_indicator() {
        let (spec, columns) = (spec(), columns());
        assert_eq!(spec.numeric.len(), 1, "a constant column is left out");
        let reader = TableReader::new(&spec, &columns).unwrap();
        let pieces = |row| {
            let mut out = Vec::new();
            reader.pieces(row, &mut out);
            out
        };
        assert_eq!(pieces(4), [1.0, 0.5, 0.0]);
        assert_eq!(pieces(3), [0.0, 0.0, 1.0]);
        assert_eq!(pieces(0), [0.0, 0.0, 0.0]);
    }

    #[test]
    fn an_unknown_category_has_row_0_and_a_missing_cell_a_row_of_its_own() {
        let (spec, columns) = (spec(), columns());
        assert_eq!(spec.categorical[0].values, ["", "fox", "owl"]);
        let reader = TableReader::new(&spec, &columns).unwrap();
        let mut found = Vec::new();
        (0..5).for_each(|row| reader.names(row, &mut found));
        assert_eq!(found, [2, 2, 1, 3, 0]);
        let mut plain = Vec::new();
        reader.plain(3, &mut plain);
        assert_eq!(plain, [0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
        assert_eq!(plain.len(), reader.shape().plain());
    }

    #[test]
    fn a_missing_column_is_an_error_with_its_name() {
        assert_eq!(TableReader::new(&spec(), &columns()[1..]).err().as_deref(), Some("seconds"));
    }

    #[test]
    fn numbers_and_categories_convert_to_each_other() {
        let names = Cells::Names(vec![Some("2.5".into()), None]);
        assert_eq!(names.number(0), 2.5);
        assert!(names.number(1).is_nan());
        assert_eq!(Cells::Numbers(vec![2.0]).name(0), "2");
    }
}
