//! `trainer train sequence`

use std::collections::BTreeMap;

use burn::{module::Module, tensor::Device};
use serde_json::{Value, json};
use windowshop_features::{Blend, NextItem, next_item};
use windowshop_metrics::bootstrap;
use windowshop_model::{
    Sequence,
    weights::{self, Weights},
};
use windowshop_schema::{NeighbourConfig, NetworkKind, SequenceTrainConfig, manifest::SequenceCard};

use super::{Args, fresh_run};
use crate::{
    ablation::expansion,
    config, dataset, device,
    learning::optimise::{Schedule, Training},
    network_file,
    progress::Progress,
    sequence::{
        blend,
        corpus::{self, Corpus, Question},
        learner::{self, SequenceLearner},
        model::{self, Recommender},
        neighbours,
        ranking::judge,
        spectral,
    },
};

/// Weights, gradient, two moments and the best, in f32.
const BYTES_A_PARAMETER: usize = 20;
/// Questions that the blend is fitted on, and as many that it is judged on.
const BLENDED: usize = 4_000;
/// The one more pass starts where the schedule of the others ended: its learning rate is lower.
const REFIT_RATE: f64 = 0.25;

/// `trainer train sequence`
pub fn sequence(args: &Args) -> anyhow::Result<()> {
    let dataset = dataset::open(&args.data)?;
    let config: SequenceTrainConfig =
        config::training(&dataset.store.train.sequence, args.config.as_deref(), &args.settings())?;
    config::check_sequence(&config)?;
    let device = device::open(args.device)?;
    args.refuse_folds(true, "sessions are cut by time")?;
    fresh_run(args)?;
    let corpus = Corpus::new(&dataset)?;
    let (sessions, items) = (corpus.sessions.len(), corpus.ids.len());
    let cut = corpus.cut(config.validation_share);
    let (train, validation) = (corpus.steps(0..cut), corpus.questions(&corpus.steps(cut..sessions)));
    device.seed(args.seed);
    // For likeness a pair has no direction.
    let near = neighbours::count(
        &corpus.sessions[..cut],
        items,
        &NeighbourConfig { backward: 1.0, ..config.neighbours.clone() },
    );
    let vectors = spectral::vectors(&near, config.model.embedding_dim, args.seed);
    let start = Sequence::init(&config.model, &vectors, &device.clone().autodiff());
    let parameters = start.num_params();
    if args.dry_run {
        println!(
            "sessions    {cut} to train on, {} steps\nparameters  {parameters} ({items} items)\nmemory      about {} MiB for weights and optimizer\ntime        {} epochs of {} steps\ndisk        about {} MiB for the checkpoint and the run's network",
            train.len(),
            (parameters * BYTES_A_PARAMETER) >> 20,
            config.epochs,
            train.len().div_ceil(config.batch),
            (parameters * BYTES_A_PARAMETER) >> 20,
        );
        return Ok(());
    }
    let info = args.begin(
        NetworkKind::Sequence.task(),
        &config,
        args.cut(config.validation_share, 0.0),
        &dataset,
        expansion::of_behaviour(&dataset),
    )?;
    let questions = corpus::asked(&dataset, &corpus.ids);
    let job = Job { args, config: &config, corpus: &corpus, device: &device, fingerprint: info.dataset.clone() };
    let mut progress =
        Progress::new((train.len().div_ceil(config.batch) * config.epochs) as u64, Some(&args.out.join("log.jsonl")))?;
    progress.event(&json!({
        "event": "start", "task": "sequence", "parameters": parameters, "device": format!("{:?}", args.device),
        "train": train.len(), "validation": validation.len(), "test": questions.len(), "items": items, "seed": args.seed,
    }))?;
    let mut best = job.learn(0..cut, &validation, start.clone(), &mut progress)?;
    let blend = job.blend(cut, &validation, load(&start, &best, &device)?, &mut progress)?;
    if config.refit_share > 0.0 {
        let first = cut.min(sessions - (sessions as f64 * config.refit_share) as usize);
        let from = weights::load(start.clone(), &best, &device.clone().autodiff())?;
        best = job.learn(first..sessions, &[], from, &mut progress)?;
    }
    let known = if config.refit_share > 0.0 { sessions } else { cut };
    let beside = neighbours::fit(&corpus.sessions[..known], items, &config.neighbours);
    let recommender = job.recommender(load(&start, &best, &device)?, beside.clone(), blend);
    let estimates = judge(&recommender, &questions).evaluate(args.seed);
    let card = SequenceCard {
        model: config.model.clone(),
        blend: blend.0.to_vec(),
        metrics: bootstrap::to_metrics(&estimates),
        card: args.model_card(
            &dataset,
            [train.len(), validation.len(), questions.len()],
            "An item that no training session holds is never recommended.",
            &info,
        ),
    };
    network_file::write(
        NetworkKind::Sequence,
        &args.out,
        &dataset.name,
        model::to_file(&card, &corpus.ids, &beside, &best)?,
    )?;
    let mut done = bootstrap::to_json(&estimates);
    done.insert("event".into(), "test".into());
    progress.event(&done.into())?;
    args.done(&args.evaluation(NetworkKind::Sequence));
    Ok(())
}

fn load(network: &Sequence, weights: &Weights, device: &Device) -> anyhow::Result<Sequence> {
    Ok(weights::load(Module::valid(network), weights, device)?)
}

/// What every part of one training needs.
struct Job<'a> {
    args: &'a Args,
    config: &'a SequenceTrainConfig,
    corpus: &'a Corpus,
    device: &'a Device,
    fingerprint: String,
}

impl Job<'_> {
    /// Learns from some sessions. Without questions to validate on it is one more pass, in a folder of its own.
    fn learn(
        &self,
        sessions: std::ops::Range<usize>,
        validation: &[Question],
        start: Sequence,
        progress: &mut Progress,
    ) -> anyhow::Result<Weights> {
        let learner = SequenceLearner::new(self.config, self.corpus, sessions, validation, self.device);
        let mut schedule = learner::schedule(self.config);
        let mut folder = self.args.out.clone();
        if validation.is_empty() {
            schedule = Schedule { epochs: 1, learning_rate: schedule.learning_rate * REFIT_RATE, ..schedule };
            folder.push("refit");
        }
        let training = Training {
            schedule,
            seed: self.args.seed,
            device: self.device,
            run: &folder,
            fingerprint: format!("{}-{}", self.fingerprint, serde_json::to_string(&(self.config, self.args.seed))?),
            resume: self.args.resume,
        };
        training.run(&learner, start, progress)
    }

    /// Fits the blend on one half of the validation sessions and logs what it does for the other.
    fn blend(
        &self,
        cut: usize,
        validation: &[Question],
        network: Sequence,
        progress: &mut Progress,
    ) -> anyhow::Result<Blend> {
        let beside = neighbours::fit(&self.corpus.sessions[..cut], self.corpus.ids.len(), &self.config.neighbours);
        let mut recommender = self.recommender(network, beside, Blend::network_alone());
        let (fitted, judged): (Vec<Question>, Vec<Question>) =
            learner::spread(validation, 2 * BLENDED).into_iter().partition(|question| question.visit % 2 == 0);
        recommender.blend = blend::fit(&recommender, &fitted);
        let found: BTreeMap<String, f64> = judge(&recommender, &judged).values().into_iter().collect();
        let weights: BTreeMap<&str, f32> = next_item::NAMES.into_iter().zip(recommender.blend.0).collect();
        let mut event = json!({"event": "blend", "weights": weights});
        found.iter().for_each(|(name, value)| event[format!("validation_{name}")] = Value::from(*value));
        progress.event(&event)?;
        Ok(recommender.blend)
    }

    fn recommender(&self, network: Sequence, beside: NextItem, blend: Blend) -> Recommender {
        Recommender::new(network, beside, blend, self.config.model.max_items, self.device)
    }
}
