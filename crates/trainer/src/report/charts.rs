//! Line charts as SVG.

use std::ops::Range;

use plotters::prelude::*;

const SIZE: (u32, u32) = (520, 260);
const PALETTE: [RGBColor; 4] =
    [RGBColor(0x2f, 0x5d, 0xc5), RGBColor(0xd9, 0x6b, 0x27), RGBColor(0x2b, 0x8a, 0x5f), RGBColor(0x8a, 0x3f, 0xa0)];
const INK: RGBColor = RGBColor(0x33, 0x38, 0x40);
const GRID: RGBColor = RGBColor(0xe4, 0xe7, 0xec);

/// A named line.
#[derive(Default)]
pub struct Series {
    pub name: String,
    pub points: Vec<(f64, f64)>,
    /// Intervals, drawn as vertical lines: x, low, high.
    pub spreads: Vec<(f64, f64, f64)>,
}

/// Axis labels and range.
#[derive(Default)]
pub struct Axes<'a> {
    pub x: &'a str,
    pub y: &'a str,
    pub range: Option<Range<f64>>,
    /// Labels of x = 0, 1, 2 …, for a categorical x axis.
    pub names: &'a [String],
}

/// Draws a line chart as SVG; points that are not finite are left out.
pub fn lines(axes: &Axes<'_>, series: &[Series]) -> anyhow::Result<String> {
    let finite = |points: &[(f64, f64)]| -> Vec<(f64, f64)> {
        points.iter().copied().filter(|(x, y)| x.is_finite() && y.is_finite()).collect()
    };
    let ends = |series: &Series| -> Vec<(f64, f64)> {
        series.spreads.iter().flat_map(|&(x, low, high)| [(x, low), (x, high)]).collect()
    };
    let all: Vec<(f64, f64)> =
        series.iter().flat_map(|series| [finite(&series.points), finite(&ends(series))].concat()).collect();
    let [xs, ys] = [span(all.iter().map(|p| p.0)), span(all.iter().map(|p| p.1))];
    let (xs, ys) = match &axes.range {
        Some(range) => (range.clone(), range.clone()),
        None if axes.names.is_empty() => (xs, margin(ys)),
        None => (-0.5..axes.names.len() as f64 - 0.5, margin(ys)),
    };
    let name = |x: &f64| match axes.names {
        [] => label(x),
        names if x.fract() == 0.0 && *x >= 0.0 => names.get(*x as usize).cloned().unwrap_or_default(),
        _ => String::new(),
    };
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        let mut chart =
            ChartBuilder::on(&root).margin(8).x_label_area_size(36).y_label_area_size(58).build_cartesian_2d(xs, ys)?;
        chart
            .configure_mesh()
            .x_desc(axes.x)
            .y_desc(axes.y)
            .x_labels(8)
            .x_label_formatter(&name)
            .y_label_formatter(&label)
            .y_labels(6)
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .axis_style(INK)
            .label_style(("sans-serif", 12, &INK))
            .draw()?;
        for (number, Series { name, points, spreads }) in series.iter().enumerate() {
            let color = PALETTE[number % PALETTE.len()];
            let points = finite(points);
            chart.draw_series(points.iter().map(|point| Circle::new(*point, 2, color.filled())))?;
            let intervals = spreads.iter().map(|&(x, low, high)| PathElement::new(vec![(x, low), (x, high)], color));
            chart.draw_series(intervals)?;
            chart
                .draw_series(LineSeries::new(points, color.stroke_width(2)))?
                .label(name.as_str())
                .legend(move |(x, y)| PathElement::new(vec![(x, y), (x + 16, y)], color.stroke_width(2)));
        }
        if series.len() > 1 {
            chart
                .configure_series_labels()
                .background_style(WHITE.mix(0.8))
                .label_font(("sans-serif", 12, &INK))
                .position(SeriesLabelPosition::UpperLeft)
                .draw()?;
        }
        root.present()?;
    }
    Ok(svg)
}

/// A number without trailing zeros, at most four decimals.
fn label(value: &f64) -> String {
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Minimum to maximum; a single value is padded by ½ on both sides.
fn span(values: impl Iterator<Item = f64> + Clone) -> Range<f64> {
    let (low, high) = (values.clone().fold(f64::INFINITY, f64::min), values.fold(f64::NEG_INFINITY, f64::max));
    match (low.is_finite(), high > low) {
        (false, _) => 0.0..1.0,
        (true, true) => low..high,
        (true, false) => low - 0.5..high + 0.5,
    }
}

/// Pads a range by a twentieth on both sides.
fn margin(range: Range<f64>) -> Range<f64> {
    let padding = (range.end - range.start) / 20.0;
    range.start - padding..range.end + padding
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_series_single_points_and_nan_are_drawn() {
        let axes = Axes { x: "epoch", y: "loss", ..Axes::default() };
        let series =
            |points: &[(f64, f64)]| [Series { name: "a".into(), points: points.to_vec(), ..Series::default() }];
        for points in [&[][..], &[(1.0, 2.0)], &[(1.0, f64::NAN), (2.0, 3.0), (3.0, 3.0)]] {
            let svg = lines(&axes, &series(points)).unwrap();
            assert!(svg.starts_with("<svg") && svg.contains("epoch") && !svg.contains("NaN"), "{svg}");
        }
    }

    #[test]
    fn categories_are_labelled_once_and_intervals_are_inside_the_chart() {
        let names = ["20".to_owned(), "100".into(), "all".into()];
        let axes = Axes { x: "samples", y: "accuracy", names: &names, ..Axes::default() };
        let points = vec![(0.0, 0.5), (1.0, 0.6), (2.0, 0.7)];
        let spreads = points.iter().map(|&(x, y)| (x, y - 0.1, y + 0.4)).collect();
        let svg = lines(&axes, &[Series { name: "none".into(), points, spreads }]).unwrap();
        for name in &names {
            assert_eq!(svg.lines().filter(|line| line.trim() == name).count(), 1, "{name}: {svg}");
        }
        assert!(svg.lines().any(|line| line.trim() == "1"), "the spread reaches 1.1, so the axis does: {svg}");
    }
}
