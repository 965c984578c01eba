//! `trainer train`: learn a network.

use std::{collections::HashMap, path::PathBuf, time::SystemTime};

use anyhow::bail;
use burn::tensor::Device;
use serde_json::json;
use windowshop_bundle::Bundle;
use windowshop_features::{FeatureExtractor, spec};
use windowshop_ingest::{Dataset, List};
use windowshop_model::{Ranker, RankerInputs, weights};
use windowshop_schema::{
    GradeScale, Group, Manifest, TrainConfig,
    manifest::{Calibration, FORMAT_VERSION, ModelCard},
    store::Lists,
};

use crate::{
    config,
    device::{self, DeviceName},
    progress::Progress,
    ranking::{
        calibrate, estimate,
        evaluate::{self, Evaluation, Protocol},
        lists::{self, PreparedList},
        optimise, predict,
        split::{self, Split},
        statistics,
    },
    run::{self, RunInfo},
};

#[derive(Debug, clap::Subcommand)]
pub enum Task {
    /// The ranker: query, session and item quality to one score.
    Ranker(Args),
}

#[derive(Debug, clap::Args)]
pub struct Args {
    /// A dataset folder that `trainer ingest` wrote.
    #[arg(long)]
    data: PathBuf,
    /// The run folder to write.
    #[arg(long)]
    out: PathBuf,
    /// Training settings in TOML, over those of the store.
    #[arg(long)]
    config: Option<PathBuf>,
    /// A setting, such as --set learning_rate=1e-3 or --set features.exclude=popularity; repeatable.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    sets: Vec<String>,
    /// Where to compute.
    #[arg(long, value_enum, default_value = "auto")]
    device: DeviceName,
    /// Seed of every random number.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Go on from the run's last checkpoint.
    #[arg(long)]
    resume: bool,
    /// Passes over the data; the same as --set epochs=N.
    #[arg(long)]
    epochs: Option<usize>,
    /// Print parameters, memory, time and disk that training would take, and stop.
    #[arg(long)]
    dry_run: bool,
}

/// `trainer train ranker`
pub fn ranker(args: &Args) -> anyhow::Result<()> {
    let dataset = Dataset::open(&args.data)?;
    if dataset.lists.is_empty() {
        bail!(
            "{}: no lists in this dataset: the ranker learns from lists; add a [lists] section to store.toml and ingest again",
            args.data.display()
        );
    }
    let mut sets = args.sets.clone();
    sets.extend(args.epochs.map(|epochs| format!("epochs={epochs}")));
    let config = config::training(&dataset.store.train.ranker, args.config.as_deref(), &sets)?;
    let device = device::open(args.device)?;
    let finished = run::bundle_dir(&args.out).join("manifest.json").exists();
    if !args.resume && (finished || args.out.join("checkpoint").exists()) && !args.dry_run {
        bail!("{}: holds a run already; choose another folder, remove it, or go on with --resume", args.out.display());
    }
    Training::prepare(args, dataset, config, device)?.run(args)
}

struct Training {
    dataset: Dataset,
    config: TrainConfig,
    device: Device,
    features: FeatureExtractor,
    parts: HashMap<Split, Vec<PreparedList>>,
    inputs: RankerInputs,
    protocol: Protocol,
}

impl Training {
    fn prepare(args: &Args, dataset: Dataset, config: TrainConfig, device: Device) -> anyhow::Result<Self> {
        let part = |list: &List| split::of(&list.key, args.seed, config.validation_share, config.test_share);
        let statistics = statistics::fit(&dataset, |list| part(list) == Split::Train)?;
        let mut features = FeatureExtractor::new(statistics, spec::spec(Default::default()));
        if let Err(unknown) = features.exclude(&config.features.exclude) {
            bail!("features.exclude: {unknown} is no feature and no group; the names are those of a bundle's manifest");
        }
        let handles = lists::register(&dataset, &mut features);
        let shown: Vec<&List> = dataset.lists.iter().collect();
        let fit = |list: &List| part(list) == Split::Train;
        let prepared = lists::prepare(&shown, &dataset, &handles, &mut features, Some(&fit));
        let mut parts: HashMap<Split, Vec<PreparedList>> = HashMap::new();
        for (list, prepared) in shown.iter().zip(prepared) {
            parts.entry(part(list)).or_default().push(prepared);
        }
        let inputs = RankerInputs::of(&features);
        let protocol = protocol(&dataset, args.seed);
        for wanted in [Split::Train, Split::Validation] {
            if parts.get(&wanted).is_none_or(Vec::is_empty) {
                bail!(
                    "{}: no {wanted:?} lists among {}: give more data, or other validation_share and test_share",
                    args.data.display(),
                    shown.len()
                );
            }
        }
        Ok(Self { dataset, config, device, features, parts, inputs, protocol })
    }

    fn part(&self, split: Split) -> &[PreparedList] {
        self.parts.get(&split).map_or(&[], Vec::as_slice)
    }

    fn run(self, args: &Args) -> anyhow::Result<()> {
        let useful = |list: &PreparedList| list.grades.iter().any(|g| *g != list.grades[0]) || self.protocol.graded;
        let train: Vec<PreparedList> = self.part(Split::Train).iter().filter(|list| useful(list)).cloned().collect();
        let ranker = self.start(&train);
        if args.dry_run {
            println!("{}", estimate::describe(&self.config, &ranker, &train, &self.features, &self.device));
            return Ok(());
        }
        let info = RunInfo {
            seed: args.seed,
            config: self.config.clone(),
            store: self.dataset.store.clone(),
            dataset: self.dataset.fingerprint.clone(),
        };
        run::write_info(&args.out, &info)?;
        let steps = train.len().div_ceil(self.config.batch_lists) * self.config.epochs;
        let mut progress = Progress::new(steps as u64, Some(&args.out.join("log.jsonl")))?;
        progress.event(&json!({
            "event": "start", "task": "ranker", "parameters": burn::module::Module::num_params(&ranker), "device": format!("{:?}", args.device),
            "train": train.len(), "validation": self.part(Split::Validation).len(), "test": self.part(Split::Test).len(), "seed": args.seed,
        }))?;
        let task = optimise::Task {
            config: &self.config,
            features: &self.features,
            train: &train,
            validation: self.part(Split::Validation),
            protocol: self.protocol,
            seed: args.seed,
            device: &self.device,
            run: &args.out,
            fingerprint: format!("{}-{}", info.dataset, serde_json::to_string(&(&info.config, info.seed))?),
        };
        let best = optimise::run(&task, ranker.clone(), args.resume, &mut progress)?;
        let ranker = weights::load(burn::module::Module::valid(&ranker), &best, &self.device)?;
        let calibration = self.calibration(&ranker);
        let evaluation = self.evaluate(&ranker, Split::Test);
        let manifest = self.manifest(args, &evaluation, calibration, train.len());
        let statistics = self.features.into_statistics();
        let bundle = Bundle { manifest, ranker: run::to_tensors(&best), statistics };
        Bundle::write(&run::bundle_dir(&args.out), &Bundle::encode(&bundle, windowshop_bundle::Precision::F32)?)?;
        let mut done = evaluation.to_json();
        done.insert("event".into(), "test".into());
        progress.event(&done.into())?;
        println!("wrote {}\nnext: trainer export {} --out BUNDLE", args.out.display(), args.out.display());
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
        let lists = self.part(split);
        evaluate::evaluate(lists, &predict::scores(ranker, lists, &self.features, &self.device), self.protocol)
    }

    fn calibration(&self, ranker: &Ranker) -> Calibration {
        if self.protocol.graded {
            return Calibration::Grade { scale: self.protocol.scale };
        }
        let lists = self.part(Split::Validation);
        let scores = predict::scores(ranker, lists, &self.features, &self.device);
        let pairs = lists.iter().zip(&scores).flat_map(|(list, scores)| {
            scores.iter().zip(&list.grades).map(|(score, grade)| (*score, *grade > self.protocol.scale.min))
        });
        calibrate::platt(&pairs.collect::<Vec<_>>())
    }

    fn manifest(&self, args: &Args, evaluation: &Evaluation, calibration: Calibration, trained_on: usize) -> Manifest {
        let present = |group: Group| {
            self.parts.values().flatten().any(|list| {
                list.input.present[group as usize] && list.input.groups[group as usize].iter().any(|v| *v != 0.0)
            })
        };
        let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |d| d.as_secs());
        Manifest {
            format_version: FORMAT_VERSION,
            name: self.dataset.name.clone(),
            model: self.config.model.clone(),
            precision: String::new(),
            groups: Group::ALL.into_iter().filter(|group| present(*group)).collect(),
            features: self.features.spec().clone(),
            calibration,
            metrics: evaluation.to_manifest(),
            card: ModelCard {
                data: self.dataset.name.clone(),
                licence: self.dataset.store.licence.clone(),
                simulated: self.dataset.simulated,
                lists: [trained_on, self.part(Split::Validation).len(), self.part(Split::Test).len()],
                seed: args.seed,
                trained_at: rfc3339(seconds),
                limits: vec!["Scores compare items within one list, not across lists.".into()],
            },
            files: Default::default(),
        }
    }
}

/// The protocol that a dataset's kind of lists asks for.
pub fn protocol(dataset: &Dataset, seed: u64) -> Protocol {
    let graded = matches!(dataset.store.lists, Some(Lists::Graded { .. }));
    let absent_counts_zero = matches!(dataset.store.lists, Some(Lists::Candidates { .. }));
    let scale = if absent_counts_zero { GradeScale::BINARY } else { dataset.scale };
    Protocol { scale, shop_order: dataset.shop_order, absent_counts_zero, graded, seed }
}

/// Seconds since 1970 as a UTC date (Hinnant's civil-from-days).
fn rfc3339(seconds: u64) -> String {
    let (days, rest) = ((seconds / 86_400) as i64, seconds % 86_400);
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let (day, month) = (doy - (153 * mp + 2) / 5 + 1, if mp < 10 { mp + 3 } else { mp - 9 });
    let year = yoe + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3600, rest / 60 % 60, rest % 60)
}
