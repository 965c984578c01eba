//! Class probabilities of a classifier.

/// Predictions of a classifier, and how they become classes.
#[derive(Clone, Debug)]
pub struct Predictions {
    /// Number of classes.
    pub classes: usize,
    /// True class of each row.
    pub labels: Vec<usize>,
    /// `[rows, classes]`; each row sums to 1.
    pub probabilities: Vec<f32>,
    /// Of two classes: the least probability at which the second is predicted.
    pub threshold: f32,
    /// Of more classes: factor of each probability before the arg max; empty means 1.
    pub class_weights: Vec<f32>,
    /// Cluster of each row, such as its customer, that the bootstrap resamples; empty resamples rows.
    pub clusters: Vec<usize>,
}

impl Predictions {
    /// The probability of a class in a row.
    pub fn probability(&self, row: usize, class: usize) -> f32 {
        self.probabilities[row * self.classes + class]
    }

    /// The class that is predicted for a row; of equal classes the first.
    pub fn predicted(&self, row: usize) -> usize {
        if self.classes == 2 {
            return usize::from(self.probability(row, 1) >= self.threshold);
        }
        let row = &self.probabilities[row * self.classes..][..self.classes];
        let weighted = |class: usize| row[class] * self.class_weights.get(class).unwrap_or(&1.0);
        (0..self.classes).max_by(|&a, &b| weighted(a).total_cmp(&weighted(b)).then(b.cmp(&a))).unwrap_or(0)
    }
}
