//! `trainer evaluate`: metrics of a trained network with 95 % confidence intervals, one file per task.

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
use windowshop_schema::StoreConfig;

use crate::{
    dataset,
    device::DeviceName,
    learning::split::Split,
    run::{self, RunInfo},
    sentiment::corpus::split_of,
};

/// What to evaluate.
#[derive(Debug, clap::Subcommand)]
pub enum Target {
    /// Ranker: ndcg@10 mrr map rmse pairwise_accuracy worse_than_shop_rate
    Ranker(ranker::RankerArgs),
    /// Sentiment network: accuracy macro_f1 precision recall f1 auc auprc
    Sentiment(Args),
    /// Intent network: auc auprc accuracy precision recall f1 macro_f1 log_loss ece
    Intent(Args),
    /// Sequence network: p@20 mrr@20 ndcg@10 hr@10
    Sequence(sequence::SequenceArgs),
    /// Image network: accuracy macro_f1 recall@1
    Image(image::ImageArgs),
    /// Generator of table rows: two_sample_accuracy marginal_distance association_distance copied_rate
    Tabular(Args),
    /// Click models fitted to a log: perplexity by rank and pooled, log-likelihood, propensities
    Clicks(clicks::ClicksArgs),
    /// Off-policy value of another policy, from a log with propensities: ips snips doubly_robust
    Policy(policy::PolicyArgs),
    /// Generator of images: frechet kid precision recall density coverage, in the features of an image network
    Gan(gan::GanArgs),
}

#[derive(Debug, clap::Args)]
pub struct Args {
    /// A run folder or an exported bundle.
    #[arg(long)]
    model: PathBuf,
    /// A dataset folder, or raw data in the format of the training data.
    #[arg(long)]
    data: PathBuf,
    /// The split to evaluate on; by default the test split of the run's own dataset, or all of other data.
    #[arg(long, value_enum)]
    split: Option<Split>,
    /// The description of the store, store.toml; needed for a bundle and raw data.
    #[arg(long)]
    store: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// Where to compute.
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceName,
    /// Write the input and output of each example as JSON lines, to compare engines; for a generator, images of the first seeds
    /// of each category.
    #[arg(long)]
    dump: Option<PathBuf>,
    /// Write the inputs of the network with labels and scores as safetensors, to train another model on the same numbers.
    #[arg(long)]
    rows: Option<PathBuf>,
    /// Most examples to evaluate.
    #[arg(long)]
    limit: Option<usize>,
}

/// `trainer evaluate`
pub fn run(target: &Target) -> anyhow::Result<()> {
    match target {
        Target::Ranker(args) => ranker::ranker(args),
        Target::Sentiment(args) => sentiment::sentiment(args),
        Target::Intent(args) => intent::intent(args),
        Target::Sequence(args) => sequence::sequence(args),
        Target::Image(args) => image::image(args),
        Target::Tabular(args) => tabular::tabular(args),
        Target::Clicks(args) => clicks::clicks(args),
        Target::Policy(args) => policy::policy(args),
        Target::Gan(args) => gan::gan(args),
    }
}

/// What a network reads, and so which raw files an evaluation needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reads {
    Lists,
    Sessions,
    Reviews,
    TableRows,
    Visits,
    Photos,
}

/// The data of an evaluation.
struct Opened {
    /// `None` for an exported bundle.
    info: Option<RunInfo>,
    dataset: Dataset,
    /// The split to evaluate on; `None` is all data.
    split: Option<Split>,
    /// The folder of the dataset ingested from raw data, removed at the end.
    _raw: Option<TempDir>,
}

impl Opened {
    fn new(args: &Args, reads: Reads) -> anyhow::Result<Self> {
        let info = run::find_info(&args.model)?;
        let (dataset, raw) = if args.data.join("dataset.json").exists() {
            (dataset::open(&args.data)?, None)
        } else {
            let store = match (&info, &args.store) {
                (_, Some(path)) => crate::config::store(path)?,
                (Some(info), None) => info.store.clone(),
                (None, None) => bail!(
                    "{}: a bundle does not describe raw files; give --store store.toml, an ingested dataset, or the run",
                    args.model.display()
                ),
            };
            let dir = tempfile::tempdir()?;
            (ingest_raw_into(&narrowed(store, reads), &args.data, dir.path())?, Some(dir))
        };
        let own = info.as_ref().is_some_and(|info| info.dataset == dataset.fingerprint);
        if args.split.is_some() && info.is_none() {
            bail!("--split: a bundle does not record its splits; give the run as --model");
        }
        Ok(Self { split: args.split.or(own.then_some(Split::Test)), info, dataset, _raw: raw })
    }

    /// Whether a review is evaluated.
    fn wants_review(&self, review: &Review) -> bool {
        let (Some(wanted), Some(info)) = (self.split, &self.info) else { return true };
        let holdout = info.config["holdout_category"].as_str().unwrap_or_default();
        split_of(review, holdout, &info.cut) == wanted
    }

    /// Whether the examples of a key are evaluated.
    fn wants(&self, key: &str) -> bool {
        match (self.split, &self.info) {
            (Some(wanted), Some(info)) => info.cut.of(key) == wanted,
            _ => true,
        }
    }
}

/// The store without the sections that the evaluation does not need: raw data may lack those files, and a single file then
/// stands for the section that is left.
fn narrowed(mut store: StoreConfig, reads: Reads) -> StoreConfig {
    let behaviour = matches!(reads, Reads::Lists | Reads::Sessions);
    if !behaviour {
        (store.lists, store.histories) = (None, None);
    }
    if !behaviour && reads != Reads::Visits {
        (store.catalogue, store.events) = (None, None);
    }
    if reads != Reads::TableRows {
        (store.table, store.transactions) = (None, None);
    }
    if reads != Reads::Photos {
        store.photos = None;
    }
    store.reviews = store.reviews.filter(|_| reads == Reads::Reviews);
    // The item of a review does not matter for its sentiment.
    if let Some(reviews) = &mut store.reviews {
        reviews.item = None;
    }
    store
}

/// Ingests raw data with the columns of the training data.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_evaluation_keeps_the_sections_that_its_network_reads() {
        let store: StoreConfig = toml::from_str(include_str!("../store_template.toml")).unwrap();
        let lists = narrowed(store.clone(), Reads::Lists);
        assert_eq!((lists.lists.is_some(), lists.events.is_some()), (store.lists.is_some(), store.events.is_some()));
        assert!(lists.reviews.is_none() && lists.photos.is_none() && lists.table.is_none());
        let visits = narrowed(store.clone(), Reads::Visits);
        assert_eq!(visits.events.is_some(), store.events.is_some());
        assert!(visits.lists.is_none() && visits.table.is_none() && visits.transactions.is_none());
        let rows = narrowed(store.clone(), Reads::TableRows);
        assert_eq!(rows.table.is_some(), store.table.is_some());
        assert!(rows.events.is_none() && rows.catalogue.is_none());
    }
}
