//! How much simulated visitors give away of the real ones, as text and as a section of their page.

use maud::{Markup, html};
use windowshop_behaviour::simulate::{Memorisation, RunLengths};

/// What a measure is of, and what is said of all of them.
const MEANING: &str = "Simulated visitors beside the visitors they were fitted to; real: each of these beside all others, as a visitor is of whom nothing is known.";
/// What no measure says.
const LIMIT: &str = "No warning is no proof of privacy: it says that visitors are not copied.";

/// For a terminal.
pub fn table(found: &Memorisation) -> String {
    let mut out = format!("{:52} {:>9} {:>9}  less real, 95 %\n", "given away", "real", "simulated");
    for measure in &found.measures {
        let [low, high] = measure.apart.ci95;
        out += &format!(
            "{:52} {:9.4} {:9.4}  {:+.4} [{low:+.4}, {high:+.4}]\n",
            measure.of, measure.real.value, measure.simulated.value, measure.apart.value
        );
    }
    let runs = |runs: &RunLengths| format!("{} {} {}", runs.median, runs.p95, runs.most);
    out += &format!(
        "{:52} {:>9} {:>9}\n",
        "longest shared run: median, 95 %, most",
        runs(&found.real_runs),
        runs(&found.simulated_runs)
    );
    if let Some(share) = found.lists_of_one {
        out += &format!("{:52} {:>9} {share:9.4}\n", "lists that were shown to one visitor alone, share", "");
    }
    for warning in warnings(found) {
        out += &format!("warning: {warning}\n");
    }
    out
}

/// What should be known before the visitors are given to anybody.
fn warnings(found: &Memorisation) -> Vec<String> {
    found
        .warnings()
        .map(|measure| {
            format!(
                "simulated visitors repeat real ones: {}: {:.4}, where real visitors who know nothing of each other reach {:.4}; treat them as personal data; --min-visitors above 1 leaves out what few did, and more visitors to fit to hide each of them",
                measure.of, measure.simulated.value, measure.real.value
            )
        })
        .collect()
}

/// For the page.
pub fn section(found: &Memorisation) -> Markup {
    let runs = |runs: &RunLengths| {
        html! {
            td.number { (runs.median) } td.number { (runs.p95) } td.number { (runs.most) }
        }
    };
    html! { section {
        h2 { "What is given away of real visitors" }
        p.muted { (MEANING) " " (LIMIT) }
        @for warning in warnings(found) { p { b { "Warning: " } (warning) } }
        table {
            thead { tr { th { "of" } th { "real" } th { "simulated" } th { "simulated less real" } th { "95 %" } } }
            tbody { @for measure in &found.measures { tr {
                td { (measure.of) }
                td.number { (format!("{:.4}", measure.real.value)) }
                td.number { (format!("{:.4}", measure.simulated.value)) }
                td.number { (format!("{:+.4}", measure.apart.value)) }
                td.number { (format!("{:+.4} to {:+.4}", measure.apart.ci95[0], measure.apart.ci95[1])) }
            } } }
        }
        br;
        table {
            thead { tr { th { "longest run of picks shared with one visitor" } th { "median" } th { "95 %" } th { "most" } } }
            tbody {
                tr { td { "real visitors" } (runs(&found.real_runs)) }
                tr { td { "simulated visitors" } (runs(&found.simulated_runs)) }
            }
        }
        @if let Some(share) = found.lists_of_one {
            p { (format!("{:.1} %", 100.0 * share)) " of the lists shown to simulated visitors were shown to one real visitor alone." }
        }
    } }
}
