//! The file of a network other than the ranker: its card, its vocabulary or items, relations between those items, and its
//! weights.
//!
//! A table with many more rows than columns is stored transposed, so that int8 has one scale per column and not one per row
//! of two numbers.

use std::collections::BTreeMap;

use safetensors::Dtype;
use windowshop_schema::Neighbours;

use crate::{
    archive::{Reader, Writer},
    error::BundleError,
    fault::Fault,
    floats, neighbours, packed,
    precision::Precision,
    strings,
    tensors::{Tensor, Tensors},
};

const CARD: &str = "card";
const VOCABULARY: &str = "vocabulary";
const IDS: &str = "ids";
const NEIGHBOURS: &str = "neighbours.";
const WEIGHTS: &str = "weights.";
/// Ending of the name of a table that is stored transposed.
const TRANSPOSED: &str = ".columns";
/// A table is stored transposed from this many rows per column.
const TRANSPOSED_FROM: usize = 64;

/// The content of a network's file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NetworkFile {
    /// Its card as a JSON object, such as [`SentimentCard`](windowshop_schema::manifest::SentimentCard).
    pub card: String,
    /// Hashed n-grams, ascending; empty if the network reads no text.
    pub vocabulary: Vec<u32>,
    /// Identifiers of the items in its tables, each once; empty if it has none.
    pub ids: Vec<String>,
    /// Relations between those items, by name.
    pub neighbours: BTreeMap<String, Neighbours>,
    /// Weights by name.
    pub weights: Tensors,
}

impl NetworkFile {
    /// The file's bytes; `name` is for errors.
    ///
    /// # Errors
    /// `bundle_invalid` for what [`NetworkFile::decode`] would refuse.
    pub fn encode(&self, name: &str, precision: Precision) -> Result<Vec<u8>, BundleError> {
        self.check().and_then(|()| self.write(precision)).map_err(|fault| fault.writing(name))
    }

    /// Reads a file's bytes; `name` is for errors.
    ///
    /// # Errors
    /// `bundle_corrupt` for anything that [`NetworkFile::encode`] did not write.
    pub fn decode(name: &str, bytes: &[u8]) -> Result<Self, BundleError> {
        Self::read(bytes).map_err(|fault| fault.reading(name))
    }

    fn write(&self, precision: Precision) -> Result<Vec<u8>, Fault> {
        let mut writer = Writer::default();
        writer.put(CARD, Dtype::U8, &[self.card.len()], self.card.as_bytes().to_vec());
        let gaps: Vec<u32> = self.vocabulary.iter().scan(0, |last, n| Some(n - std::mem::replace(last, *n))).collect();
        packed::put(&mut writer, VOCABULARY, &gaps.iter().flat_map(|gap| gap.to_le_bytes()).collect::<Vec<u8>>());
        if !self.ids.is_empty() {
            strings::put(&mut writer, IDS, &self.ids)?;
        }
        for (name, table) in &self.neighbours {
            neighbours::put(&mut writer, &format!("{NEIGHBOURS}{name}"), table, precision);
        }
        for (name, tensor) in &self.weights.0 {
            let name = format!("{WEIGHTS}{name}");
            match is_stored_transposed(&tensor.shape) {
                true => floats::put(&mut writer, &format!("{name}{TRANSPOSED}"), &transposed(tensor), precision),
                false => floats::put(&mut writer, &name, tensor, precision),
            }
        }
        writer.finish()
    }

    fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let mut reader = Reader::open(bytes)?;
        let card = reader.take(CARD)?;
        let card = String::from_utf8(card.bytes.to_vec()).map_err(|_| Fault::of(CARD, "no UTF-8", "JSON"))?;
        let gaps = packed::take(&mut reader, VOCABULARY)?;
        let mut vocabulary = Vec::with_capacity(gaps.len() / 4);
        let mut last = 0u32;
        for gap in gaps.chunks_exact(4) {
            last = last
                .checked_add(u32::from_le_bytes([gap[0], gap[1], gap[2], gap[3]]))
                .ok_or_else(|| Fault::of(VOCABULARY, "a sum above 2^32", "hashes"))?;
            vocabulary.push(last);
        }
        let ids = strings::take(&mut reader, IDS)?;
        let mut relations = BTreeMap::new();
        for name in reader.names() {
            let Some(whole) = name.strip_suffix(neighbours::COUNTS) else { continue };
            let Some(own) = whole.strip_prefix(NEIGHBOURS) else { continue };
            relations.insert(own.to_owned(), neighbours::take(&mut reader, whole)?);
        }
        let mut weights = Tensors::default();
        for name in reader.names() {
            let Some(own) = name.strip_prefix(WEIGHTS).filter(|own| !own.ends_with(floats::SCALE)) else { continue };
            let tensor = floats::take(&mut reader, &name)?;
            match own.strip_suffix(TRANSPOSED) {
                Some(own) if tensor.shape.len() == 2 => weights.0.insert(own.to_owned(), transposed(&tensor)),
                _ => weights.0.insert(own.to_owned(), tensor),
            };
        }
        reader.finish()?;
        let file = Self { card, vocabulary, ids, neighbours: relations, weights };
        file.check()?;
        Ok(file)
    }

    fn check(&self) -> Result<(), Fault> {
        if self.vocabulary.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(Fault::of(VOCABULARY, "numbers out of order", "ascending numbers"));
        }
        let mut known: Vec<&str> = self.ids.iter().map(String::as_str).collect();
        known.sort_unstable();
        if let Some(twice) = known.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(Fault::of(IDS, format!("`{}` twice", twice[0]), "each identifier once"));
        }
        for (name, table) in &self.neighbours {
            neighbours::check(&format!("{NEIGHBOURS}{name}"), table, self.ids.len())?;
        }
        for (name, Tensor { shape, data }) in &self.weights.0 {
            let size = shape.iter().try_fold(1_usize, |size, extent| size.checked_mul(*extent));
            if size != Some(data.len()) || name.ends_with(floats::SCALE) || name.ends_with(TRANSPOSED) {
                let expected = format!("as many as shape {shape:?} holds, under a name without a reserved ending");
                return Err(Fault::of(name, format!("{} values", data.len()), expected));
            }
            floats::check_finite(name, data)?;
        }
        Ok(())
    }
}

fn is_stored_transposed(shape: &[usize]) -> bool {
    matches!(shape, [rows, columns] if *rows >= TRANSPOSED_FROM * columns)
}

fn transposed(tensor: &Tensor) -> Tensor {
    let [rows, columns] = [tensor.shape[0], tensor.shape[1]];
    let data = (0..columns).flat_map(|c| (0..rows).map(move |r| tensor.data[r * columns + c])).collect();
    Tensor { shape: vec![columns, rows], data }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> NetworkFile {
        let tensor = |shape: &[usize]| {
            let data = (0..shape.iter().product::<usize>()).map(|i| (i as f32 * 0.37).sin()).collect();
            Tensor { shape: shape.to_vec(), data }
        };
        let weights = [("bias", tensor(&[3])), ("table", tensor(&[300, 2])), ("layer", tensor(&[4, 5]))];
        NetworkFile {
            card: r#"{"a": 1}"#.into(),
            vocabulary: vec![3, 700, 70_000, u32::MAX],
            ids: ["mug", "茶壶", ""].map(str::to_owned).into(),
            neighbours: [(
                "near".to_owned(),
                Neighbours::from_rows(vec![vec![(1, 0.5), (2, 0.25)], vec![], vec![(0, 0.5)]]),
            )]
            .into(),
            weights: Tensors(weights.map(|(name, tensor)| (name.to_owned(), tensor)).into()),
        }
    }

    #[test]
    fn the_round_trip_error_stays_within_the_bound_of_the_precision() {
        for (precision, error) in [(Precision::F32, 0.0), (Precision::F16, 1e-3), (Precision::Int8, 1.0 / 254.0 + 1e-5)]
        {
            let found = NetworkFile::decode("x", &file().encode("x", precision).unwrap()).unwrap();
            assert_eq!((&found.card, &found.vocabulary), (&file().card, &file().vocabulary));
            assert_eq!((&found.ids, &found.neighbours), (&file().ids, &file().neighbours));
            for (name, tensor) in &file().weights.0 {
                let found = &found.weights.0[name];
                assert_eq!(found.shape, tensor.shape, "{name}");
                for (a, b) in found.data.iter().zip(&tensor.data) {
                    assert!((a - b).abs() <= error, "{name}: {b} became {a}");
                }
            }
        }
    }

    #[test]
    fn int8_stores_a_tall_table_in_one_byte_per_number() {
        let table = Tensor { shape: vec![10_000, 2], data: vec![0.5; 20_000] };
        let weights = Tensors([("table".to_owned(), table)].into());
        let file = NetworkFile { weights, ..Default::default() };
        assert!(file.encode("x", Precision::Int8).unwrap().len() < 21_000);
    }

    #[test]
    fn a_truncated_or_inconsistent_file_is_refused() {
        let bytes = file().encode("sentiment.safetensors", Precision::F32).unwrap();
        for end in (0..bytes.len()).step_by(7) {
            let error = NetworkFile::decode("sentiment.safetensors", &bytes[..end]).unwrap_err().to_string();
            assert!(error.contains("sentiment.safetensors"), "{error}");
        }
        let refused = |alter: fn(&mut NetworkFile)| {
            let mut altered = file();
            alter(&mut altered);
            assert!(altered.encode("x", Precision::F32).is_err());
        };
        refused(|file| file.vocabulary.swap(0, 1));
        refused(|file| file.ids[1] = file.ids[0].clone());
        refused(|file| file.ids.truncate(2));
        refused(|file| file.neighbours.values_mut().for_each(|table| table.items[0] = 3));
        refused(|file| file.neighbours.values_mut().for_each(|table| table.weights[0] = f32::NAN));
    }

    #[test]
    fn a_file_without_items_survives_the_round_trip() {
        let file = NetworkFile { ids: Vec::new(), neighbours: BTreeMap::new(), ..file() };
        assert_eq!(NetworkFile::decode("x", &file.encode("x", Precision::F32).unwrap()).unwrap(), file);
    }
}
