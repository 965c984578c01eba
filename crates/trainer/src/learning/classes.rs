//! What a classifier should say: smoothed labels, and what an example of each class counts.

use burn::tensor::{Device, Tensor, TensorData, activation::log_softmax};

/// Targets of a classifier's loss.
#[derive(Clone, Debug)]
pub struct Classes {
    /// What an example of each class counts; 1 on average over the training examples.
    weights: Vec<f64>,
    smoothing: f64,
}

impl Classes {
    /// `labels` are the training examples' classes. A class counts (its share)^−`balance`; `smoothing` is the share of a
    /// label that the other classes get.
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
        let surprise = log_softmax(scores.clone(), 1) * self.targets(labels, &scores.device());
        surprise.sum().neg() / labels.len() as f32
    }

    /// `[examples, classes]`: what the network should say, times the weight of the example's class.
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
    fn balanced_classes_count_the_same_however_rare() {
        let classes = Classes::new([0, 0, 0, 1], 2, 1.0, 0.0);
        let sums = [classes.weights[0] * 3.0, classes.weights[1]];
        assert!((sums[0] - sums[1]).abs() < 1e-12 && (sums[0] + sums[1] - 4.0).abs() < 1e-12, "{sums:?}");
    }

    #[test]
    fn a_network_that_is_right_and_sure_has_no_loss() {
        let device = Device::flex();
        let scores = Tensor::<2>::from_data([[30.0, -30.0], [-30.0, 30.0]], &device);
        let loss = |labels: &[usize]| {
            let classes = Classes::new([0, 1], 2, 0.0, 0.0);
            classes.loss(scores.clone(), labels).into_data().try_to_vec::<f32>().unwrap()[0]
        };
        assert!(loss(&[0, 1]) < 1e-6 && loss(&[1, 0]) > 10.0);
    }
}
