//! `trainer train`: learn a network. One file a task.

mod image;
mod intent;
mod ranker;
mod sentiment;
mod sequence;

use std::{path::PathBuf, time::SystemTime};

use anyhow::bail;

pub use ranker::protocol;

use crate::{device::DeviceName, run};

/// Weights, gradient, two moments, the average and the best, in f32.
const BYTES_A_PARAMETER: usize = 24;

#[derive(Debug, clap::Subcommand)]
pub enum Task {
    /// The ranker: query, session and item quality to one score.
    Ranker(Args),
    /// The tone of a review: negative, neutral or positive.
    Sentiment(Args),
    /// What comes of a visit or of a customer's interest in an item, from labelled rows.
    Intent(Args),
    /// The next item of a session.
    Sequence(Args),
    /// The category and the look of a photo.
    Image(Args),
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

impl Args {
    /// Everything that `--set` and its short forms say.
    fn settings(&self) -> Vec<String> {
        let epochs = self.epochs.map(|epochs| format!("epochs={epochs}"));
        self.sets.iter().cloned().chain(epochs).collect()
    }
}

/// `trainer train`
pub fn run(task: &Task) -> anyhow::Result<()> {
    match task {
        Task::Ranker(args) => ranker::ranker(args),
        Task::Sentiment(args) => sentiment::sentiment(args),
        Task::Intent(args) => intent::intent(args),
        Task::Sequence(args) => sequence::sequence(args),
        Task::Image(args) => image::image(args),
    }
}

/// Refuses a folder that holds a run, unless that is wanted.
fn fresh_run(args: &Args) -> anyhow::Result<()> {
    let finished = run::is_finished(&args.out);
    if !args.resume && (finished || args.out.join("checkpoint").exists()) && !args.dry_run {
        bail!("{}: holds a run already; choose another folder, remove it, or go on with --resume", args.out.display());
    }
    Ok(())
}

/// This moment, UTC.
fn now() -> String {
    rfc3339(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |d| d.as_secs()))
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
