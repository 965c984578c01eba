//! Fits every click model on one file and compares their perplexity on another:
//!
//! `cargo run --release -p windowshop-behaviour --example click_models -- TRAIN.tsv TEST.tsv`
//!
//! Both are tab-separated, one impression a row, with the columns `query_region`, `docs_by_rank` and `clicked_by_rank`. With `--validate`
//! the second file is not needed: models are compared on held-out parts of the first.

use std::path::Path;
use std::time::Instant;

use windowshop_behaviour::BehaviourError;
use windowshop_behaviour::clicks::{
    AnySettings, ClickLog, ClickModel, Columns, PbmSettings, evaluate, read_impressions, select,
};

fn main() -> Result<(), BehaviourError> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let columns = Columns::pyclick();
    let read = |path: &String| read_impressions(Path::new(path), b'\t', &columns, 1).map(|read| read.rows);
    let candidates = [vec![AnySettings::Pbm(PbmSettings::pyclick())], AnySettings::all()].concat();
    let name = |i: usize| if i == 0 { "PBM as in PyClick, 5 rounds" } else { candidates[i].name() };
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [_, "--validate"] => {
            let choice = select(&candidates, &read(&arguments[0])?, &[0.875, 0.5, 0.25], 300)?;
            for (i, perplexity) in choice.perplexities.iter().enumerate() {
                println!("{:32}{perplexity:9.4}{}", name(i), if i == choice.best { "  best" } else { "" });
            }
        }
        [_, _] => {
            let (train, test) = (ClickLog::new(&read(&arguments[0])?)?, read(&arguments[1])?);
            println!(
                "{:32}{:>9}{:>18}{:>9}{:>13}{:>9}{:>8}{:>9}",
                "", "perplex.", "95 % interval", "pooled", "conditional", "log-lik.", "rounds", "seconds"
            );
            for (i, settings) in candidates.iter().enumerate() {
                let start = Instant::now();
                let fitted = settings.fit(&train)?;
                let seconds = start.elapsed().as_secs_f64();
                let e = evaluate(&fitted.model, &test, 1)?;
                println!(
                    "{:32}{:9.4}{:>18}{:9.4}{:13.4}{:9.4}{:8}{seconds:9.2}",
                    name(i),
                    e.perplexity.value,
                    format!("[{:.4}, {:.4}]", e.perplexity.ci95[0], e.perplexity.ci95[1]),
                    e.pooled_perplexity.value,
                    e.conditional_perplexity.value,
                    e.log_likelihood,
                    fitted.trace.len(),
                );
                if let (Some(propensities), "position-based (PBM)") = (fitted.model.propensities(), name(i)) {
                    let shown: Vec<_> = propensities.values().iter().map(|p| format!("{p:.2}")).collect();
                    println!("  propensities: {}", shown.join(" "));
                }
            }
        }
        _ => println!("usage: click_models TRAIN.tsv TEST.tsv | click_models TRAIN.tsv --validate"),
    }
    Ok(())
}
