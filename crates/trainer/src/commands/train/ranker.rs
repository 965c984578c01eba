//! `trainer train ranker`

use std::{collections::HashMap, path::Path};

use anyhow::{Context, bail};
use burn::tensor::Device;
use serde_json::json;
use windowshop_bundle::{Bundle, NetworkFile, Precision, RankerBundle};
use windowshop_features::{FeatureExtractor, spec};
use windowshop_ingest::{Dataset, List};
use windowshop_model::{Ranker, RankerInputs, weights};
use windowshop_schema::{
    GradeScale, Group, NetworkKind, RankerTrainConfig, Vectors,
    manifest::{Calibration, ModelCard, RankerCard},
    store::Lists,
};

use super::{Args, fresh_run};
use crate::{
    ablation::expansion,
    config, dataset, device,
    image::{self, model::ImageModel},
    intent::model::IntentModel,
    learning::{optimise, split::Split},
    network_file,
    progress::Progress,
    ranking::{
        calibrate, estimate,
        evaluate::{self, Evaluation, Protocol},
        intent::{self, TrainingVisitors},
        learner::{self, RankerLearner},
        lists::{self, PreparedList},
        predict, propensity,
        sample::Sample,
        simulated_data::SimulatedData,
        statistics::{self, AuxiliarySignals},
    },
    run::{self, RunInfo},
    sentiment::model::SentimentModel,
};

/// `trainer train ranker`
pub fn ranker(args: &Args) -> anyhow::Result<()> {
    let dataset = dataset::open(&args.data)?;
    if dataset.lists.is_empty() {
        bail!(
            "{}: no lists in this dataset: the ranker learns from lists; add a [lists] section to store.toml and ingest again",
            args.data.display()
        );
    }
    let sets = args.settings();
    let config: RankerTrainConfig = config::training(&dataset.store.train.ranker, args.config.as_deref(), &sets)?;
    config::check_ranker(&config)?;
    let device = device::open(args.device)?;
    fresh_run(args)?;
    Training::prepare(args, dataset, config, device)?.run(args)
}

struct Training {
    dataset: Dataset,
    config: RankerTrainConfig,
    device: Device,
    features: FeatureExtractor,
    parts: HashMap<Split, Vec<PreparedList>>,
    /// Lists to learn from that were shown to real visitors.
    real: usize,
    /// Fingerprint of simulated visitors that are learned from.
    made: Option<String>,
    inputs: RankerInputs,
    protocol: Protocol,
    intent: Option<IntentRun>,
}

/// The intent network that the ranker reads.
struct IntentRun {
    file: NetworkFile,
    learned: TrainingVisitors,
}

impl Training {
    fn prepare(args: &Args, dataset: Dataset, config: RankerTrainConfig, device: Device) -> anyhow::Result<Self> {
        let cut = args.cut(config.validation_share, config.test_share);
        let made = match config.generated.is_empty() {
            true => None,
            false => Some(SimulatedData::open(Path::new(&config.generated), &dataset, cut, config.visitor_share)?),
        };
        let sample = Sample::of(&dataset, made.as_ref(), &config, cut)?;
        let auxiliary = AuxiliarySignals {
            sentiments: sentiments(&dataset, &config.sentiment, &device)?,
            image_embeddings: image_embeddings(&dataset, &config.image, &device)?,
        };
        let statistics = statistics::fit(&dataset, &sample, auxiliary)?;
        let mut features = FeatureExtractor::new(statistics, spec::spec(Default::default()));
        if let Err(unknown) = features.exclude(&config.features.exclude) {
            bail!("features.exclude: {unknown} is no feature and no group; the names are those of a bundle's manifest");
        }
        let handles = lists::register(&dataset, &mut features);
        // What is learned from comes first.
        let learned = sample.lists.len();
        let judged = |split| dataset.lists.iter().filter(move |list| cut.of(&list.key) == split);
        let (validation, test): (Vec<&List>, Vec<&List>) =
            (judged(Split::Validation).collect(), judged(Split::Test).collect());
        let shown = [&sample.lists[..], &validation, &test].concat();
        let (intent, intents) = intents(&dataset, &shown, &config.intent, &device)?.unzip();
        let intents = intents.unwrap_or_default();
        let prepared = lists::prepare(&shown, &intents, &dataset, &handles, &mut features, Some(learned));
        let mut prepared = prepared.into_iter();
        let mut parts: HashMap<Split, Vec<PreparedList>> =
            [(Split::Train, learned), (Split::Validation, validation.len()), (Split::Test, test.len())]
                .map(|(split, count)| (split, prepared.by_ref().take(count).collect()))
                .into();
        let inputs = RankerInputs::of(&features);
        let protocol = protocol(&dataset, args.seed);
        if !config.click_model.is_empty() {
            let propensities = propensity::open(Path::new(&config.click_model), &dataset)?;
            for split in [Split::Train, Split::Validation] {
                let lists = parts.get_mut(&split).map_or(&mut [][..], Vec::as_mut_slice);
                propensity::weigh(lists, &propensities, config.propensity_clip, protocol.scale);
            }
        }
        if validation.is_empty() {
            bail!(
                "{}: no list to validate on among {}: give more data, or another validation_share",
                args.data.display(),
                dataset.lists.len()
            );
        }
        let real = sample.real;
        let made = made.map(|made| made.fingerprint);
        Ok(Self { dataset, config, device, features, parts, real, made, inputs, protocol, intent })
    }

    fn split(&self, split: Split) -> &[PreparedList] {
        self.parts.get(&split).map_or(&[], Vec::as_slice)
    }

    fn run(self, args: &Args) -> anyhow::Result<()> {
        let useful = |list: &PreparedList| list.grades.iter().any(|g| *g != list.grades[0]) || self.protocol.graded;
        let train: Vec<PreparedList> = self.split(Split::Train).iter().filter(|list| useful(list)).cloned().collect();
        if train.is_empty() {
            bail!(
                "{}: visitor_share {}: {} lists to learn from ({} of real visitors), and in none of them is an item better than another: expected at least one; learn from a larger share, or from more data",
                args.data.display(),
                self.config.visitor_share,
                self.split(Split::Train).len(),
                self.real
            );
        }
        let ranker = self.start(&train);
        if args.dry_run {
            println!("{}", estimate::describe(&self.config, &ranker, &train, &self.features, &self.device));
            return Ok(());
        }
        let info = RunInfo {
            seed: args.seed,
            task: "ranker".into(),
            config: serde_json::to_value(&self.config)?,
            cut: args.cut(self.config.validation_share, self.config.test_share),
            store: self.dataset.store.clone(),
            dataset: self.dataset.fingerprint.clone(),
            expansion: expansion::of_lists(&self.config, self.real, self.split(Split::Train).len())
                .or_else(|| expansion::of_behaviour(&self.dataset)),
            intent: self.intent.as_ref().map(|intent| intent.learned.clone()),
        };
        run::write_info(&args.out, &info)?;
        let steps = train.len().div_ceil(self.config.batch_lists) * self.config.epochs;
        let mut progress = Progress::new(steps as u64, Some(&args.out.join("log.jsonl")))?;
        progress.event(&json!({
            "event": "start", "task": "ranker", "parameters": burn::module::Module::num_params(&ranker), "device": format!("{:?}", args.device),
            "train": train.len(), "real": self.real, "validation": self.split(Split::Validation).len(), "test": self.split(Split::Test).len(), "seed": args.seed,
        }))?;
        let learner = RankerLearner {
            config: &self.config,
            features: &self.features,
            train: &train,
            validation: self.split(Split::Validation),
            protocol: self.protocol,
            device: &self.device,
        };
        let training = optimise::Training {
            schedule: learner::schedule(&self.config),
            seed: args.seed,
            device: &self.device,
            run: &args.out,
            fingerprint: format!("{}-{}", info.dataset, serde_json::to_string(&(&self.config, info.seed, &self.made))?),
            resume: args.resume,
        };
        let best = training.run(&learner, ranker.clone(), &mut progress)?;
        let ranker = weights::load(burn::module::Module::valid(&ranker), &best, &self.device)?;
        let calibration = self.calibration(&ranker);
        let evaluation = self.evaluate(&ranker, Split::Test);
        let card = self.card(args, &info, &evaluation, calibration, train.len());
        let (name, statistics) = (self.dataset.name, self.features.into_statistics());
        let ranker = RankerBundle { card, weights: run::to_tensors(&best), statistics };
        // The ranker reads this network and no other: it goes where the ranker goes.
        let networks = self.intent.into_iter().map(|intent| (NetworkKind::Intent, intent.file)).collect();
        let bundle = Bundle { name, ranker: Some(ranker), networks };
        Bundle::write(&run::bundle_dir(&args.out), &bundle.encode(Some(Precision::F32))?)?;
        let mut done = evaluation.to_json();
        done.insert("event".into(), "test".into());
        progress.event(&done.into())?;
        args.done(&format!("trainer export {} --out BUNDLE", args.out.display()));
        Ok(())
    }

    /// The untrained network; its query term starts at the mean grade, so that no step is spent on finding it.
    fn start(&self, train: &[PreparedList]) -> Ranker {
        self.device.seed(self.protocol.seed);
        let ranker = Ranker::init(&self.config.model, &self.inputs, &self.device.clone().autodiff());
        let grades = || train.iter().flat_map(|list| &list.grades);
        let mean = grades().map(|g| f64::from(*g)).sum::<f64>() / grades().count().max(1) as f64;
        match self.protocol.graded {
            true => ranker.with_query_term(mean as f32),
            false => ranker,
        }
    }

    fn evaluate(&self, ranker: &Ranker, split: Split) -> Evaluation {
        let lists = self.split(split);
        evaluate::evaluate(lists, &predict::scores(ranker, lists, &self.features, &self.device), self.protocol)
    }

    fn calibration(&self, ranker: &Ranker) -> Calibration {
        if self.protocol.graded {
            return Calibration::Grade { scale: self.protocol.scale };
        }
        let lists = self.split(Split::Validation);
        let scores = predict::scores(ranker, lists, &self.features, &self.device);
        let pairs = lists.iter().zip(&scores).flat_map(|(list, scores)| {
            scores.iter().zip(&list.grades).map(|(score, grade)| (*score, *grade > self.protocol.scale.min))
        });
        calibrate::platt(&pairs.collect::<Vec<_>>())
    }

    fn card(
        &self,
        args: &Args,
        info: &RunInfo,
        evaluation: &Evaluation,
        calibration: Calibration,
        trained_on: usize,
    ) -> RankerCard {
        let present = |group: Group| {
            self.parts.values().flatten().any(|list| {
                list.input.present[group as usize] && list.input.groups[group as usize].iter().any(|v| *v != 0.0)
            })
        };
        RankerCard {
            model: self.config.model.clone(),
            groups: Group::ALL.into_iter().filter(|group| present(*group)).collect(),
            features: self.features.spec().clone(),
            calibration,
            metrics: evaluation.to_card(),
            card: ModelCard {
                simulated: self.dataset.simulated || self.made.is_some(),
                ..args.model_card(
                    &self.dataset,
                    [trained_on, self.split(Split::Validation).len(), self.split(Split::Test).len()],
                    "Scores compare items within one list, not across lists.",
                    info,
                )
            },
        }
    }
}

/// How the reviewers of items felt, as the network in the folder `model` reads them; nothing where no network is named.
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

/// How the items look to the network in the folder `model`; nothing where no network is named.
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

/// The intent network of the run in the folder `model`, and what it says of each list; nothing where no run is named.
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
    let info = run::read_info(path)
        .with_context(|| format!("{}: only a run tells which visitors it has learned from", setting()))?;
    let learned = TrainingVisitors { dataset: info.dataset, cut: info.cut };
    let network = IntentModel::of(file.clone(), model, device).with_context(setting)?;
    let intents = intent::of_lists(dataset, lists, &network, Some(&learned), device).with_context(setting)?;
    if intents.iter().all(Option::is_none) {
        bail!(
            "{}: of no list it is known what the visitor had done before in the visit: expected lists of an event log, some of them shown to visitors that the network has not learned from",
            setting()
        );
    }
    Ok(Some((IntentRun { file, learned }, intents)))
}

/// The protocol that a dataset's kind of lists asks for.
pub fn protocol(dataset: &Dataset, seed: u64) -> Protocol {
    let graded = matches!(dataset.store.lists, Some(Lists::Graded { .. }));
    let absent_counts_zero = matches!(dataset.store.lists, Some(Lists::Candidates { .. }));
    let scale = if absent_counts_zero { GradeScale::BINARY } else { dataset.scale };
    Protocol { scale, shop_order: dataset.shop_order, absent_counts_zero, graded, seed }
}
