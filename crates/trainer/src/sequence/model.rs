//! A trained sequence network with its neighbour table, and its file in a bundle.

use std::path::Path;

use anyhow::{Context, bail};
use burn::{
    module::Module,
    tensor::{Device, Tensor},
};
use windowshop_bundle::{NetworkFile, Tensor as Table};
use windowshop_features::{Blend, NextItem, next_item::FEATURES};
use windowshop_model::{
    Sequence, SequenceBatch,
    weights::{self, Weights},
};
use windowshop_schema::{NetworkKind, Vectors, manifest::SequenceCard};

use super::ranking::Ranking;
use crate::{network_file, run};

/// Name of the neighbour table in the file.
const NEIGHBOURS: &str = "near";
/// Name of the items' vectors among the weights.
const VECTORS: &str = "vectors";
/// Name of the items' popularity among the weights.
const POPULARITY: &str = "popularity";

/// A network that ranks all items for a session.
pub struct Recommender {
    network: Sequence,
    /// Neighbours and popularity of the items.
    pub beside: NextItem,
    pub blend: Blend,
    /// `[embedding, items]`
    items: Tensor<2>,
    max_items: usize,
    device: Device,
}

impl Recommender {
    /// A recommender from a network without autodiff.
    pub fn new(network: Sequence, beside: NextItem, blend: Blend, max_items: usize, device: &Device) -> Self {
        let items = network.all_items().transpose();
        Self { network, beside, blend, items, max_items, device: device.clone() }
    }

    /// The network's logits, `[sessions][items]`.
    pub fn logits(&self, sessions: &[&[u32]]) -> Vec<Vec<f32>> {
        let batch = SequenceBatch::new(sessions, self.max_items, &self.device);
        let logits = self.network.forward(&batch).matmul(self.items.clone()) * self.network.logit_scale();
        let items = logits.dims()[1];
        let values = logits.into_data().try_to_vec::<f32>().expect("logits are f32");
        values.chunks(items).map(<[f32]>::to_vec).collect()
    }
}

impl Ranking for Recommender {
    fn name(&self) -> String {
        "network".into()
    }

    fn scores(&self, sessions: &[&[u32]]) -> Vec<Vec<f32>> {
        let logits = self.logits(sessions);
        sessions.iter().zip(logits).map(|(session, logits)| self.beside.scores(session, &logits, &self.blend)).collect()
    }
}

/// The content of the network's file.
pub fn to_file(
    card: &SequenceCard,
    ids: &[String],
    beside: &NextItem,
    weights: &Weights,
) -> anyhow::Result<NetworkFile> {
    let mut weights = run::to_tensors(weights);
    // The network normalises the item vectors, and vectors of equal length lose least in int8.
    if let Some(vectors) = weights.0.get_mut(VECTORS) {
        for vector in vectors.data.chunks_mut(card.model.embedding_dim) {
            let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt().max(1e-12);
            vector.iter_mut().for_each(|value| *value /= length);
        }
    }
    // A matrix of one column, because the codec stores matrices in int8 and vectors in f32.
    let popularity = Table { shape: vec![ids.len(), 1], data: beside.popularity.clone() };
    weights.0.insert(POPULARITY.into(), popularity);
    Ok(NetworkFile {
        card: serde_json::to_string(card)?,
        ids: ids.to_vec(),
        neighbours: [(NEIGHBOURS.to_owned(), beside.neighbours.clone())].into(),
        weights,
        ..Default::default()
    })
}

/// A sequence network for inference, and its items.
pub struct SequenceModel {
    pub card: SequenceCard,
    pub ids: Vec<String>,
    pub recommender: Recommender,
    /// Size of the file in bytes.
    pub bytes: u64,
}

impl SequenceModel {
    /// Loads a network onto a device.
    pub fn open(model: &Path, device: &Device) -> anyhow::Result<Self> {
        let (mut file, bytes) = network_file::read(NetworkKind::Sequence, model)?;
        let place = format!("{}: {}", model.display(), NetworkKind::Sequence.file());
        let card: SequenceCard = serde_json::from_str(&file.card).with_context(|| format!("{place}: card"))?;
        let Ok(blend) = <[f32; FEATURES]>::try_from(card.blend.as_slice()) else {
            bail!("{place}: {} weights of features, expected {FEATURES}: train again", card.blend.len());
        };
        let items = file.ids.len();
        let popularity = file.weights.0.remove(POPULARITY).filter(|table| table.data.len() == items);
        let (Some(popularity), Some(neighbours)) = (popularity, file.neighbours.remove(NEIGHBOURS)) else {
            bail!("{place}: no `{POPULARITY}` and `{NEIGHBOURS}` of its {items} items: train again");
        };
        let dim = card.model.embedding_dim;
        let unfit = Vectors { dim, values: vec![0.0; items * dim] };
        let network = Sequence::init(&card.model, &unfit, device);
        let network = weights::load(network, &run::from_tensors(file.weights), device).with_context(|| place)?;
        let beside = NextItem { neighbours, popularity: popularity.data };
        let recommender = Recommender::new(Module::valid(&network), beside, Blend(blend), card.model.max_items, device);
        Ok(Self { card, ids: file.ids, recommender, bytes })
    }
}
