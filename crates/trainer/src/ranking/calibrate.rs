//! Calibration of ranker scores to probabilities, fitted on validation lists.

use windowshop_schema::manifest::Calibration;

/// Maximum Newton steps; it converges in a handful.
const MAX_STEPS: usize = 30;

/// Platt scaling (Platt 1999): logistic regression of the click on the score.
pub fn platt(pairs: &[(f32, bool)]) -> Calibration {
    let (mut a, mut b) = (1.0f64, 0.0f64);
    for _ in 0..MAX_STEPS {
        let (mut ga, mut gb, mut haa, mut hab, mut hbb) = (0.0, 0.0, 1e-6, 0.0, 1e-6);
        for &(score, chosen) in pairs {
            let s = f64::from(score);
            let p = 1.0 / (1.0 + (-(a * s + b)).exp());
            let error = p - f64::from(u8::from(chosen));
            let w = p * (1.0 - p);
            ga += error * s;
            gb += error;
            haa += w * s * s;
            hab += w * s;
            hbb += w;
        }
        let determinant = haa * hbb - hab * hab;
        if determinant.abs() < 1e-12 {
            break;
        }
        let (da, db) = ((hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant);
        // Steps are clamped: with rare labels the first one would diverge.
        a -= da.clamp(-2.0, 2.0);
        b -= db.clamp(-2.0, 2.0);
    }
    Calibration::Probability { slope: a as f32, intercept: b as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_coefficients_are_recovered() {
        let mut pairs = Vec::new();
        for i in 0..20_000 {
            let score = (i % 200) as f32 / 50.0 - 2.0;
            let p = 1.0 / (1.0 + (-(1.5 * score - 1.0)).exp());
            pairs.push((score, ((i / 200) as f32 + 0.5) / 100.0 < p));
        }
        let Calibration::Probability { slope, intercept } = platt(&pairs) else { unreachable!() };
        assert!((slope - 1.5).abs() < 0.05 && (intercept + 1.0).abs() < 0.05, "{slope} {intercept}");
    }
}
