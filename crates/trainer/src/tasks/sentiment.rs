//! `trainer train sentiment`

use anyhow::bail;
use burn::{module::Module, tensor::Device};
use serde_json::json;
use windowshop_augment_text::TextPolicy;
use windowshop_features::Vocabulary;
use windowshop_metrics::calibration;
use windowshop_model::{
    Sentiment,
    weights::{self, Weights},
};
use windowshop_schema::{
    NetworkKind, SentimentConfig, SentimentTrainConfig,
    manifest::{ModelCard, SentimentCard},
    store::Train,
};

use super::{BYTES_PER_PARAMETER, event};
use crate::{
    ablation::expansion,
    augmentation, config,
    learning::{optimise::Training, split::Split},
    network_file,
    progress::Progress,
    sentiment::{
        corpus::Corpus,
        learner::{SentimentLearner, predict},
        model,
        noise::Noise,
    },
    task::{Description, Job, Outcome, Output, Task, TaskName},
};

/// Reviews with their vocabulary.
pub struct SentimentTask {
    corpus: Corpus,
    vocabulary: Vocabulary,
    /// Log ratios of the classes for each n-gram, the start of the linear model.
    ratios: Vec<f32>,
    policy: Option<TextPolicy>,
}

impl SentimentTask {
    fn train_split(&self) -> &[usize] {
        self.corpus.split(Split::Train)
    }
}

impl Task for SentimentTask {
    const NAME: TaskName = TaskName::Sentiment;
    type Config = SentimentTrainConfig;
    type Network = Sentiment;
    type Trained = Weights;

    fn settings(store: &Train) -> &SentimentTrainConfig {
        &store.sentiment
    }

    fn check(config: &SentimentTrainConfig) -> anyhow::Result<()> {
        if config.vocabulary == 0 || config.max_tokens < 4 {
            bail!("vocabulary {}, max_tokens {}: expected at least 1 and 4", config.vocabulary, config.max_tokens);
        }
        let SentimentConfig { embedding_dim, hidden_dim, window, dropout, token_dropout, .. } = config.model;
        if embedding_dim == 0 || hidden_dim == 0 || window % 2 == 0 {
            bail!(
                "model: embedding_dim {embedding_dim}, hidden_dim {hidden_dim}, window {window}: expected sizes of at least 1 and an odd window"
            );
        }
        config::check_share("model.dropout", dropout)?;
        config::check_share("model.token_dropout", token_dropout)?;
        Ok(())
    }

    fn prepare(job: &Job<'_, Self>) -> anyhow::Result<Self> {
        let Job { dataset, config, .. } = job;
        if dataset.reviews.is_empty() {
            bail!(
                "{}: no reviews in this dataset: the sentiment network learns from reviews; add a [reviews] section to store.toml and ingest again",
                job.args.training.data.display()
            );
        }
        let policy = augmentation::policy::texts(&config.augment)?;
        let corpus = Corpus::new(&dataset.reviews, config, &job.cut)?;
        let labelled = corpus.split(Split::Train).iter().map(|&i| (&corpus.texts[i], corpus.labels[i]));
        let (vocabulary, ratios) =
            Vocabulary::fit(labelled, corpus.classes.len(), config.vocabulary, config.min_reviews);
        Ok(Self { corpus, vocabulary, ratios, policy })
    }

    fn init(&self, job: &Job<'_, Self>, device: &Device) -> Sentiment {
        Sentiment::init(&job.config.model, self.corpus.classes.len(), &self.ratios, device)
    }

    fn estimate(&self, job: &Job<'_, Self>, start: &Sentiment) -> String {
        let parameters = start.num_params();
        format!(
            "reviews     {} to train on\nparameters  {parameters} ({} n-grams)\nmemory      about {} MiB for weights and optimizer\ntime        {} epochs of {} steps\ndisk        about {} MiB for the checkpoint and the run's network",
            self.train_split().len(),
            self.vocabulary.grams().len(),
            (parameters * BYTES_PER_PARAMETER) >> 20,
            job.config.epochs,
            self.train_split().len().div_ceil(job.config.batch),
            (parameters * BYTES_PER_PARAMETER) >> 20,
        )
    }

    fn description(&self, job: &Job<'_, Self>) -> Description {
        Description {
            sizes: [Split::Train, Split::Validation, Split::Test].map(|split| self.corpus.split(split).len()),
            limit: "Irony, and languages other than those of the training reviews, are read literally.",
            expansion: expansion::of_texts(&job.config, self.train_split().len()),
            event: event([("classes", json!(self.corpus.classes)), ("ngrams", json!(self.vocabulary.grams().len()))]),
            fingerprint: self.policy.as_ref().map(TextPolicy::to_json).unwrap_or_default(),
            ..Description::default()
        }
    }

    fn train(
        &self,
        job: &Job<'_, Self>,
        training: &Training<'_>,
        start: &Sentiment,
        progress: &mut Progress,
    ) -> anyhow::Result<Weights> {
        let noise = self.policy.clone().map(|policy| Noise {
            policy,
            reviews: &job.dataset.reviews,
            max_tokens: job.config.max_tokens,
        });
        let learner = SentimentLearner::new(&job.config, &self.corpus, &self.vocabulary, noise, &job.device);
        training.run(&learner, start.clone(), progress)
    }

    fn evaluate(
        self,
        job: &Job<'_, Self>,
        start: &Sentiment,
        best: Weights,
        card: ModelCard,
    ) -> anyhow::Result<Outcome> {
        let Self { corpus, vocabulary, .. } = &self;
        let network = weights::load(Module::valid(start), &best, &job.device)?;
        let predictions =
            |split, temperature| predict(&network, corpus, corpus.split(split), vocabulary, temperature, &job.device);
        let temperature = calibration::temperature(&predictions(Split::Validation, 1.0));
        let threshold = predictions(Split::Validation, temperature).best_threshold();
        let mut test = predictions(Split::Test, temperature);
        test.threshold = threshold;
        let evaluation = test.evaluate(job.args.seed);
        let card = SentimentCard {
            model: job.config.model.clone(),
            classes: corpus.classes.clone(),
            max_tokens: job.config.max_tokens,
            temperature,
            threshold,
            metrics: evaluation.to_card(),
            card,
        };
        let file = model::to_file(&card, vocabulary, &best)?;
        Ok(Outcome {
            output: Output::Bundle(Box::new(network_file::bundle(NetworkKind::Sentiment, &job.dataset.name, file))),
            test: Some(evaluation.to_json()),
            next: job.evaluation(),
        })
    }
}
