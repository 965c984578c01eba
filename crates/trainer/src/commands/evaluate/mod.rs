//! `trainer evaluate`: metrics of a trained network with 95 % confidence intervals. One file a task.

mod clicks;
mod gan;
mod image;
mod intent;
mod policy;
mod ranker;
mod sentiment;
mod sequence;
mod tabular;

use std::path::{Path, PathBuf};

use anyhow::bail;
use serde_json::{Map, Value};
use tempfile::TempDir;
use windowshop_ingest::{Dataset, IngestOptions, Review};
use windowshop_schema::{NetworkKind, StoreConfig};

use crate::{
    dataset,
    device::DeviceName,
    learning::split::Split,
    run::{self, RunInfo},
    sentiment::corpus::split_of,
};

#[derive(Debug, clap::Subcommand)]
pub enum Task {
    /// ndcg@10 mrr map rmse pairwise_accuracy worse_than_shop_rate
    Ranker(ranker::RankerArgs),
    /// accuracy macro_f1 precision recall f1 auc auprc
    Sentiment(Args),
    /// auc auprc accuracy precision recall f1 macro_f1 log_loss ece
    Intent(Args),
    /// p@20 mrr@20 ndcg@10 hr@10
    Sequence(sequence::SequenceArgs),
    /// accuracy macro_f1 recall@1
    Image(image::ImageArgs),
    /// two_sample_accuracy marginal_distance association_distance copied_rate
    Tabular(Args),
    /// Click models fitted to a log: perplexity by rank and pooled, log-likelihood, propensities
    Clicks(clicks::ClicksArgs),
    /// What another policy would have earned, from a log with propensities: ips snips doubly_robust
    Policy(policy::PolicyArgs),
    /// frechet kid precision recall density coverage, in the features of an image network
    Gan(gan::GanArgs),
}

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder of a run, or an exported bundle.
    #[arg(long)]
    model: PathBuf,
    /// A dataset folder, or a raw file or folder like the one the run was trained on.
    #[arg(long)]
    data: PathBuf,
    /// Which lists; by default the test part of the run's own dataset, and everything of any other data.
    #[arg(long, value_enum)]
    split: Option<Split>,
    /// The store's description, where the model is a bundle and the data are raw.
    #[arg(long)]
    store: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// Where to compute.
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceName,
    /// Write each list's items, query, session and scores as JSON lines, for comparing with another engine; of a generator,
    /// pictures of the first seeds of each category.
    #[arg(long)]
    dump: Option<PathBuf>,
    /// Write the rows as the ranker or the intent network reads them, with labels and scores, as safetensors: for training
    /// another learner on the same numbers.
    #[arg(long)]
    rows: Option<PathBuf>,
    /// Use only the first so many lists.
    #[arg(long)]
    limit: Option<usize>,
}

/// `trainer evaluate`
pub fn run(task: &Task) -> anyhow::Result<()> {
    match task {
        Task::Ranker(args) => ranker::ranker(args),
        Task::Sentiment(args) => sentiment::sentiment(args),
        Task::Intent(args) => intent::intent(args),
        Task::Sequence(args) => sequence::sequence(args),
        Task::Image(args) => image::image(args),
        Task::Tabular(args) => tabular::tabular(args),
        Task::Clicks(args) => clicks::clicks(args),
        Task::Policy(args) => policy::policy(args),
        Task::Gan(args) => gan::gan(args),
    }
}

/// The run that is judged, and what on.
struct Opened {
    info: Option<RunInfo>,
    dataset: Dataset,
    /// The part of the data that is judged; everything where there is none.
    split: Option<Split>,
    /// Where raw data were ingested to, for as long as this lives.
    _raw: Option<TempDir>,
}

impl Opened {
    /// `part` is the network that is judged, or the ranker.
    fn new(args: &Args, part: Option<NetworkKind>) -> anyhow::Result<Self> {
        let info = run::read_info(&args.model).ok();
        let (dataset, raw) = if args.data.join("dataset.json").exists() {
            (dataset::open(&args.data)?, None)
        } else {
            let store = match (&info, &args.store) {
                (_, Some(path)) => crate::config::store(path)?,
                (Some(info), None) => info.store.clone(),
                (None, None) => bail!(
                    "{}: a bundle does not say how raw files are read: give --store store.toml, an ingested dataset, or the run",
                    args.model.display()
                ),
            };
            let dir = tempfile::tempdir()?;
            (ingest_raw_into(&narrowed(store, part), &args.data, dir.path())?, Some(dir))
        };
        let own = info.as_ref().is_some_and(|info| info.dataset == dataset.fingerprint);
        if args.split.is_some() && info.is_none() {
            bail!("--split: a bundle does not know how its data were split; give the run as --model");
        }
        Ok(Self { split: args.split.or(own.then_some(Split::Test)), info, dataset, _raw: raw })
    }

    /// Is this review in the part that is judged?
    fn wants_review(&self, review: &Review) -> bool {
        let (Some(wanted), Some(info)) = (self.split, &self.info) else { return true };
        let holdout = info.config["holdout_category"].as_str().unwrap_or_default();
        split_of(review, holdout, &info.cut) == wanted
    }

    /// Is this key in the part that is judged?
    fn wants(&self, key: &str) -> bool {
        match (self.split, &self.info) {
            (Some(wanted), Some(info)) => info.cut.of(key) == wanted,
            _ => true,
        }
    }
}

/// The store without what this network, or the ranker, is not judged on: raw data need not have those files, and a single
/// file stands for what is left.
fn narrowed(mut store: StoreConfig, part: Option<NetworkKind>) -> StoreConfig {
    // Rows of a table are read before those of visits, as in training.
    let visits = part == Some(NetworkKind::Intent) && store.table.is_none() && store.transactions.is_none();
    if !matches!(part, None | Some(NetworkKind::Sequence)) {
        (store.lists, store.histories) = (None, None);
        if !visits {
            (store.catalogue, store.events) = (None, None);
        }
    }
    if part != Some(NetworkKind::Sentiment) {
        store.reviews = None;
    }
    if part != Some(NetworkKind::Intent) {
        (store.table, store.transactions) = (None, None);
    }
    if !matches!(part, Some(NetworkKind::Image | NetworkKind::Generator)) {
        store.photos = None;
    }
    // Which item a review is of says nothing about its sentiment.
    if let Some(reviews) = &mut store.reviews {
        reviews.item = None;
    }
    store
}

/// Ingests raw data with the columns the run was trained with.
fn ingest_raw_into(store: &StoreConfig, data: &Path, out: &Path) -> anyhow::Result<Dataset> {
    if !data.exists() {
        bail!("{}: no such file or folder", data.display());
    }
    let out = out.join("dataset");
    let options = IngestOptions { skip_training_files: true, ..dataset::ingest_options()? };
    windowshop_ingest::ingest_raw(store, data, None, &out, &options)?;
    dataset::open(&out)
}

fn print(out: &Map<String, Value>, json: bool) {
    if json {
        println!("{}", Value::Object(out.clone()));
        return;
    }
    for (name, value) in out.iter().filter(|(name, _)| !name.ends_with("_ci95")) {
        match (value.as_f64(), out.get(&format!("{name}_ci95"))) {
            (Some(value), Some(ci)) => println!(
                "{name:22} {value:.4}  [{:.4}, {:.4}]",
                ci[0].as_f64().unwrap_or(f64::NAN),
                ci[1].as_f64().unwrap_or(f64::NAN)
            ),
            _ => println!("{name:22} {value}"),
        }
    }
}
