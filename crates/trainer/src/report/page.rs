//! The report as HTML.

use base64::{Engine, prelude::BASE64_STANDARD};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::{Map, Value};

use super::{
    charts::{Axes, Series, lines},
    source::Source,
};

/// Style sheet of every page of the trainer.
const STYLE: &str = "
:root { color-scheme: light; }
body { font: 15px/1.5 system-ui, sans-serif; color: #333840; background: #f6f7f9; margin: 0; }
main { max-width: 1120px; margin: 0 auto; padding: 24px; }
h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 19px; margin: 0 0 12px; } h3 { font-size: 15px; margin: 16px 0 8px; }
section { background: #fff; border: 1px solid #e4e7ec; border-radius: 8px; padding: 20px; margin: 20px 0; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(420px, 1fr)); gap: 16px; }
svg { width: 100%; height: auto; }
table { border-collapse: collapse; } th, td { padding: 4px 14px 4px 0; text-align: left; vertical-align: top; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
.confusion td, .confusion th { padding: 8px 12px; text-align: center; }
.muted { color: #6b7280; } .confusion .muted { color: inherit; } code { font-size: 13px; overflow-wrap: anywhere; }
";

/// Renders the report.
pub fn page(source: &Source) -> anyhow::Result<String> {
    let curves = curves(&source.epochs)?;
    let reliability = reliability(&source.test)?;
    let body = html! {
        h1 { (source.manifest.name) }
        p.muted {
            @let tasks: Vec<&str> = source.cards.keys().map(String::as_str).collect();
            (tasks.join(", "))
            @if let Some(run) = &source.run { " · seed " (run.seed) " · dataset " code { (short(&run.dataset)) } }
        }
        @for (task, card) in &source.cards { (network(task, card)) }
        @if let Some(confusion) = source.test.get("confusion") {
            section { h2 { "Confusion matrix" } (matrix(confusion, &classes(source))) }
        }
        @if !reliability.0.is_empty() {
            section {
                h2 { "Calibration" }
                p.muted { "Observed against predicted rates on the test split. A calibrated network lies on the diagonal." }
                div.charts { (reliability) }
            }
        }
        @if !source.epochs.is_empty() {
            section { h2 { "Learning curves" } div.charts { @for chart in &curves { figure style="margin:0" { (chart) } } } }
        }
        @if let Some(samples) = &source.samples {
            section {
                h2 { "Samples" }
                p.muted { "One row per class, with the same latents after every epoch. Under each image: the discriminator's score; 0.5 is that of held-out photos." }
                img alt="generated images" src={ "data:image/png;base64," (BASE64_STANDARD.encode(samples)) };
            }
        }
        section { h2 { "Files" } (files(source)) }
        @if let Some(run) = &source.run {
            section { h2 { "Settings" } table { (settings("", &run.config)) } }
        }
    };
    Ok(document(&format!("{} – report", source.manifest.name), &body).into_string())
}

/// A self-contained HTML document.
pub fn document(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { main { (body) } }
        }
    }
}

/// Metrics and model card of a network.
fn network(task: &str, card: &Value) -> Markup {
    let empty = Map::new();
    let metrics = card["metrics"].as_object().unwrap_or(&empty);
    let about = &card["card"];
    html! {
        section {
            h2 { (task) }
            @if metrics.is_empty() { p.muted { "no test metrics" } } @else {
                table {
                    thead { tr { th { "metric" } th { "test" } th { "95 % interval" } } }
                    tbody { @for (name, metric) in metrics { tr {
                        td { (name) }
                        td.number { (number(&metric["value"])) }
                        td.number { (number(&metric["ci95"][0])) " to " (number(&metric["ci95"][1])) }
                    } } }
                }
            }
            h3 { "Model card" }
            table {
                tr { th { "data" } td { (text(&about["data"])) @if about["simulated"] == true { " (simulated behaviour)" } } }
                tr { th { "terms" } td { (text(&about["licence"])) } }
                tr { th { "trained" } td { (text(&about["trained_at"])) ", seed " (about["seed"]) } }
                tr { th { "examples" } td {
                    (about["lists"][0]) " trained on, " (about["lists"][1]) " validated on, " (about["lists"][2]) " tested on"
                } }
                @if let Some(expansion) = about["expansion"].as_array() {
                    tr { th { "samples" } td { @for line in expansion { p style="margin:0" { (text(line)) } } } }
                }
                tr { th { "limits" } td { @for limit in about["limits"].as_array().into_iter().flatten() { p style="margin:0" { (text(limit)) } } } }
            }
        }
    }
}

/// Charts of the loss and of each validation metric that changes.
fn curves(epochs: &[Map<String, Value>]) -> anyhow::Result<Vec<Markup>> {
    let mut names: Vec<&String> = epochs.iter().flat_map(|epoch| epoch.keys()).collect();
    names.retain(|name| name.ends_with("loss") || name.starts_with("validation_"));
    names.sort_unstable();
    names.dedup();
    let point = |epoch: &Map<String, Value>, name: &str| Some((epoch["epoch"].as_f64()?, epoch.get(name)?.as_f64()?));
    let chart = |name: &String| {
        let points = epochs.iter().filter_map(|epoch| point(epoch, name)).collect();
        let svg = lines(
            &Axes { x: "epoch", y: &name.replace('_', " "), ..Axes::default() },
            &[Series { name: name.clone(), points, ..Series::default() }],
        )?;
        Ok(PreEscaped(svg))
    };
    let moves =
        |name: &&String| epochs.len() < 2 || epochs.iter().any(|epoch| epoch.get(*name) != epochs[0].get(*name));
    names.into_iter().filter(moves).map(chart).collect()
}

/// Reliability diagram: observed against predicted rates of the test's `reliability`.
fn reliability(test: &Map<String, Value>) -> anyhow::Result<Markup> {
    let Some(bins) = test.get("reliability").and_then(Value::as_array) else { return Ok(PreEscaped(String::new())) };
    let points = bins.iter().filter_map(|bin| Some((bin["predicted"].as_f64()?, bin["observed"].as_f64()?))).collect();
    let series = [
        Series { name: "this network".into(), points, ..Series::default() },
        Series { name: "perfect".into(), points: vec![(0.0, 0.0), (1.0, 1.0)], ..Series::default() },
    ];
    let axes = Axes { x: "predicted probability", y: "observed rate", range: Some(0.0..1.0), ..Axes::default() };
    Ok(PreEscaped(lines(&axes, &series)?))
}

/// The classes of the run's own network.
fn classes(source: &Source) -> Vec<String> {
    let card = source.run.as_ref().and_then(|run| source.cards.get(&run.task));
    let classes = card.and_then(|card| card["classes"].as_array());
    classes.into_iter().flatten().map(text).collect()
}

/// Rows are true, columns predicted classes; darker cells have a larger share of their row.
fn matrix(confusion: &Value, classes: &[String]) -> Markup {
    let rows: Vec<Vec<f64>> = confusion
        .as_array()
        .into_iter()
        .flatten()
        .map(|row| row.as_array().into_iter().flatten().map(|cell| cell.as_f64().unwrap_or(0.0)).collect())
        .collect();
    let name = |class: usize| classes.get(class).cloned().unwrap_or_else(|| class.to_string());
    html! {
        table.confusion {
            tr { th { "true \\ predicted" } @for class in 0..rows.len() { th { (name(class)) } } }
            @for (class, row) in rows.iter().enumerate() {
                @let total: f64 = row.iter().sum();
                tr { th { (name(class)) } @for cell in row {
                    @let share = if total > 0.0 { cell / total } else { 0.0 };
                    td style={ "background: rgba(47, 93, 197, " (format!("{:.2}", share * 0.7)) ")" } {
                        (cell) br; span.muted { (format!("{:.1} %", share * 100.0)) }
                    }
                } }
            }
        }
    }
}

fn files(source: &Source) -> Markup {
    html! { table {
        thead { tr { th { "file" } th { "bytes" } th { "precision" } th { "sha-256" } } }
        tbody { @for (name, file) in &source.manifest.files { tr {
            td { (name) } td.number { (file.size_bytes) } td { (file.precision) } td { code { (short(&file.sha256)) } }
        } } }
    } }
}

/// Rows of nested settings, by dotted key.
fn settings(prefix: &str, value: &Value) -> Markup {
    html! {
        @if let Some(table) = value.as_object() {
            @for (key, value) in table {
                (settings(&if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") }, value))
            }
        } @else { tr { th { (prefix) } td { code { (value) } } } }
    }
}

/// Four decimals, or a dash for a missing number.
pub fn number(value: &Value) -> String {
    value.as_f64().map_or_else(|| "–".into(), |value| format!("{value:.4}"))
}

/// A string as it is, other values as JSON.
pub fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}
