//! `trainer simulate`: visitors like those of a dataset, and how like they are.

mod rank_test;

use std::{fs, path::PathBuf};

use serde_json::{Value, json};
use windowshop_behaviour::simulate::{Fidelity, ShopProfile, SimulateSettings, fidelity, simulate};
use windowshop_ingest::{Dataset, List};

use crate::{
    dataset,
    learning::split::{Cut, Split},
    progress::Progress,
    report,
    simulation::{
        click_model::{self, ClickModelName},
        shop::Shop,
        store::{self, Draft, Written},
    },
};

/// What a distribution over time is called; where times are not known it says nothing.
const OF_TIME: [&str; 3] = ["hours of the week", "months", "days between visits"];

#[derive(Debug, clap::Args)]
pub struct Args {
    /// A dataset of an event log or of histories, as `trainer ingest` wrote it.
    #[arg(long)]
    data: PathBuf,
    /// The folder to write: files and store.toml for `trainer ingest`, click_model.json, fidelity.json and fidelity.html.
    #[arg(long)]
    out: PathBuf,
    /// Visitors drawn.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..))]
    users: u32,
    /// Seed of every random number. Lists that a ranker of this seed is tested on are left out of what is fitted.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The model by which lists are clicked.
    #[arg(long, value_enum, default_value = "pbm")]
    click_model: ClickModelName,
    /// Days that are simulated; as many as the log has where it is left out.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    days: Option<u32>,
    /// Also train a ranker on the simulated and one on the real data and test both on the real lists that were left out.
    #[arg(long)]
    rank_test: bool,
    /// Fit, say what would be written, and stop.
    #[arg(long)]
    dry_run: bool,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    store::check_free(&args.out)?;
    let progress = Progress::new(if args.rank_test { 6 } else { 5 }, None)?;
    progress.step("reading");
    let dataset = dataset::open(&args.data)?;
    let ranker = &dataset.store.train.ranker;
    let (validation_share, test_share) = (ranker.validation_share, ranker.test_share);
    let cut = Cut { seed: args.seed, validation_share, test_share, turn: 0.0 };
    let real = Shop::of(&dataset, |list: &List| cut.of(&list.key) == Split::Test)?;
    progress.step("fitting");
    let profile = ShopProfile::fit(&real.log, &args.click_model.settings())?;
    let fitted = json!({
        "visits": real.log.visits().len(),
        "lists": real.log.impressions().count(),
        "lists_left_out": real.held_out,
        "products": real.log.products().len(),
    });
    if args.dry_run {
        progress.finish();
        println!("fitted to    {fitted}");
        println!("would draw   {} visitors into {}", args.users, args.out.display());
        return Ok(());
    }
    progress.step("drawing");
    let settings =
        SimulateSettings { visitors: args.users as usize, seed: args.seed, days: args.days, ..Default::default() };
    let drawn = simulate(&profile, &settings)?;
    progress.step("comparing");
    let mut likeness = fidelity(&real.log, &drawn);
    if !real.timed {
        likeness.distances.retain(|distance| !OF_TIME.contains(&distance.of));
    }
    progress.step("writing");
    let draft = Draft::begin(&args.out)?;
    let written = store::write(&drawn, &dataset, real.timed, args.seed, &draft.folder())?;
    if let Some(model) = profile.click_model() {
        click_model::write(&draft.folder().join("click_model.json"), model)?;
    }
    let tested = match args.rank_test {
        true => {
            progress.step("training two rankers");
            let work = tempfile::tempdir()?;
            Some(rank_test::judge(&args.data, &draft.folder(), args.seed, work.path())?)
        }
        false => None,
    };
    let about = about(args, &dataset, &fitted, written, &likeness, tested);
    fs::write(draft.folder().join("fidelity.json"), serde_json::to_string_pretty(&about)? + "\n")?;
    fs::write(draft.folder().join("fidelity.html"), report::fidelity::page(&about, &likeness)?)?;
    draft.publish()?;
    progress.finish();
    print!("{}", table(&likeness));
    if let Some(tested) = about.get("rank_test") {
        println!("\n{:26} {:>8}  95 %", "ndcg@10 on real lists", "");
        for who in ["train_on_real", "train_on_simulated", "shop_order"] {
            let of = &tested[who];
            let [low, high] = [0, 1].map(|end| of["ndcg@10_ci95"][end].as_f64().unwrap_or(f64::NAN));
            println!("{who:26} {:8.4}  [{low:.4}, {high:.4}]", of["ndcg@10"].as_f64().unwrap_or(f64::NAN));
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
    dataset: &Dataset,
    fitted: &Value,
    written: Written,
    likeness: &Fidelity,
    tested: Option<Value>,
) -> Value {
    let mut about = json!({
        "simulated": true,
        "fitted_to": { "name": dataset.name, "dataset": dataset.fingerprint, "counts": fitted },
        "seed": args.seed,
        "users": args.users,
        "click_model": args.click_model.name(),
        "written": written,
        "fidelity": likeness,
    });
    if let Some(tested) = tested {
        about["rank_test"] = tested;
    }
    about
}

fn table(likeness: &Fidelity) -> String {
    let mut out = format!("{:38} {:>9} {:>9}\n", "distance from the real log", "", "floor");
    for distance in &likeness.distances {
        let floor = distance.floor.map_or_else(|| "-".into(), |floor| format!("{floor:.4}"));
        out += &format!("{:38} {:9.4} {floor:>9}\n", distance.of, distance.distance);
    }
    out += &format!("{:38} {:>9} {:>9}\n", "share", "real", "simulated");
    for rate in likeness.rates.iter().filter(|rate| rate.real != 0.0 || rate.simulated != 0.0) {
        out += &format!("{:38} {:9.4} {:9.4}\n", rate.of, rate.real, rate.simulated);
    }
    out
}
