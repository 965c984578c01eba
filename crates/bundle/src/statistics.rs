//! `statistics.safetensors`: item index, signals, relations, vectors and text statistics.

use std::collections::HashSet;

use windowshop_schema::{Statistics, dims::COLOR_DESCRIPTOR_DIM, statistics::Vectors};

use crate::{
    archive::{Reader, Writer},
    fault::Fault,
    floats, neighbours,
    precision::Precision,
    strings,
    tensors::Tensor,
};

const IDS: &str = "ids";
const TITLES: &str = "titles";
const SIGNALS: &str = "signals.";
const NEIGHBOURS: &str = "neighbours.";
const ITEM_VECTORS: &str = "item_vectors";
const IMAGE_EMBEDDINGS: &str = "image_embeddings";
const TEXT: &str = "text.";

/// The file's bytes; `None` for empty statistics.
pub(crate) fn encode(statistics: &Statistics, precision: Precision) -> Result<Option<Vec<u8>>, Fault> {
    check(statistics)?;
    if *statistics == Statistics::default() {
        return Ok(None);
    }
    let mut writer = Writer::default();
    if !statistics.ids.is_empty() {
        strings::put(&mut writer, IDS, &statistics.ids)?;
    }
    if !statistics.titles.is_empty() {
        strings::put(&mut writer, TITLES, &statistics.titles)?;
    }
    for (name, values) in &statistics.signals {
        floats::put_vector(&mut writer, &format!("{SIGNALS}{name}"), values, precision);
    }
    for (name, table) in &statistics.neighbours {
        neighbours::put(&mut writer, &format!("{NEIGHBOURS}{name}"), table, precision);
    }
    for (name, Vectors { dim, values }) in
        [(ITEM_VECTORS, &statistics.item_vectors), (IMAGE_EMBEDDINGS, &statistics.image_embeddings)]
    {
        if *dim > 0 {
            let vectors = Tensor { shape: vec![statistics.ids.len(), *dim], data: values.clone() };
            floats::put(&mut writer, name, &vectors, vectors_precision(*dim, precision));
        }
    }
    for (name, values) in &statistics.text {
        floats::put_vector(&mut writer, &format!("{TEXT}{name}"), values, precision);
    }
    writer.finish().map(Some)
}

/// Vectors longer than a colour descriptor are embeddings, compared by direction only. Int8 rotates them by about 0.3 degrees.
fn vectors_precision(dim: usize, precision: Precision) -> Precision {
    match precision {
        Precision::F16 if dim > COLOR_DESCRIPTOR_DIM => Precision::Int8,
        other => other,
    }
}

/// The statistics in a file of that bundle format.
pub(crate) fn decode(bytes: &[u8], format: u32) -> Result<Statistics, Fault> {
    let mut reader = Reader::open_format(bytes, format)?;
    let mut statistics = Statistics {
        ids: strings::take(&mut reader, IDS)?,
        titles: strings::take(&mut reader, TITLES)?,
        ..Statistics::default()
    };
    if reader.has(ITEM_VECTORS) {
        statistics.item_vectors = take_vectors(&mut reader, ITEM_VECTORS)?;
    }
    if reader.has(IMAGE_EMBEDDINGS) {
        statistics.image_embeddings = take_vectors(&mut reader, IMAGE_EMBEDDINGS)?;
    }
    for full_name in reader.names() {
        if let Some(name) = full_name.strip_prefix(SIGNALS) {
            statistics.signals.insert(name.to_owned(), floats::take_vector(&mut reader, &full_name)?);
        } else if let Some(name) = full_name.strip_prefix(TEXT) {
            statistics.text.insert(name.to_owned(), floats::take_vector(&mut reader, &full_name)?);
        } else if let Some(relation) = full_name.strip_suffix(neighbours::COUNTS)
            && let Some(name) = relation.strip_prefix(NEIGHBOURS)
        {
            statistics.neighbours.insert(name.to_owned(), neighbours::take(&mut reader, relation)?);
        }
    }
    reader.finish()?;
    check(&statistics)?;
    Ok(statistics)
}

fn take_vectors(reader: &mut Reader<'_>, name: &str) -> Result<Vectors, Fault> {
    let Tensor { shape, data } = floats::take(reader, name)?;
    match shape[..] {
        [_, dim] if dim > 0 => Ok(Vectors { dim, values: data }),
        _ => Err(Fault::of(name, format!("shape {shape:?}"), "[items, dimension]")),
    }
}

fn check(statistics: &Statistics) -> Result<(), Fault> {
    let Statistics { ids, titles, signals, neighbours, item_vectors, image_embeddings, text } = statistics;
    let items = ids.len();
    let mut seen = HashSet::with_capacity(items);
    if let Some(id) = ids.iter().find(|id| !seen.insert(id.as_str())) {
        return Err(Fault::of(IDS, format!("`{id}` twice"), "every identifier once"));
    }
    if !titles.is_empty() {
        check_length(TITLES, titles.len(), items)?;
    }
    for name in signals.keys().chain(neighbours.keys()).chain(text.keys()) {
        if name.is_empty() || name.contains('.') {
            return Err(Fault::of(name, "a name that is empty or has a dot", "a plain name"));
        }
    }
    for (name, values) in signals {
        let name = format!("{SIGNALS}{name}");
        check_length(&name, values.len(), items)?;
        if values.iter().any(|v| v.is_infinite()) {
            return Err(Fault::of(name, "an infinite value", "finite numbers, or nan where unknown"));
        }
    }
    for (name, table) in neighbours {
        neighbours::check(&format!("{NEIGHBOURS}{name}"), table, items)?;
    }
    for (name, vectors) in [(ITEM_VECTORS, item_vectors), (IMAGE_EMBEDDINGS, image_embeddings)] {
        check_length(name, vectors.values.len(), items.saturating_mul(vectors.dim))?;
        floats::check_finite(name, &vectors.values)?;
    }
    text.iter().try_for_each(|(name, values)| floats::check_finite(&format!("{TEXT}{name}"), values))
}

fn check_length(name: &str, found: usize, expected: usize) -> Result<(), Fault> {
    if found == expected {
        return Ok(());
    }
    Err(Fault::of(name, format!("{found} values"), format!("{expected}, one per item")))
}
