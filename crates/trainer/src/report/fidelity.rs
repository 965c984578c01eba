//! How like the real visitors simulated ones are, as one HTML file that needs nothing else.

use maud::{Markup, PreEscaped, html};
use serde_json::Value;
use windowshop_behaviour::simulate::{Distance, Fidelity, Memorisation};

use super::{
    charts::{Axes, Series, lines},
    memorisation,
    page::{document, number, text},
};

/// The page; `about` is what `fidelity.json` says.
pub fn page(about: &Value, likeness: &Fidelity, memories: Option<&Memorisation>) -> anyhow::Result<String> {
    let name = text(&about["fitted_to"]["name"]);
    let charts: Vec<Markup> = likeness.distances.iter().map(chart).collect::<anyhow::Result<_>>()?;
    let body = html! {
        h1 { "Simulated visitors of " (name) }
        p.muted {
            (likeness.visitors[1]) " simulated visitors, fitted to " (likeness.visitors[0]) " real ones · click model " (text(&about["click_model"]))
            " · seed " (about["seed"]) " · nobody did any of this"
        }
        @if let Some(tested) = about.get("rank_test") { (rank_test(tested)) }
        section {
            h2 { "Distances" }
            p.muted {
                "0 is alike, 1 has nothing in common. The floor is the distance between two halves of the real visitors: what chance alone makes. "
                "Names are compared by Jensen-Shannon divergence, in bits; what has an order by Kolmogorov-Smirnov, the largest difference of shares up to a value."
            }
            table {
                thead { tr { th { "of" } th { "measure" } th { "distance" } th { "floor" } } }
                tbody { @for Distance { of, measure, distance, floor, .. } in &likeness.distances { tr {
                    td { (of) }
                    td { (measure.replace('_', "-")) }
                    td.number { (format!("{distance:.4}")) }
                    td.number { (floor.map_or_else(|| "–".into(), |floor| format!("{floor:.4}"))) }
                } } }
            }
        }
        section {
            h2 { "Shares" }
            table {
                thead { tr { th { "of" } th { "real" } th { "simulated" } } }
                tbody { @for rate in &likeness.rates { tr {
                    td { (rate.of) }
                    td.number { (format!("{:.4}", rate.real)) }
                    td.number { (format!("{:.4}", rate.simulated)) }
                } } }
            }
        }
        @if let Some(memories) = memories { (memorisation::section(memories)) }
        section { h2 { "Distributions" } div.charts { @for chart in &charts { figure style="margin:0" { (chart) } } } }
    };
    Ok(document(&format!("{name} – simulated visitors"), &body).into_string())
}

fn chart(distance: &Distance) -> anyhow::Result<Markup> {
    let curve = &distance.curve;
    let series = |name: &str, y: &[f64]| Series {
        name: name.into(),
        points: curve.x.iter().copied().zip(y.iter().copied()).collect(),
        ..Series::default()
    };
    let share = if distance.measure == "jensen_shannon" { "share" } else { "share up to" };
    let axes = Axes { x: distance.of, y: share, ..Axes::default() };
    Ok(PreEscaped(lines(&axes, &[series("real", &curve.real), series("simulated", &curve.simulated)])?))
}

fn rank_test(tested: &Value) -> Markup {
    let rows = [
        ("train_on_real", "real visitors"),
        ("train_on_simulated", "simulated visitors"),
        ("shop_order", "nobody: the order as shown"),
    ];
    let apart = &tested["ndcg@10_simulated_less_real"];
    let range = &tested["ndcg@10_simulated_less_real_ci95"];
    html! { section {
        h2 { "Train on simulated, test on real" }
        p.muted { "A ranker that learned from each, on " (tested["train_on_real"]["n"]) " real lists that neither it nor the simulation saw." }
        table {
            thead { tr { th { "learned from" } th { "NDCG@10" } th { "95 % interval" } } }
            tbody { @for (key, name) in rows { tr {
                td { (name) }
                td.number { (number(&tested[key]["ndcg@10"])) }
                td.number { (number(&tested[key]["ndcg@10_ci95"][0])) " to " (number(&tested[key]["ndcg@10_ci95"][1])) }
            } } }
        }
        p { "Simulated less real, list by list: " (number(apart)) " (" (number(&range[0])) " to " (number(&range[1])) ")" }
    } }
}
