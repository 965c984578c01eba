//! Memorisation of simulated visitors, as text and as a section of the fidelity page.

use maud::{Markup, html};
use windowshop_behaviour::simulate::{Memorisation, RunLengths};

/// How the measures are taken.
const MEANING: &str = "Simulated: simulated visitors against the visitors they were fitted to. Real: each fitted visitor against all others, the reference without memorisation.";
/// What the measures do not show.
const LIMIT: &str = "The absence of warnings is no proof of privacy: it only shows that visitors are not copied.";

/// As text.
pub fn table(found: &Memorisation) -> String {
    let mut out = format!("{:52} {:>9} {:>9}  less real, 95 %\n", "memorisation", "real", "simulated");
    for measure in &found.measures {
        let [low, high] = measure.difference.ci95;
        out += &format!(
            "{:52} {:9.4} {:9.4}  {:+.4} [{low:+.4}, {high:+.4}]\n",
            measure.name, measure.real.value, measure.simulated.value, measure.difference.value
        );
    }
    let runs = |runs: &RunLengths| format!("{} {} {}", runs.median, runs.p95, runs.most);
    out += &format!(
        "{:52} {:>9} {:>9}\n",
        "longest shared run: median, 95 %, max",
        runs(&found.real_runs),
        runs(&found.simulated_runs)
    );
    if let Some(share) = found.single_visitor_lists {
        out += &format!("{:52} {:>9} {share:9.4}\n", "lists of a single real visitor, share", "");
    }
    for warning in warnings(found) {
        out += &format!("warning: {warning}\n");
    }
    out
}

/// A warning per measure that exceeds its reference.
fn warnings(found: &Memorisation) -> Vec<String> {
    found
        .warnings()
        .map(|measure| {
            format!(
                "simulated visitors repeat real ones: {}: {:.4}, where independent real visitors reach {:.4}; treat them as personal data; raise --min-visitors above 1 to drop rare behaviour, or fit to more visitors",
                measure.name, measure.simulated.value, measure.real.value
            )
        })
        .collect()
}

/// As a section of the page.
pub fn section(found: &Memorisation) -> Markup {
    let runs = |runs: &RunLengths| {
        html! {
            td.number { (runs.median) } td.number { (runs.p95) } td.number { (runs.most) }
        }
    };
    html! { section {
        h2 { "Memorisation of real visitors" }
        p.muted { (MEANING) " " (LIMIT) }
        @for warning in warnings(found) { p { b { "Warning: " } (warning) } }
        table {
            thead { tr { th { "measure" } th { "real" } th { "simulated" } th { "simulated less real" } th { "95 %" } } }
            tbody { @for measure in &found.measures { tr {
                td { (measure.name) }
                td.number { (format!("{:.4}", measure.real.value)) }
                td.number { (format!("{:.4}", measure.simulated.value)) }
                td.number { (format!("{:+.4}", measure.difference.value)) }
                td.number { (format!("{:+.4} to {:+.4}", measure.difference.ci95[0], measure.difference.ci95[1])) }
            } } }
        }
        br;
        table {
            thead { tr { th { "longest run of picks shared with one visitor" } th { "median" } th { "95 %" } th { "max" } } }
            tbody {
                tr { td { "real visitors" } (runs(&found.real_runs)) }
                tr { td { "simulated visitors" } (runs(&found.simulated_runs)) }
            }
        }
        @if let Some(share) = found.single_visitor_lists {
            p { (format!("{:.1} %", 100.0 * share)) " of the lists shown to simulated visitors were shown to a single real visitor." }
        }
    } }
}
