//! `trainer simulate`: simulated visitors, their fidelity and memorisation.

mod rank_test;

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use clap::Parser;
use serde_json::{Value, json};
use windowshop_behaviour::simulate::{
    Fidelity, Memorisation, ShopProfile, SimulateSettings, fidelity, memorisation, simulate,
};
use windowshop_ingest::Dataset;

use crate::{
    dataset,
    learning::split::{Cut, is_drawn},
    progress::Progress,
    ranking::sample::is_training_list,
    report,
    simulation::{
        click_model::{self, ClickModelName},
        origin::{ABOUT, KEY, Origin},
        shop::Shop,
        store::{self, Draft, Written},
    },
};

/// Statistics that need times.
const TIME_STATISTICS: [&str; 3] = ["hours of the week", "months", "days between visits"];

#[derive(Debug, clap::Args)]
pub struct Args {
    /// A dataset of an event log or of histories, from `trainer ingest`.
    #[arg(long)]
    data: PathBuf,
    /// Output folder: data files and store.toml for `trainer ingest`, click_model.json, fidelity.json and fidelity.html.
    #[arg(long)]
    out: PathBuf,
    /// Number of simulated visitors; by default ten per fitted visitor, at most as many as the dataset has.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    users: Option<u32>,
    /// Seed of every random number. Lists that a ranker of this seed validates or tests on are left out of the fit.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Share of the visitors to fit to, sampled by the seed as the ranker's setting of the same name does.
    #[arg(long, default_value_t = 1.0)]
    visitor_share: f64,
    /// The ranker's setting of the same name; by default that of the store.
    #[arg(long)]
    validation_share: Option<f64>,
    /// The ranker's setting of the same name; by default that of the store.
    #[arg(long)]
    test_share: Option<f64>,
    /// Click model of the lists.
    #[arg(long, value_enum, default_value = "pbm")]
    click_model: ClickModelName,
    /// Number of days to simulate; by default that of the log.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    days: Option<u32>,
    /// Minimum number of visitors of a transition or list to be simulated (a k-anonymity threshold); 1 keeps everything. Personalised lists are
    /// dropped by any larger value.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    min_visitors: u32,
    /// Also train rankers on the simulated and on the real data and test both on held-out real lists (TSTR).
    #[arg(long)]
    rank_test: bool,
    /// Fit, print what would be written, and stop.
    #[arg(long)]
    dry_run: bool,
    /// Print nothing: the simulation is a step of another command.
    #[arg(skip)]
    quiet: bool,
}

impl Args {
    /// Parses options given as settings (`users=3000`), for commands that simulate as a step.
    ///
    /// # Errors
    /// If an option is unknown or invalid.
    pub fn of(data: &Path, out: &Path, seed: u64, settings: &[String]) -> anyhow::Result<Self> {
        #[derive(Debug, Parser)]
        #[command(no_binary_name = true, disable_help_flag = true)]
        struct Options {
            #[command(flatten)]
            args: Args,
        }
        let mut words: Vec<OsString> = vec!["--data".into(), data.into(), "--out".into(), out.into()];
        words.push(format!("--seed={seed}").into());
        for setting in settings {
            let Some((key, value)) = setting.split_once('=') else {
                bail!("{setting}: expected key=value, such as users=3000");
            };
            words.push(format!("--{}={value}", key.trim().replace('_', "-")).into());
        }
        match Options::try_parse_from(words) {
            Ok(Options { args }) => Ok(Self { quiet: true, ..args }),
            Err(error) => {
                let text = error.to_string();
                let first = text.lines().next().unwrap_or_default();
                bail!("{}; the options are those of `trainer simulate`", first.trim_start_matches("error: "))
            }
        }
    }

    /// The split of a ranker of the same seed.
    fn cut(&self, dataset: &Dataset) -> Cut {
        let ranker = &dataset.store.train.ranker;
        Cut {
            seed: self.seed,
            validation_share: self.validation_share.unwrap_or(ranker.validation_share),
            test_share: self.test_share.unwrap_or(ranker.test_share),
            fold_offset: 0.0,
        }
    }
}

/// Default number of simulated visitors per fitted visitor.
const EXPANSION: f64 = 10.0;

pub fn run(args: &Args) -> anyhow::Result<()> {
    store::check_free(&args.out)?;
    let progress = Progress::new(if args.rank_test { 7 } else { 6 }, None)?;
    progress.step("reading");
    let dataset = dataset::open(&args.data)?;
    let share = args.visitor_share;
    if !(share > 0.0 && share <= 1.0) {
        bail!("--visitor-share {share}: expected a share of the visitors, above 0 and at most 1");
    }
    let cut = args.cut(&dataset);
    let real =
        Shop::of(&dataset, |list| is_training_list(list, share, cut), |visitor| is_drawn(visitor, share, args.seed))?;
    progress.step("fitting");
    let profile =
        ShopProfile::fit_with_min_visitors(&real.log, &args.click_model.settings(), args.min_visitors as usize)
            .with_context(|| format!("fitting to {} visitors (visitor_share {share})", real.log.visitors()))?;
    if profile.lists() == 0 && args.min_visitors > 1 && args.rank_test {
        bail!(
            "--min-visitors {}: none of {} lists was shown to so many visitors, but a ranker needs lists; leave out --rank-test, or lower the minimum",
            args.min_visitors,
            real.log.impressions().count()
        );
    }
    let users = args.users.map_or_else(
        || (real.log.visitors() as f64 * EXPANSION.min(1.0 / share)).round() as usize,
        |users| users as usize,
    );
    let origin = Origin {
        name: dataset.name.clone(),
        dataset: dataset.fingerprint.clone(),
        cut,
        visitor_share: share,
        counts: json!({
            "visitors": real.log.visitors(),
            "visits": real.log.visits().len(),
            "lists": real.log.impressions().count(),
            "lists_left_out": real.held_out,
            "products": real.log.products().len(),
        }),
    };
    if args.dry_run {
        progress.finish();
        println!("fitted to    {}", origin.counts);
        println!("would write  {users} visitors to {}", args.out.display());
        return Ok(());
    }
    progress.step("simulating");
    let settings = SimulateSettings { visitors: users, seed: args.seed, days: args.days, ..Default::default() };
    let simulated = simulate(&profile, &settings)?;
    progress.step("comparing");
    let mut similarity = fidelity(&real.log, &simulated);
    if !real.timed {
        similarity.distances.retain(|distance| !TIME_STATISTICS.contains(&distance.name));
    }
    progress.step("measuring memorisation");
    let copies = if args.quiet { None } else { memorisation(&real.log, &simulated, args.seed) };
    progress.step("writing");
    let draft = Draft::begin(&args.out)?;
    let written = store::write(&simulated, &dataset, real.timed, args.seed, draft.folder())?;
    if let Some(model) = profile.click_model() {
        click_model::write(&draft.folder().join("click_model.json"), model)?;
    }
    let tested = match args.rank_test {
        true => {
            progress.step("training two rankers");
            let work = tempfile::tempdir()?;
            Some(rank_test::evaluate(&args.data, draft.folder(), cut, share, work.path())?)
        }
        false => None,
    };
    let about = about(args, &origin, users, written, &similarity, copies.as_ref(), tested);
    fs::write(draft.folder().join(ABOUT), serde_json::to_string_pretty(&about)? + "\n")?;
    fs::write(draft.folder().join("fidelity.html"), report::fidelity::page(&about, &similarity, copies.as_ref())?)?;
    draft.publish()?;
    progress.finish();
    if args.quiet {
        return Ok(());
    }
    print!("{}", table(&similarity));
    if let Some(copies) = &copies {
        print!("{}", report::memorisation::table(copies));
    }
    if let Some(tested) = about.get("rank_test") {
        println!("\n{:26} {:>8}  95 %", "ndcg@10 on real lists", "");
        for row in ["train_on_real", "train_on_simulated", "shop_order"] {
            let of = &tested[row];
            let [low, high] = [0, 1].map(|end| of["ndcg@10_ci95"][end].as_f64().unwrap_or(f64::NAN));
            println!("{row:26} {:8.4}  [{low:.4}, {high:.4}]", of["ndcg@10"].as_f64().unwrap_or(f64::NAN));
        }
    }
    println!(
        "\nwrote {}: {} visitors, {} rows, {} lists, all marked as simulated\nnext: trainer ingest {} --out DATASET",
        args.out.display(),
        written.visitors,
        written.rows,
        written.lists,
        args.out.join("store.toml").display()
    );
    Ok(())
}

fn about(
    args: &Args,
    origin: &Origin,
    users: usize,
    written: Written,
    similarity: &Fidelity,
    copies: Option<&Memorisation>,
    tested: Option<Value>,
) -> Value {
    let mut about = json!({
        "simulated": true,
        KEY: origin,
        "seed": args.seed,
        "users": users,
        "click_model": args.click_model.name(),
        "written": written,
        "min_visitors": args.min_visitors,
        "fidelity": similarity,
        "memorisation": copies,
    });
    if let Some(tested) = tested {
        about["rank_test"] = tested;
    }
    about
}

fn table(similarity: &Fidelity) -> String {
    let mut out = format!("{:38} {:>9} {:>9}\n", "distance from the real log", "", "floor");
    for distance in &similarity.distances {
        let floor = distance.floor.map_or_else(|| "-".into(), |floor| format!("{floor:.4}"));
        out += &format!("{:38} {:9.4} {floor:>9}\n", distance.name, distance.distance);
    }
    out += &format!("{:38} {:>9} {:>9}\n", "rate", "real", "simulated");
    for rate in similarity.rates.iter().filter(|rate| rate.real != 0.0 || rate.simulated != 0.0) {
        out += &format!("{:38} {:9.4} {:9.4}\n", rate.name, rate.real, rate.simulated);
    }
    out
}
