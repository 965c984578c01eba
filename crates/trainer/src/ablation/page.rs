//! The ablation as an HTML page.

use maud::{Markup, PreEscaped, html};

use super::verdict::{Effect, Finding, NONE, Verdict};
use crate::report::{
    charts::{Axes, Series, lines},
    page::document,
};

const STYLE: &str = "
.helps { color: #1d6b46; font-weight: 600; } .hurts { color: #b3261e; font-weight: 600; }
";

/// Renders the page.
pub fn page(verdict: &Verdict) -> anyhow::Result<String> {
    let body = html! {
        style { (PreEscaped(STYLE)) }
        h1 { "Ablation of sample expansion" }
        p.muted {
            (verdict.task) " · " (verdict.seeds.len()) " seeds · " (verdict.metric) " on the test split, higher is better"
            @if !verdict.settings.is_empty() { " · " code { (verdict.settings.join(" ")) } }
            @if !verdict.generator.is_empty() { " · generator: " code { (verdict.generator.join(" ")) } }
        }
        section { h2 { "Summary" } (summary(verdict)) }
        section { h2 { "By amount of real samples" } div.charts { (levels(verdict)?) (gains(verdict)?) } }
        section { h2 { "Results" } (table(verdict)) p.muted {
            "Gain: mean difference from none, paired by seed, with Student's 95 % interval. "
            "p: paired t test, corrected for the comparisons of this page (Holm 1979); helps or hurts if below 0.05."
        } }
    };
    Ok(document(&format!("{} – ablation", verdict.task), &body).into_string())
}

/// One line per arm.
fn summary(verdict: &Verdict) -> Markup {
    html! { ul { @for arm in verdict.arms.iter().filter(|arm| *arm != NONE) {
        li {
            b { (arm) } ": "
            @for (i, amount) in verdict.amounts.iter().enumerate() {
                @if i > 0 { ", " }
                @match verdict.finding(arm, amount).and_then(|finding| finding.gain.as_ref()) {
                    Some(gain) => { (effect(gain.effect)) " with " (amount) " (" (signed(gain.mean)) ")" },
                    None => { "too few seeds with " (amount) },
                }
            }
        }
    } } }
}

/// The metric of each arm over the amounts.
fn levels(verdict: &Verdict) -> anyhow::Result<Markup> {
    chart(verdict, &verdict.metric, |finding| Some((finding.level.mean, finding.level.ci95?)))
}

/// Gain of each arm over `none`.
fn gains(verdict: &Verdict) -> anyhow::Result<Markup> {
    chart(verdict, "gain over none", |finding| match &finding.gain {
        Some(gain) => Some((gain.mean, gain.ci95)),
        // Zero line.
        None => (finding.arm == NONE).then_some((0.0, [0.0, 0.0])),
    })
}

fn chart(verdict: &Verdict, y: &str, value: impl Fn(&Finding) -> Option<(f64, [f64; 2])>) -> anyhow::Result<Markup> {
    let arms = verdict.arms.len() as f64;
    let series: Vec<Series> = verdict
        .arms
        .iter()
        .enumerate()
        .map(|(number, arm)| {
            let mut series = Series { name: arm.clone(), ..Series::default() };
            // Offsets keep intervals from overlapping.
            let offset = (number as f64 - (arms - 1.0) / 2.0) * 0.06;
            for (place, amount) in verdict.amounts.iter().enumerate() {
                if let Some((mean, [low, high])) = verdict.finding(arm, amount).and_then(&value) {
                    let x = place as f64 + offset;
                    series.points.push((x, mean));
                    series.spreads.push((x, low, high));
                }
            }
            series
        })
        .filter(|series| !series.points.is_empty())
        .collect();
    let axes = Axes { x: "real samples", y, names: &verdict.amounts, ..Axes::default() };
    Ok(PreEscaped(lines(&axes, &series)?))
}

fn table(verdict: &Verdict) -> Markup {
    html! { table {
        thead { tr { th { "real samples" } th { "arm" } th { (verdict.metric) } th { "95 %" } th { "gain" } th { "95 %" } th { "p" } th {} } }
        tbody { @for finding in &verdict.findings { tr {
            td { (finding.amount) }
            td { (finding.arm) }
            td.number { (format!("{:.4}", finding.level.mean)) }
            td.number { @if let Some(ci95) = finding.level.ci95 { (range(ci95)) } }
            @if let Some(gain) = &finding.gain {
                td.number { (signed(gain.mean)) }
                td.number { (range(gain.ci95)) }
                td.number { (format!("{:.3}", gain.p_holm)) }
                td { (effect(gain.effect)) }
            } @else { td {} td {} td {} td {} }
        } } }
    } }
}

fn effect(effect: Effect) -> Markup {
    match effect {
        Effect::Helps => html! { span.helps { "helps" } },
        Effect::Hurts => html! { span.hurts { "hurts" } },
        Effect::Undecided => html! { span.muted { "undecided" } },
    }
}

fn signed(value: f64) -> String {
    format!("{value:+.4}")
}

fn range([low, high]: [f64; 2]) -> String {
    format!("{low:.4} to {high:.4}")
}
