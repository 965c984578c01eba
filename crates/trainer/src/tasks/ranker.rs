//! `trainer train ranker`

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, bail};
use burn::{module::Module, tensor::Device};
use serde_json::json;
use windowshop_bundle::{Bundle, NetworkFile, RankerBundle};
use windowshop_features::{FeatureExtractor, spec};
use windowshop_ingest::{Dataset, List};
use windowshop_model::{
    Ranker, RankerInputs,
    weights::{self, Weights},
};
use windowshop_schema::{
    GradeScale, Group, NetworkKind, RankerTrainConfig, Vectors,
    manifest::{Calibration, ModelCard, RankerCard},
    store::{Lists, Train},
};

use super::event;
use crate::{
    ablation::expansion,
    config,
    image::{self, model::ImageModel},
    intent::model::IntentModel,
    learning::{optimise::Training, split::Split},
    network_file,
    progress::Progress,
    ranking::{
        calibrate, estimate,
        evaluate::{self, Evaluation, Protocol},
        intent,
        learner::RankerLearner,
        lists::{self, PreparedList},
        predict, propensity,
        sample::Sample,
        simulated_data::SimulatedData,
        statistics::{self, AuxiliarySignals},
    },
    run::{self, TrainedOn},
    sentiment::model::SentimentModel,
    task::{Description, Job, Outcome, Output, Task, TaskName},
};

/// Lists with the features of their items.
pub struct RankerTask {
    features: FeatureExtractor,
    /// Training lists in which some item is better than another.
    train: Vec<PreparedList>,
    /// All training lists.
    all: Vec<PreparedList>,
    validation: Vec<PreparedList>,
    test: Vec<PreparedList>,
    /// Training lists that were shown to real visitors.
    real: usize,
    /// Fingerprint of the simulated visitors among the training data.
    simulated: Option<String>,
    inputs: RankerInputs,
    protocol: Protocol,
    intent: Option<IntentRun>,
}

/// The intent network that the ranker reads.
struct IntentRun {
    file: NetworkFile,
    trained_on: TrainedOn,
}

impl Task for RankerTask {
    const NAME: TaskName = TaskName::Ranker;
    type Config = RankerTrainConfig;
    type Network = Ranker;
    type Trained = Weights;

    fn settings(store: &Train) -> &RankerTrainConfig {
        &store.ranker
    }

    fn check(config: &RankerTrainConfig) -> anyhow::Result<()> {
        if config.loss_mse <= 0.0 && config.loss_listnet <= 0.0 && config.loss_lambdarank <= 0.0 {
            bail!("loss_mse, loss_listnet and loss_lambdarank are all 0: expected at least one weight above 0");
        }
        if !config.click_model.is_empty() {
            if config.loss_mse > 0.0 {
                bail!(
                    "click_model with loss_mse {}: expected loss_mse 0: propensities weight clicks, they are no grades; use loss_listnet or loss_lambdarank",
                    config.loss_mse
                );
            }
            if !(config.propensity_clip > 0.0 && config.propensity_clip <= 1.0) {
                bail!("propensity_clip {}: expected a number above 0, at most 1", config.propensity_clip);
            }
        }
        let share = config.visitor_share;
        if !(share > 0.0 && share <= 1.0) {
            bail!("visitor_share {share}: expected a share of the visitors, above 0 and at most 1");
        }
        for (name, file) in [("click_model", &config.click_model), ("intent", &config.intent)] {
            if share < 1.0 && !file.is_empty() {
                bail!(
                    "visitor_share {share} with {name}: expected one of them: {name} = \"{file}\" was fitted to the other visitors too"
                );
            }
        }
        config::check_generated(&config.generated, 1.0, config.generated_only)
    }

    fn prepare(job: &Job<'_, Self>) -> anyhow::Result<Self> {
        let Job { args, dataset, config, cut, device, .. } = job;
        let data = args.training.data.display();
        if dataset.lists.is_empty() {
            bail!(
                "{data}: no lists in this dataset: the ranker learns from lists; add a [lists] section to store.toml and ingest again"
            );
        }
        let simulated = match config.generated.is_empty() {
            true => None,
            false => Some(SimulatedData::open(Path::new(&config.generated), dataset, *cut, config.visitor_share)?),
        };
        let sample = Sample::of(dataset, simulated.as_ref(), config, *cut)?;
        let auxiliary = AuxiliarySignals {
            sentiments: sentiments(dataset, &config.sentiment, device)?,
            image_embeddings: image_embeddings(dataset, &config.image, device)?,
        };
        let statistics = statistics::fit(dataset, &sample, auxiliary)?;
        let mut features = FeatureExtractor::new(statistics, spec::spec(Default::default()))?;
        if let Err(unknown) = features.exclude(&config.features.exclude) {
            bail!("features.exclude: {unknown} is no feature and no group; the names are those of a bundle's manifest");
        }
        let handles = lists::register(dataset, &mut features);
        let held_out = |split| dataset.lists.iter().filter(move |list| cut.of(&list.key) == split);
        let (validation, test): (Vec<&List>, Vec<&List>) =
            (held_out(Split::Validation).collect(), held_out(Split::Test).collect());
        // Training lists come first: the features are fitted to them.
        let trained = sample.lists.len();
        let shown = [&sample.lists[..], &validation, &test].concat();
        let (intent, intents) = intents(dataset, &shown, &config.intent, device)?.unzip();
        let intents = intents.unwrap_or_default();
        let mut prepared =
            lists::prepare(&shown, &intents, dataset, &handles, &mut features, Some(trained)).into_iter();
        let [mut all, mut validation, test] =
            [trained, validation.len(), test.len()].map(|count| prepared.by_ref().take(count).collect::<Vec<_>>());
        let inputs = RankerInputs::of(&features);
        let protocol = protocol(dataset, args.seed);
        if !config.click_model.is_empty() {
            let propensities = propensity::open(Path::new(&config.click_model), dataset)?;
            for lists in [&mut all, &mut validation] {
                propensity::weigh(lists, &propensities, config.propensity_clip, protocol.scale);
            }
        }
        if validation.is_empty() {
            bail!(
                "{data}: no list to validate on among {}: give more data, or another validation_share",
                dataset.lists.len()
            );
        }
        let has_order = |list: &PreparedList| list.grades.iter().any(|g| *g != list.grades[0]) || protocol.graded;
        let train: Vec<PreparedList> = all.iter().filter(|list| has_order(list)).cloned().collect();
        if train.is_empty() {
            bail!(
                "{data}: visitor_share {}: {} lists to learn from ({} of real visitors), and in none of them is an item better than another: expected at least one; learn from a larger share, or from more data",
                config.visitor_share,
                all.len(),
                sample.real
            );
        }
        let real = sample.real;
        let simulated = simulated.map(|simulated| simulated.fingerprint);
        Ok(Self { features, train, all, validation, test, real, simulated, inputs, protocol, intent })
    }

    /// The query term starts at the mean grade, so that no step is spent on finding it.
    fn init(&self, job: &Job<'_, Self>, device: &Device) -> Ranker {
        let ranker = Ranker::init(&job.config.model, &self.inputs, device);
        let grades = || self.train.iter().flat_map(|list| &list.grades);
        let mean = grades().map(|g| f64::from(*g)).sum::<f64>() / grades().count().max(1) as f64;
        match self.protocol.graded {
            true => ranker.with_query_term(mean as f32),
            false => ranker,
        }
    }

    fn estimate(&self, job: &Job<'_, Self>, start: &Ranker) -> String {
        estimate::describe(&job.config, start, &self.train, &self.features, &job.device)
    }

    fn description(&self, job: &Job<'_, Self>) -> Description {
        Description {
            sizes: [self.train.len(), self.validation.len(), self.test.len()],
            limit: "Scores compare items within one list, not across lists.",
            expansion: expansion::of_lists(&job.config, self.real, self.all.len())
                .or_else(|| expansion::of_behaviour(&job.dataset)),
            intent: self.intent.as_ref().map(|intent| intent.trained_on.clone()),
            event: event([("real", json!(self.real))]),
            fingerprint: self.simulated.clone().unwrap_or_default(),
        }
    }

    fn train(
        &self,
        job: &Job<'_, Self>,
        training: &Training<'_>,
        start: &Ranker,
        progress: &mut Progress,
    ) -> anyhow::Result<Weights> {
        let learner = RankerLearner {
            config: &job.config,
            features: &self.features,
            train: &self.train,
            validation: &self.validation,
            protocol: self.protocol,
            device: &job.device,
        };
        training.run(&learner, start.clone(), progress)
    }

    fn evaluate(self, job: &Job<'_, Self>, start: &Ranker, best: Weights, card: ModelCard) -> anyhow::Result<Outcome> {
        let ranker = weights::load(Module::valid(start), &best, &job.device)?;
        let scores = |lists: &[PreparedList]| predict::scores(&ranker, lists, &self.features, &job.device);
        let calibration = self.calibration(scores);
        let evaluation: Evaluation = evaluate::evaluate(&self.test, &scores(&self.test), self.protocol);
        let card = RankerCard {
            model: job.config.model.clone(),
            groups: Group::ALL.into_iter().filter(|group| self.has(*group)).collect(),
            features: self.features.spec().clone(),
            calibration,
            metrics: evaluation.to_card(),
            card: ModelCard { simulated: card.simulated || self.simulated.is_some(), ..card },
        };
        let statistics = self.features.into_statistics();
        let ranker = RankerBundle { card, weights: run::to_tensors(&best), statistics };
        // The ranker reads this network and no other, so the bundle carries it.
        let networks: BTreeMap<_, _> =
            self.intent.into_iter().map(|intent| (NetworkKind::Intent, intent.file)).collect();
        Ok(Outcome {
            output: Output::Bundle(Box::new(Bundle { name: job.dataset.name.clone(), ranker: Some(ranker), networks })),
            test: Some(evaluation.to_json()),
            next: format!("trainer export {} --out BUNDLE", job.args.out.display()),
        })
    }
}

impl RankerTask {
    fn calibration(&self, scores: impl Fn(&[PreparedList]) -> Vec<Vec<f32>>) -> Calibration {
        if self.protocol.graded {
            return Calibration::Grade { scale: self.protocol.scale };
        }
        let scores = scores(&self.validation);
        let pairs = self.validation.iter().zip(&scores).flat_map(|(list, scores)| {
            scores.iter().zip(&list.grades).map(|(score, grade)| (*score, *grade > self.protocol.scale.min))
        });
        calibrate::platt(&pairs.collect::<Vec<_>>())
    }

    /// Whether any list has a feature of this group that is not 0.
    fn has(&self, group: Group) -> bool {
        [&self.all, &self.validation, &self.test].into_iter().flatten().any(|list| {
            list.input.present[group as usize] && list.input.groups[group as usize].iter().any(|v| *v != 0.0)
        })
    }
}

/// The sentiment of the items' reviews by the network in the folder `model`; `None` if no network is named.
fn sentiments(dataset: &Dataset, model: &str, device: &Device) -> anyhow::Result<Option<Vec<f32>>> {
    if model.is_empty() {
        return Ok(None);
    }
    if dataset.item_reviews.is_empty() {
        bail!(
            "sentiment = \"{model}\": the dataset has no reviews of items to read; name [reviews] with `item` in store.toml and ingest again, or leave the setting out"
        );
    }
    let model = SentimentModel::open(Path::new(model), device).context("sentiment")?;
    Ok(Some(model.sentiments(dataset.item_reviews.iter().map(|review| review.text.as_str()), device)))
}

/// The image embeddings of the items by the network in the folder `model`; `None` if no network is named.
fn image_embeddings(dataset: &Dataset, model: &str, device: &Device) -> anyhow::Result<Option<Vectors>> {
    if model.is_empty() {
        return Ok(None);
    }
    let setting = || format!("image = \"{model}\"");
    if matches!(dataset.store.lists, Some(Lists::Graded { .. })) {
        bail!("{}: items of graded lists are known by their titles alone; leave the setting out", setting());
    }
    let model = ImageModel::open(Path::new(model), device).with_context(setting)?;
    image::embeddings::embeddings(dataset, &model, device).with_context(setting).map(Some)
}

/// The intent network of the run in the folder `model`, and its purchase probability for each list; `None` if no run is named.
fn intents(
    dataset: &Dataset,
    lists: &[&List],
    model: &str,
    device: &Device,
) -> anyhow::Result<Option<(IntentRun, Vec<Option<f32>>)>> {
    if model.is_empty() {
        return Ok(None);
    }
    let setting = || format!("intent = \"{model}\"");
    let path = Path::new(model);
    let (file, _) = network_file::read(NetworkKind::Intent, path).with_context(setting)?;
    let info = run::read_info(path).with_context(|| {
        format!("{}: expected a run, because a bundle does not record its training visitors", setting())
    })?;
    let trained_on = TrainedOn { dataset: info.dataset, cut: info.cut };
    let network = IntentModel::of(file.clone(), model, device).with_context(setting)?;
    let intents = intent::of_lists(dataset, lists, &network, Some(&trained_on), device).with_context(setting)?;
    if intents.iter().all(Option::is_none) {
        bail!(
            "{}: purchase intent is unknown for all lists: expected lists of an event log, some of them of visitors outside the network's training split",
            setting()
        );
    }
    Ok(Some((IntentRun { file, trained_on }, intents)))
}

/// The evaluation protocol for the lists of a dataset.
pub fn protocol(dataset: &Dataset, seed: u64) -> Protocol {
    let graded = matches!(dataset.store.lists, Some(Lists::Graded { .. }));
    let absent_counts_zero = matches!(dataset.store.lists, Some(Lists::Candidates { .. }));
    let scale = if absent_counts_zero { GradeScale::BINARY } else { dataset.scale };
    Protocol { scale, shop_order: dataset.shop_order, absent_counts_zero, graded, seed }
}
