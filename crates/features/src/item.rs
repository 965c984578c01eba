//! Items, analysed once and addressed by handle.

use std::collections::HashMap;

use windowshop_schema::{Item, Statistics, Vectors, dims::COLOR_DESCRIPTOR_DIM};

use crate::{
    error::MalformedTable,
    grams::{GramVector, GramWeights},
    hash,
    text::PreparedText,
    text_statistics::TextStatistics,
};

/// Hash seed of item keys.
const ITEM_KEY: u64 = 11;

/// A colour descriptor, or the embedding of an image network. All embeddings of an extractor have one length.
pub type ImageEmbedding = Vec<f32>;

/// Length of the image embeddings that are compared: that of the embeddings in training, else of a colour descriptor.
pub fn image_embedding_dim(trained_on: &Vectors) -> usize {
    if trained_on.dim > 0 { trained_on.dim } else { COLOR_DESCRIPTOR_DIM }
}

/// An item and what is computed from it once, independent of query and session.
#[derive(Clone, Debug)]
pub struct PreparedItem {
    /// The shop's identifier.
    pub id: String,
    /// Row in the statistics, if the item was known at training.
    pub row: Option<u32>,
    /// The analysed title.
    pub title: PreparedText,
    /// The analysed further text; empty where there is none.
    pub text: PreparedText,
    /// Unit vector of the title's words; zero where no word is known.
    pub text_vector: Vec<f32>,
    /// The title's weighted character 4-grams.
    pub grams: GramVector,
    /// The image embedding: the page's, else the one known at training.
    pub image_embedding: Option<ImageEmbedding>,
    /// Price in the shop's currency, if the page passed one.
    pub price: Option<f32>,
    /// Mean star rating, if the page passed one.
    pub rating: Option<f32>,
    /// Number of ratings, if the page passed one.
    pub rating_count: Option<u32>,
    /// Category, if the page passed one.
    pub category: Option<String>,
}

/// Every item registered so far. A handle is an index into it and stays valid.
#[derive(Clone, Debug)]
pub struct Items {
    gram_weights: GramWeights,
    prepared: Vec<PreparedItem>,
    handles: HashMap<u64, u32>,
    latest: HashMap<String, u32>,
    rows: HashMap<String, u32>,
}

impl Items {
    /// An empty register that knows the identifiers of training.
    ///
    /// # Errors
    /// [`MalformedTable`] for title n-grams of another number of buckets.
    pub fn new(statistics: &Statistics) -> Result<Self, MalformedTable> {
        Ok(Self {
            gram_weights: GramWeights::from_statistics(statistics)?,
            prepared: Vec::new(),
            handles: HashMap::new(),
            latest: HashMap::new(),
            rows: statistics.ids.iter().enumerate().map(|(row, id)| (id.clone(), row as u32)).collect(),
        })
    }

    /// Registers an item and returns its handle. The key is identifier and content: an item whose title changed gets a new
    /// handle.
    pub fn register(&mut self, item: &Item, statistics: &Statistics, words: &TextStatistics) -> u32 {
        let key = content_key(item);
        if let Some(&handle) = self.handles.get(&key) {
            return handle;
        }
        let row = self.rows.get(&item.id).copied();
        let title = PreparedText::new(&item.title);
        let text = PreparedText::new(&item.text);
        let grams = self.gram_weights.vector(&title);
        // A page need not pass the embedding of an item that was known at training. All zero: it had none.
        let known = || {
            statistics
                .image_embeddings
                .row(row? as usize)
                .filter(|embedding| embedding.iter().any(|value| *value != 0.0))
        };
        let passed = item
            .image_embedding
            .as_deref()
            .filter(|embedding| embedding.len() == image_embedding_dim(&statistics.image_embeddings));
        let embedding = passed.or_else(known).map(<[f32]>::to_vec);
        let prepared = PreparedItem {
            id: item.id.clone(),
            row,
            text_vector: words.vector(&title),
            grams,
            title,
            text,
            image_embedding: embedding,
            price: item.price,
            rating: item.rating,
            rating_count: item.rating_count,
            category: item.category.clone(),
        };
        let handle = self.prepared.len() as u32;
        self.prepared.push(prepared);
        self.handles.insert(key, handle);
        self.latest.insert(item.id.clone(), handle);
        handle
    }

    /// The item behind a handle.
    pub fn get(&self, handle: u32) -> &PreparedItem {
        &self.prepared[handle as usize]
    }

    /// The handle that was registered last for an identifier.
    pub fn handle_of(&self, id: &str) -> Option<u32> {
        self.latest.get(id).copied()
    }

    /// An identifier's row in the statistics.
    pub fn row_of(&self, id: &str) -> Option<u32> {
        self.rows.get(id).copied()
    }

    /// Number of registered items.
    pub fn len(&self) -> usize {
        self.prepared.len()
    }

    /// True before the first registration.
    pub fn is_empty(&self) -> bool {
        self.prepared.is_empty()
    }
}

fn content_key(item: &Item) -> u64 {
    let mut key = hash::hash(ITEM_KEY, item.id.as_bytes());
    for part in [&item.title, &item.text, item.category.as_ref().unwrap_or(&String::new())] {
        key = hash::combine(key, hash::hash(ITEM_KEY, part.as_bytes()));
    }
    let numbers = [item.price, item.rating, item.rating_count.map(|n| n as f32)];
    for number in numbers.into_iter().chain(item.image_embedding.iter().flatten().map(|v| Some(*v))) {
        key = hash::combine(key, number.map_or(u64::MAX, |n| u64::from(n.to_bits())));
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_embedding_known_at_training_need_not_be_passed() {
        let mut values = vec![0.25; COLOR_DESCRIPTOR_DIM];
        values.resize(2 * COLOR_DESCRIPTOR_DIM, 0.0);
        let ids = vec!["1".into(), "2".into()];
        let statistics =
            Statistics { ids, image_embeddings: Vectors { dim: COLOR_DESCRIPTOR_DIM, values }, ..Default::default() };
        let words = TextStatistics::from_statistics(&statistics).unwrap();
        let mut items = Items::new(&statistics).unwrap();
        let mut embedding = |id: &str, embedding: Option<Vec<f32>>| {
            let handle = items.register(
                &Item { id: id.into(), image_embedding: embedding, ..Default::default() },
                &statistics,
                &words,
            );
            items.get(handle).image_embedding.clone()
        };
        assert_eq!(embedding("1", None), Some(vec![0.25; COLOR_DESCRIPTOR_DIM]));
        assert_eq!(
            embedding("1", Some(vec![0.5; COLOR_DESCRIPTOR_DIM])),
            Some(vec![0.5; COLOR_DESCRIPTOR_DIM]),
            "the embedding of the page wins"
        );
        assert_eq!(embedding("2", None), None, "all zero: no embedding");
        assert_eq!(embedding("3", None), None);
    }

    #[test]
    fn an_embedding_of_another_length_than_in_training_is_ignored() {
        let image_embeddings = Vectors { dim: 3, values: vec![0.6, 0.0, 0.8] };
        let statistics = Statistics { ids: vec!["1".into()], image_embeddings, ..Default::default() };
        let words = TextStatistics::from_statistics(&statistics).unwrap();
        let mut items = Items::new(&statistics).unwrap();
        let mut embedding = |id: &str, embedding: Vec<f32>| {
            let item = Item { id: id.into(), image_embedding: Some(embedding), ..Default::default() };
            let handle = items.register(&item, &statistics, &words);
            items.get(handle).image_embedding.clone()
        };
        assert_eq!(
            embedding("1", vec![0.5; COLOR_DESCRIPTOR_DIM]),
            Some(vec![0.6, 0.0, 0.8]),
            "a colour descriptor among embeddings"
        );
        assert_eq!(embedding("2", vec![0.5; COLOR_DESCRIPTOR_DIM]), None);
        assert_eq!(embedding("2", vec![0.0, 1.0, 0.0]), Some(vec![0.0, 1.0, 0.0]));
    }

    #[test]
    fn registering_twice_gives_the_same_handle_and_a_changed_item_a_new_one() {
        let statistics = Statistics::default();
        let words = TextStatistics::from_statistics(&statistics).unwrap();
        let mut items = Items::new(&statistics).unwrap();
        let mut umbrella = Item { id: "1".into(), title: "umbrella".into(), ..Default::default() };
        let first = items.register(&umbrella, &statistics, &words);
        assert_eq!(items.register(&umbrella, &statistics, &words), first);
        umbrella.price = Some(9.5);
        let second = items.register(&umbrella, &statistics, &words);
        assert_ne!(second, first);
        assert_eq!(items.handle_of("1"), Some(second));
    }
}
