//! Loads a bundle, registers items, re-ranks and explains lists.

use std::collections::BTreeMap;

use windowshop_bundle::{Bundle, RankerBundle};
use windowshop_features::{FeatureExtractor, ListRequest, MalformedTable, PreparedText, RankerInput, item, spec};
use windowshop_schema::{
    Group, Item, Manifest, NetworkKind,
    dims::MAX_ITEMS,
    manifest::{Calibration, RankerCard},
    request::{Ranked, Reason, RerankOptions, TrackedEvent},
};

use crate::{
    cache::ItemCache,
    error::EngineError,
    networks::Networks,
    order,
    profile::Profile,
    ranker::{Ranker, Scores},
    recommend::Recommendation,
};

/// A re-ranked list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RankedList {
    /// Indices into the request's items, best first.
    pub order: Vec<u32>,
    /// Calibrated scores, in that order.
    pub scores: Vec<f32>,
    /// `[order, groups]`: each group's contribution minus its mean over the list, in that order.
    pub contributions: Vec<f32>,
}

/// A loaded bundle, the registered items and the visitor's profile.
pub struct Engine {
    manifest: Manifest,
    features: FeatureExtractor,
    ranker: Option<LoadedRanker>,
    networks: Networks,
    profile: Profile,
}

/// The ranker of a bundle and its cached item representations.
struct LoadedRanker {
    card: RankerCard,
    network: Ranker,
    cache: ItemCache,
}

impl Engine {
    /// Verifies and decodes a bundle. `files` has the ranker's files; other networks may be absent and
    /// [opened](Self::open_network) later.
    ///
    /// # Errors
    /// Those of [`Bundle::decode`], and [`EngineError::Weights`] for weights or statistics that do not fit each other or this
    /// engine's features.
    pub fn load(manifest_json: &str, files: &BTreeMap<String, Vec<u8>>) -> Result<Self, EngineError> {
        let manifest = Bundle::read_manifest(manifest_json)?;
        let Bundle { ranker, networks, .. } = Bundle::decode(&manifest, files)?;
        let (features, ranker) = match ranker {
            Some(ranker) => LoadedRanker::load(ranker).map(|(features, ranker)| (features, Some(ranker)))?,
            None => (FeatureExtractor::new(Default::default(), spec::spec(BTreeMap::new())).map_err(malformed)?, None),
        };
        let mut engine =
            Self { manifest, features, ranker, networks: Networks::default(), profile: Profile::default() };
        for (kind, file) in networks {
            engine.networks.open(kind, file)?;
        }
        Ok(engine)
    }

    /// The networks of the bundle other than the ranker, open or not.
    pub fn network_kinds(&self) -> impl Iterator<Item = NetworkKind> + '_ {
        NetworkKind::ALL.into_iter().filter(|kind| self.manifest.files.contains_key(kind.file()))
    }

    /// Verifies and decodes a network; `bytes` is its file.
    ///
    /// # Errors
    /// Those of [`Bundle::decode_network`], and [`EngineError::Weights`] for weights that do not fit each other.
    pub fn open_network(&mut self, kind: NetworkKind, bytes: &[u8]) -> Result<(), EngineError> {
        self.networks.open(kind, Bundle::decode_network(&self.manifest, kind, bytes)?)
    }

    /// The open networks.
    pub fn networks(&self) -> &Networks {
        &self.networks
    }

    /// The `top_n` items with the highest scores for the visitor's next item, best first, without those in `exclude`.
    ///
    /// # Errors
    /// [`EngineError::MissingNetwork`] until the sequence network is open.
    pub fn recommend(&self, top_n: usize, exclude: &[String]) -> Result<Vec<Recommendation>, EngineError> {
        Ok(self.networks.sequence()?.recommend(self.profile.recent_ids(), top_n, exclude))
    }

    /// The probability of each class of the intent network for the current visit, `[classes]`.
    ///
    /// # Errors
    /// [`EngineError::MissingNetwork`] until the intent network is open, and those of
    /// [`Intent::predict_visit`](crate::intent::Intent::predict_visit).
    pub fn predict_visit(&self, now_ms: f64) -> Result<Vec<f32>, EngineError> {
        self.networks.intent()?.predict_visit(self.profile.events(), self.features.items(), now_ms)
    }

    fn ranker(&self) -> Result<&LoadedRanker, EngineError> {
        self.ranker.as_ref().ok_or(EngineError::MissingNetwork { task: "ranker" })
    }

    /// The card of the bundle's ranker, if it has one.
    pub fn card(&self) -> Option<&RankerCard> {
        self.ranker.as_ref().map(|ranker| &ranker.card)
    }

    /// The groups of the ranker.
    pub fn groups(&self) -> &[Group] {
        self.card().map_or(&[], |card| &card.groups)
    }

    /// The bundle's manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The feature extractor with the registered items.
    pub fn features(&self) -> &FeatureExtractor {
        &self.features
    }

    /// Length of the image embeddings that the ranker compares.
    pub fn image_embedding_length(&self) -> usize {
        item::image_embedding_dim(&self.features.statistics().image_embeddings)
    }

    /// Registers items and returns their handles. Equal items have equal handles.
    ///
    /// # Errors
    /// [`EngineError::InvalidArgument`] for a price or rating that is not finite.
    pub fn register(&mut self, items: &[Item]) -> Result<Vec<u32>, EngineError> {
        items.iter().map(|item| self.register_one(item)).collect()
    }

    fn register_one(&mut self, item: &Item) -> Result<u32, EngineError> {
        let numbers = [("price", item.price), ("rating", item.rating)];
        for (field, value) in numbers {
            if let Some(value) = value.filter(|v| !v.is_finite()) {
                return Err(EngineError::InvalidArgument {
                    argument: format!("items[\"{}\"].{field}", item.id),
                    found: value.to_string(),
                    expected: "a finite number, or leave the field out".into(),
                });
            }
        }
        Ok(self.features.register(item))
    }

    /// Adds an event to the visitor's profile.
    ///
    /// # Errors
    /// [`EngineError::InvalidArgument`] for a time that is not finite.
    pub fn track(&mut self, event: TrackedEvent, now_ms: f64) -> Result<(), EngineError> {
        self.profile.track(event, now_ms)
    }

    /// The visitor's profile.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Replaces the visitor's profile.
    pub fn set_profile(&mut self, profile: Profile) {
        self.profile = profile;
    }

    /// Computes the ranker's input for a request.
    ///
    /// # Errors
    /// [`EngineError::MissingNetwork`] without a ranker, [`EngineError::TooManyItems`], [`EngineError::UnknownItem`].
    pub fn prepare(
        &mut self,
        handles: &[u32],
        options: &RerankOptions,
        now_ms: f64,
    ) -> Result<RankerInput, EngineError> {
        self.ranker()?;
        if handles.len() > MAX_ITEMS {
            return Err(EngineError::TooManyItems { found: handles.len() });
        }
        if let Some(unknown) = handles.iter().find(|&&handle| handle as usize >= self.features.items().len()) {
            return Err(EngineError::UnknownItem { found: format!("handle {unknown}") });
        }
        let (session, intent) = if options.ignore_session {
            (Vec::new(), None)
        } else {
            self.register_session();
            (self.profile.session(self.features.items(), now_ms), self.purchase_intent(now_ms)?)
        };
        let query = options.query.as_deref().map(PreparedText::new);
        let request = ListRequest {
            query: query.as_ref(),
            items: handles,
            session: &session,
            shop_order: self.groups().contains(&Group::ShopOrder),
            intent,
        };
        Ok(self.features.input(request))
    }

    /// The purchase intent of the current visit, for a ranker with the group `intent`; `None` while the visit has no event.
    fn purchase_intent(&self, now_ms: f64) -> Result<Option<f32>, EngineError> {
        if !self.groups().contains(&Group::Intent) {
            return Ok(None);
        }
        match self.predict_visit(now_ms) {
            Ok(probabilities) => Ok(probabilities.last().copied()),
            Err(EngineError::EmptyVisit) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Registers the session's items that the page did not register, with their titles from the item index.
    fn register_session(&mut self) {
        let missing: Vec<Item> = self
            .profile
            .recent_ids()
            .filter(|id| self.features.items().handle_of(id).is_none())
            .filter_map(|id| {
                let row = self.features.items().row_of(id)? as usize;
                let title = self.features.statistics().titles.get(row).cloned().unwrap_or_default();
                Some(Item { id: id.to_owned(), title, ..Default::default() })
            })
            .collect();
        for item in &missing {
            self.features.register(item);
        }
    }

    /// Scores a prepared request on the CPU.
    ///
    /// # Errors
    /// [`EngineError::MissingNetwork`] without a ranker.
    pub fn score(&mut self, input: &RankerInput) -> Result<Scores, EngineError> {
        let wanted = input.items.iter().copied().chain(input.session.iter().map(|(handle, _)| *handle));
        let Some(LoadedRanker { network, cache, .. }) = &mut self.ranker else {
            return Err(EngineError::MissingNetwork { task: "ranker" });
        };
        cache.fill(wanted, |missing| network.encode_items(missing, &self.features));
        Ok(network.score(input, |handle| cache.get(handle)))
    }

    /// Clears the cache of item representations.
    pub fn clear_representations(&mut self) {
        if let Some(ranker) = &mut self.ranker {
            ranker.cache.clear();
        }
    }

    /// The cached representation of an item that was scored, `[repr]`.
    pub fn representation(&self, handle: u32) -> &[f32] {
        self.ranker.as_ref().map_or(&[], |ranker| &ranker.cache.get(handle)[..ranker.network.repr()])
    }

    /// Re-ranks a list on the CPU. An empty list gives an empty result.
    ///
    /// # Errors
    /// Those of [`Self::prepare`].
    pub fn rerank(&mut self, handles: &[u32], options: &RerankOptions, now_ms: f64) -> Result<RankedList, EngineError> {
        let input = self.prepare(handles, options, now_ms)?;
        if handles.is_empty() {
            return Ok(RankedList::default());
        }
        let scores = self.score(&input)?;
        self.finish(&scores, options)
    }

    /// Orders and calibrates scores.
    ///
    /// # Errors
    /// [`EngineError::MissingNetwork`] without a ranker.
    pub fn finish(&self, scores: &Scores, options: &RerankOptions) -> Result<RankedList, EngineError> {
        let card = &self.ranker()?.card;
        let count = scores.scores.len();
        let mut order = order::by_score(&scores.scores);
        if let Some(limit) = options.max_displacement {
            order = order::bounded(&order, limit);
        }
        order.truncate(options.top_n.unwrap_or(count));
        let groups: Vec<usize> = card.groups.iter().map(|group| *group as usize).collect();
        let mean =
            |g: usize| scores.contributions.iter().skip(g).step_by(Group::COUNT).sum::<f32>() / count.max(1) as f32;
        let means: Vec<f32> = groups.iter().map(|&g| mean(g)).collect();
        let contribution =
            |item: u32, k: usize| scores.contributions[item as usize * Group::COUNT + groups[k]] - means[k];
        let contributions =
            order.iter().flat_map(|&item| (0..groups.len()).map(move |k| contribution(item, k))).collect();
        Ok(RankedList {
            scores: order.iter().map(|&item| calibrate(card.calibration, scores.scores[item as usize])).collect(),
            contributions,
            order,
        })
    }

    /// The list with identifiers and sorted reasons.
    pub fn explain(&self, handles: &[u32], list: &RankedList) -> Vec<Ranked> {
        let groups = self.groups();
        let rows = list.order.iter().zip(&list.scores).enumerate();
        rows.map(|(row, (&index, &relevance_score))| {
            let contributions = &list.contributions[row * groups.len()..][..groups.len()];
            let mut reasons: Vec<Reason> = groups
                .iter()
                .zip(contributions)
                .map(|(&group, &contribution)| Reason { group, contribution })
                .collect();
            reasons.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()));
            let id = self.features.items().get(handles[index as usize]).id.clone();
            Ranked { index, id, relevance_score, reasons }
        })
        .collect()
    }
}

impl LoadedRanker {
    /// The ranker and its feature extractor.
    fn load(bundle: RankerBundle) -> Result<(FeatureExtractor, Self), EngineError> {
        let RankerBundle { card, weights, statistics } = bundle;
        let ours = spec::spec(BTreeMap::new());
        if ours.columns != card.features.columns || ours.context != card.features.context {
            return Err(EngineError::weights(
                "ranker",
                "features",
                "a list of other columns than this engine computes",
            ));
        }
        let features = FeatureExtractor::new(statistics, card.features.clone()).map_err(malformed)?;
        let network = Ranker::load(&weights, &card.model, &features)?;
        Ok((features, Self { cache: ItemCache::new(network.repr()), card, network }))
    }
}

fn malformed(error: MalformedTable) -> EngineError {
    EngineError::weights("statistics", error.table, "of another length than expected")
}

/// The relevance score of a raw score.
pub fn calibrate(calibration: Calibration, score: f32) -> f32 {
    match calibration {
        Calibration::Grade { scale } => score.clamp(scale.min, scale.max),
        Calibration::Probability { slope, intercept } => 1.0 / (1.0 + (-(slope * score + intercept)).exp()),
    }
}
