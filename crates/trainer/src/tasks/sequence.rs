//! `trainer train sequence`

use std::{collections::BTreeMap, ops::Range};

use anyhow::bail;
use burn::{module::Module, tensor::Device};
use serde_json::{Value, json};
use windowshop_features::{Blend, NextItem, next_item};
use windowshop_metrics::bootstrap;
use windowshop_model::{
    Sequence,
    weights::{self, Weights},
};
use windowshop_schema::{
    NeighbourConfig, NetworkKind, SequenceConfig, SequenceTrainConfig,
    manifest::{ModelCard, SequenceCard},
    store::Train,
};

use super::event;
use crate::{
    ablation::expansion,
    config,
    learning::{optimise::Training, schedule::Schedule},
    network_file,
    progress::Progress,
    sequence::{
        blend,
        corpus::{self, Corpus, NextItemQuery},
        learner::{self, SequenceLearner},
        model::{self, Recommender},
        neighbours,
        ranking::rank_queries,
        spectral,
    },
    task::{Description, Job, Outcome, Output, Task, TaskName},
};

/// Bytes of a parameter while training: weight, gradient, two moments and best, in f32.
const BYTES_PER_PARAMETER: usize = 20;
/// Queries that the blend is fitted to, and as many that it is validated on.
const BLENDED: usize = 4_000;
/// The refit starts where the schedule of the first training ended, so its learning rate is lower by this factor.
const REFIT_RATE: f64 = 0.25;

/// Sessions in the order of time.
pub struct SequenceTask {
    corpus: Corpus,
    /// Sessions before this one are the training split, the others the validation split.
    cut: usize,
    /// Number of training steps: pairs of a session's start and the next item.
    steps: usize,
    validation: Vec<NextItemQuery>,
    test: Vec<NextItemQuery>,
}

/// A trained network beside the counts that it is blended with.
pub struct Trained {
    weights: Weights,
    neighbours: NextItem,
    blend: Blend,
}

impl Task for SequenceTask {
    const NAME: TaskName = TaskName::Sequence;
    type Config = SequenceTrainConfig;
    type Network = Sequence;
    type Trained = Trained;

    fn settings(store: &Train) -> &SequenceTrainConfig {
        &store.sequence
    }

    fn check(config: &SequenceTrainConfig) -> anyhow::Result<()> {
        let SequenceConfig { embedding_dim, max_items, dropout, .. } = config.model;
        if embedding_dim == 0 || max_items == 0 || config.negatives == 0 {
            bail!(
                "model: embedding_dim {embedding_dim}, max_items {max_items}; negatives {}: expected at least 1 each",
                config.negatives
            );
        }
        let neighbours = &config.neighbours;
        if neighbours.per_item == 0 || neighbours.mean_per_item == 0 {
            bail!(
                "neighbours: per_item {}, mean_per_item {}: expected at least 1 each",
                neighbours.per_item,
                neighbours.mean_per_item
            );
        }
        if neighbours.backward < 0.0 || neighbours.half_life < 0.0 {
            bail!(
                "neighbours: backward {}, half_life {}: expected nothing below 0",
                neighbours.backward,
                neighbours.half_life
            );
        }
        config::check_share("model.dropout", dropout)?;
        if !(0.0..=1.0).contains(&config.refit_share) {
            bail!("refit_share {}: expected a share from 0 to 1", config.refit_share);
        }
        Ok(())
    }

    fn prepare(job: &Job<'_, Self>) -> anyhow::Result<Self> {
        job.refuse_folds(true, "sessions are cut by time")?;
        let corpus = Corpus::new(&job.dataset)?;
        let cut = corpus.cut(job.config.validation_share);
        let steps = corpus.steps(0..cut).len();
        let validation = corpus.queries(&corpus.steps(cut..corpus.sessions.len()));
        let test = corpus::held_out_queries(&job.dataset, &corpus.ids);
        Ok(Self { corpus, cut, steps, validation, test })
    }

    /// The item vectors start as a spectral embedding of the items' neighbours.
    fn init(&self, job: &Job<'_, Self>, device: &Device) -> Sequence {
        // Similarity of two items has no direction.
        let config = NeighbourConfig { backward: 1.0, ..job.config.neighbours.clone() };
        let neighbours = neighbours::count(&self.corpus.sessions[..self.cut], self.corpus.ids.len(), &config);
        let vectors = spectral::vectors(&neighbours, job.config.model.embedding_dim, job.args.seed);
        Sequence::init(&job.config.model, &vectors, device)
    }

    fn estimate(&self, job: &Job<'_, Self>, start: &Sequence) -> String {
        let parameters = start.num_params();
        let mib = (parameters * BYTES_PER_PARAMETER) >> 20;
        format!(
            "sessions    {} to train on, {} steps\nparameters  {parameters} ({} items)\nmemory      about {mib} MiB for weights and optimizer\ntime        {} epochs of {} steps\ndisk        about {mib} MiB for the checkpoint and the run's network",
            self.cut,
            self.steps,
            self.corpus.ids.len(),
            job.config.epochs,
            self.steps.div_ceil(job.config.batch),
        )
    }

    fn description(&self, job: &Job<'_, Self>) -> Description {
        Description {
            sizes: [self.steps, self.validation.len(), self.test.len()],
            limit: "An item that no training session holds is never recommended.",
            expansion: expansion::of_behaviour(&job.dataset),
            event: event([("items", json!(self.corpus.ids.len()))]),
            ..Description::default()
        }
    }

    fn train(
        &self,
        job: &Job<'_, Self>,
        training: &Training<'_>,
        start: &Sequence,
        progress: &mut Progress,
    ) -> anyhow::Result<Trained> {
        let sessions = &self.corpus.sessions;
        let learner = |sessions: Range<usize>, validation: &[NextItemQuery]| {
            SequenceLearner::new(&job.config, &self.corpus, sessions, validation, &job.device)
        };
        let weights = training.run(&learner(0..self.cut, &self.validation), start.clone(), progress)?;
        let blend = self.fit_blend(job, valid(start, &weights, &job.device)?, progress)?;
        let fit = |known: usize| neighbours::fit(&sessions[..known], self.corpus.ids.len(), &job.config.neighbours);
        if job.config.refit_share == 0.0 {
            return Ok(Trained { weights, neighbours: fit(self.cut), blend });
        }
        // One more epoch over the latest sessions, those of the validation split included.
        let latest = (sessions.len() as f64 * job.config.refit_share) as usize;
        let first = self.cut.min(sessions.len() - latest);
        let from = weights::load(start.clone(), &weights, &job.device.clone().autodiff())?;
        let run = training.run.join("refit");
        let schedule = Schedule {
            epochs: 1,
            learning_rate: training.schedule.learning_rate * REFIT_RATE,
            ..training.schedule.clone()
        };
        let refit = Training { schedule, run: &run, fingerprint: training.fingerprint.clone(), ..*training };
        let weights = refit.run(&learner(first..sessions.len(), &[]), from, progress)?;
        Ok(Trained { weights, neighbours: fit(sessions.len()), blend })
    }

    fn evaluate(
        self,
        job: &Job<'_, Self>,
        start: &Sequence,
        trained: Trained,
        card: ModelCard,
    ) -> anyhow::Result<Outcome> {
        let Trained { weights, neighbours, blend } = trained;
        let network = valid(start, &weights, &job.device)?;
        let recommender = recommender(job, network, neighbours.clone(), blend);
        let estimates = rank_queries(&recommender, &self.test).evaluate(job.args.seed);
        let card = SequenceCard {
            model: job.config.model.clone(),
            blend: blend.0.to_vec(),
            metrics: bootstrap::to_metrics(&estimates),
            card,
        };
        let file = model::to_file(&card, &self.corpus.ids, &neighbours, &weights)?;
        Ok(Outcome {
            output: Output::Bundle(Box::new(network_file::bundle(NetworkKind::Sequence, &job.dataset.name, file))),
            test: Some(bootstrap::to_json(&estimates)),
            next: job.evaluation(),
        })
    }
}

impl SequenceTask {
    /// Fits the blend to one half of the validation sessions and logs its metrics on the other.
    fn fit_blend(&self, job: &Job<'_, Self>, network: Sequence, progress: &mut Progress) -> anyhow::Result<Blend> {
        let sessions = &self.corpus.sessions[..self.cut];
        let neighbours = neighbours::fit(sessions, self.corpus.ids.len(), &job.config.neighbours);
        let mut recommender = recommender(job, network, neighbours, Blend::network_alone());
        let (fitted, validated): (Vec<NextItemQuery>, Vec<NextItemQuery>) =
            learner::spread(&self.validation, 2 * BLENDED).into_iter().partition(|query| query.visit % 2 == 0);
        recommender.blend = blend::fit(&recommender, &fitted);
        let metrics: BTreeMap<String, f64> = rank_queries(&recommender, &validated).values().into_iter().collect();
        let weights: BTreeMap<&str, f32> = next_item::NAMES.into_iter().zip(recommender.blend.0).collect();
        let mut event = json!({"event": "blend", "weights": weights});
        metrics.iter().for_each(|(name, value)| event[format!("validation_{name}")] = Value::from(*value));
        progress.event(&event)?;
        Ok(recommender.blend)
    }
}

fn recommender(job: &Job<'_, SequenceTask>, network: Sequence, neighbours: NextItem, blend: Blend) -> Recommender {
    Recommender::new(network, neighbours, blend, job.config.model.max_items, &job.device)
}

/// The network with these weights, on a device without autodiff.
fn valid(network: &Sequence, weights: &Weights, device: &Device) -> anyhow::Result<Sequence> {
    Ok(weights::load(Module::valid(network), weights, device)?)
}
