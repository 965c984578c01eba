//! Cross-entropy with smoothed labels and class weights.

use burn::tensor::{Device, Tensor, TensorData, activation::log_softmax};

/// The loss of a classifier.
#[derive(Clone, Debug)]
pub struct Classes {
    /// The weight of each class; the mean over the training examples is 1.
    weights: Vec<f64>,
    smoothing: f64,
}

impl Classes {
    /// `labels` are the classes of the training examples. The weight of a class is proportional to its share^−`balance`;
    /// `smoothing` is the share of a label given to the other classes.
    pub fn new(labels: impl IntoIterator<Item = usize>, classes: usize, balance: f64, smoothing: f64) -> Self {
        let mut counts = vec![0usize; classes];
        labels.into_iter().for_each(|label| counts[label] += 1);
        let all: usize = counts.iter().sum();
        let shares: Vec<f64> = counts.iter().map(|&count| count as f64 / all as f64).collect();
        let raw: Vec<f64> = shares.iter().map(|share| share.powf(-balance)).collect();
        let mean: f64 = raw.iter().zip(&shares).map(|(raw, share)| raw * share).sum();
        Self { weights: raw.iter().map(|raw| raw / mean).collect(), smoothing }
    }

    /// Cross-entropy, averaged over the examples.
    ///
    /// # Shapes
    /// - `scores` `[examples, classes]`, before softmax; output `[1]`
    pub fn loss(&self, scores: Tensor<2>, labels: &[usize]) -> Tensor<1> {
        let log_likelihood = log_softmax(scores.clone(), 1) * self.targets(labels, &scores.device());
        log_likelihood.sum().neg() / labels.len() as f32
    }

    /// Smoothed labels times class weights, `[examples, classes]`.
    fn targets(&self, labels: &[usize], device: &Device) -> Tensor<2> {
        let classes = self.weights.len();
        let others = self.smoothing / (classes - 1) as f64;
        let target = |class: usize, label: usize| if class == label { 1.0 - self.smoothing } else { others };
        let values: Vec<f32> = labels
            .iter()
            .flat_map(|&label| (0..classes).map(move |class| (target(class, label) * self.weights[label]) as f32))
            .collect();
        Tensor::from_data(TensorData::new(values, [labels.len(), classes]), device)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn balanced_classes_have_equal_total_weight() {
        let classes = Classes::new([0, 0, 0, 1], 2, 1.0, 0.0);
        let sums = [classes.weights[0] * 3.0, classes.weights[1]];
        assert!((sums[0] - sums[1]).abs() < 1e-12 && (sums[0] + sums[1] - 4.0).abs() < 1e-12, "{sums:?}");
    }

    #[test]
    fn a_confident_correct_prediction_has_no_loss() {
        let device = Device::flex();
        let scores = Tensor::<2>::from_data([[30.0, -30.0], [-30.0, 30.0]], &device);
        let loss = |labels: &[usize]| {
            let classes = Classes::new([0, 1], 2, 0.0, 0.0);
            classes.loss(scores.clone(), labels).into_data().try_to_vec::<f32>().unwrap()[0]
        };
        assert!(loss(&[0, 1]) < 1e-6 && loss(&[1, 0]) > 10.0);
    }
}
