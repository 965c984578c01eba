//! `trainer train sentiment`

use anyhow::bail;
use burn::module::Module;
use serde_json::json;
use windowshop_augment_text::TextPolicy;
use windowshop_features::Vocabulary;
use windowshop_metrics::calibration;
use windowshop_model::{Sentiment, weights};
use windowshop_schema::{NetworkKind, SentimentTrainConfig, manifest::SentimentCard};

use super::{Args, BYTES_A_PARAMETER, fresh_run};
use crate::{
    ablation::expansion,
    augmentation, config, dataset, device,
    learning::{optimise::Training, split::Split},
    network_file,
    progress::Progress,
    sentiment::{
        corpus::Corpus,
        learner::{self, SentimentLearner, predict},
        model,
        noise::Noise,
    },
};

/// `trainer train sentiment`
pub fn sentiment(args: &Args) -> anyhow::Result<()> {
    let dataset = dataset::open(&args.data)?;
    if dataset.reviews.is_empty() {
        bail!(
            "{}: no reviews in this dataset: the sentiment network learns from reviews; add a [reviews] section to store.toml and ingest again",
            args.data.display()
        );
    }
    let config: SentimentTrainConfig =
        config::training(&dataset.store.train.sentiment, args.config.as_deref(), &args.settings())?;
    config::check_sentiment(&config)?;
    let policy = augmentation::policy::texts(&config.augment)?;
    let cut = args.cut(config.validation_share, config.test_share);
    let device = device::open(args.device)?;
    fresh_run(args)?;
    let corpus = Corpus::new(&dataset.reviews, &config, &cut)?;
    let train = corpus.split(Split::Train);
    let labelled = train.iter().map(|&i| (&corpus.texts[i], corpus.labels[i]));
    let (vocabulary, ratios) = Vocabulary::fit(labelled, corpus.classes.len(), config.vocabulary, config.min_reviews);
    device.seed(args.seed);
    let start = Sentiment::init(&config.model, corpus.classes.len(), &ratios, &device.clone().autodiff());
    let parameters = start.num_params();
    if args.dry_run {
        println!(
            "reviews     {} to train on\nparameters  {parameters} ({} n-grams)\nmemory      about {} MiB for weights and optimizer\ntime        {} epochs of {} steps\ndisk        about {} MiB for the checkpoint and the run's network",
            train.len(),
            vocabulary.grams().len(),
            (parameters * BYTES_A_PARAMETER) >> 20,
            config.epochs,
            train.len().div_ceil(config.batch),
            (parameters * BYTES_A_PARAMETER) >> 20,
        );
        return Ok(());
    }
    let info =
        args.begin(NetworkKind::Sentiment.task(), &config, cut, &dataset, expansion::of_texts(&config, train.len()))?;
    let sizes = [Split::Train, Split::Validation, Split::Test].map(|split| corpus.split(split).len());
    let training = Training {
        schedule: learner::schedule(&config),
        seed: args.seed,
        device: &device,
        run: &args.out,
        fingerprint: format!(
            "{}-{}{}",
            info.dataset,
            serde_json::to_string(&(&config, info.seed))?,
            policy.as_ref().map(TextPolicy::to_json).unwrap_or_default()
        ),
        resume: args.resume,
    };
    let total = training.steps(train.len()) * config.epochs;
    let mut progress = Progress::new(total as u64, Some(&args.out.join("log.jsonl")))?;
    progress.event(&json!({
        "event": "start", "task": "sentiment", "parameters": parameters, "device": format!("{:?}", args.device),
        "train": sizes[0], "validation": sizes[1], "test": sizes[2], "classes": &corpus.classes,
        "ngrams": vocabulary.grams().len(), "seed": args.seed,
    }))?;
    let noise = policy.map(|policy| Noise { policy, reviews: &dataset.reviews, max_tokens: config.max_tokens });
    let learner = SentimentLearner::new(&config, &corpus, &vocabulary, noise, &device);
    let best = training.run(&learner, start.clone(), &mut progress)?;
    let network = weights::load(Module::valid(&start), &best, &device)?;
    let judged =
        |split, temperature| predict(&network, &corpus, corpus.split(split), &vocabulary, temperature, &device);
    let temperature = calibration::temperature(&judged(Split::Validation, 1.0));
    let threshold = judged(Split::Validation, temperature).best_threshold();
    let mut test = judged(Split::Test, temperature);
    test.threshold = threshold;
    let evaluation = test.evaluate(args.seed);
    let card = SentimentCard {
        model: config.model.clone(),
        classes: corpus.classes.clone(),
        max_tokens: config.max_tokens,
        temperature,
        threshold,
        metrics: evaluation.to_card(),
        card: args.model_card(
            &dataset,
            sizes,
            "Irony and texts in other languages than the training reviews' are read at their word.",
            &info,
        ),
    };
    network_file::write(NetworkKind::Sentiment, &args.out, &dataset.name, model::to_file(&card, &vocabulary, &best)?)?;
    let mut done = evaluation.to_json();
    done.insert("event".into(), "test".into());
    progress.event(&done.into())?;
    args.done(&args.evaluation(NetworkKind::Sentiment));
    Ok(())
}
