//! Fidelity of simulated visitors, as one self-contained HTML file.

use maud::{Markup, PreEscaped, html};
use serde_json::Value;
use windowshop_behaviour::simulate::{Distance, Fidelity, Memorisation};

use super::{
    charts::{Axes, Series, lines},
    memorisation,
    page::{document, number, text},
};

/// The page; `about` is the content of `fidelity.json`.
pub fn page(about: &Value, fidelity: &Fidelity, found: Option<&Memorisation>) -> anyhow::Result<String> {
    let name = text(&about["fitted_to"]["name"]);
    let charts: Vec<Markup> = fidelity.distances.iter().map(chart).collect::<anyhow::Result<_>>()?;
    let body = html! {
        h1 { "Simulated visitors of " (name) }
        p.muted {
            (fidelity.visitors[1]) " simulated visitors, fitted to " (fidelity.visitors[0]) " real ones · click model " (text(&about["click_model"]))
            " · seed " (about["seed"]) " · no real behaviour"
        }
        @if let Some(tested) = about.get("rank_test") { (rank_test(tested)) }
        section {
            h2 { "Distances" }
            p.muted {
                "0 means equal, 1 disjoint. The floor is the distance between two halves of the real visitors: sampling noise. "
                "Categories are compared by Jensen-Shannon divergence in bits, ordered values by Kolmogorov-Smirnov, the largest difference of the cumulative shares."
            }
            table {
                thead { tr { th { "statistic" } th { "measure" } th { "distance" } th { "floor" } } }
                tbody { @for Distance { name, measure, distance, floor, .. } in &fidelity.distances { tr {
                    td { (name) }
                    td { (measure.replace('_', "-")) }
                    td.number { (format!("{distance:.4}")) }
                    td.number { (floor.map_or_else(|| "–".into(), |floor| format!("{floor:.4}"))) }
                } } }
            }
        }
        section {
            h2 { "Rates" }
            table {
                thead { tr { th { "rate" } th { "real" } th { "simulated" } } }
                tbody { @for rate in &fidelity.rates { tr {
                    td { (rate.name) }
                    td.number { (format!("{:.4}", rate.real)) }
                    td.number { (format!("{:.4}", rate.simulated)) }
                } } }
            }
        }
        @if let Some(found) = found { (memorisation::section(found)) }
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
    let share = if distance.measure == "jensen_shannon" { "share" } else { "cumulative share" };
    let axes = Axes { x: distance.name, y: share, ..Axes::default() };
    Ok(PreEscaped(lines(&axes, &[series("real", &curve.real), series("simulated", &curve.simulated)])?))
}

fn rank_test(tested: &Value) -> Markup {
    let rows = [
        ("train_on_real", "real visitors"),
        ("train_on_simulated", "simulated visitors"),
        ("shop_order", "none: display order"),
    ];
    let difference = &tested["ndcg@10_simulated_less_real"];
    let range = &tested["ndcg@10_simulated_less_real_ci95"];
    html! { section {
        h2 { "Train on synthetic, test on real (TSTR)" }
        p.muted { "Rankers trained on each, tested on " (tested["train_on_real"]["n"]) " real lists held out from training and simulation." }
        table {
            thead { tr { th { "trained on" } th { "NDCG@10" } th { "95 % interval" } } }
            tbody { @for (key, name) in rows { tr {
                td { (name) }
                td.number { (number(&tested[key]["ndcg@10"])) }
                td.number { (number(&tested[key]["ndcg@10_ci95"][0])) " to " (number(&tested[key]["ndcg@10_ci95"][1])) }
            } } }
        }
        p { "Simulated less real, paired by list: " (number(difference)) " (" (number(&range[0])) " to " (number(&range[1])) ")" }
    } }
}
