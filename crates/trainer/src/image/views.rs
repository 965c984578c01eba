//! Test-time augmentation: the mean prediction over several views of a photo (Krizhevsky et al. 2012, 4.1).

use windowshop_metrics::{
    bootstrap::{Estimates, Ratio},
    retrieval,
};

use super::learner::ImagePredictions;

/// The mean of the predictions for several views: mean probabilities, and mean embeddings, L2-normalised. `None` without views.
pub fn mean(views: Vec<ImagePredictions>) -> Option<ImagePredictions> {
    let count = views.len() as f32;
    let mut sum = views.into_iter().reduce(|mut sum, view| {
        let add = |sum: &mut [f32], more: &[f32]| sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        add(&mut sum.predictions.probabilities, &view.predictions.probabilities);
        add(&mut sum.embeddings, &view.embeddings);
        sum
    })?;
    sum.predictions.probabilities.iter_mut().for_each(|sum| *sum /= count);
    let dim = (sum.embeddings.len() / sum.predictions.labels.len().max(1)).max(1);
    for embedding in sum.embeddings.chunks_exact_mut(dim) {
        let length = embedding.iter().map(|value| value * value).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
        embedding.iter_mut().for_each(|value| *value /= length);
    }
    Some(sum)
}

/// By how much `after` is better than `before` on the same photos: `accuracy_gain` and `recall@1_gain`, with paired intervals.
pub fn gains(before: &ImagePredictions, after: &ImagePredictions, seed: u64) -> Estimates {
    let correct = |outputs: &ImagePredictions| -> Vec<f64> {
        let predictions = &outputs.predictions;
        let is_correct = |(row, label): (usize, &usize)| f64::from(u8::from(predictions.predicted(row) == *label));
        predictions.labels.iter().enumerate().map(is_correct).collect()
    };
    let nearest = |outputs: &ImagePredictions| retrieval::hits(&outputs.embeddings, &outputs.predictions.labels);
    let gain = |before: Vec<f64>, after: Vec<f64>| {
        let mut gain = Ratio::default();
        let paired = after.into_iter().zip(before);
        paired.for_each(|(after, before)| gain.add(after - before, 1.0));
        gain.estimate(seed, |ratio| ratio)
    };
    let gains = [
        ("accuracy_gain", gain(correct(before), correct(after))),
        ("recall@1_gain", gain(nearest(before), nearest(after))),
    ];
    gains.into_iter().filter_map(|(name, gain)| Some((name.to_owned(), gain?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use windowshop_metrics::classification::Predictions;

    fn outputs(probabilities: [f32; 4], embeddings: [f32; 4]) -> ImagePredictions {
        let predictions = Predictions {
            classes: 2,
            labels: vec![0, 1],
            probabilities: probabilities.to_vec(),
            threshold: 0.5,
            class_weights: Vec::new(),
            clusters: Vec::new(),
        };
        ImagePredictions { predictions, embeddings: embeddings.to_vec() }
    }

    #[test]
    fn views_are_averaged_and_embeddings_have_unit_length() {
        let mean = mean(vec![
            outputs([0.9, 0.1, 0.8, 0.2], [1.0, 0.0, 0.0, 1.0]),
            outputs([0.5, 0.5, 0.2, 0.8], [0.0, 1.0, 0.0, 1.0]),
        ]);
        let mean = mean.unwrap();
        assert_eq!(mean.predictions.probabilities, [0.7, 0.3, 0.5, 0.5]);
        let half = 0.5f32.sqrt();
        assert!(
            mean.embeddings.iter().zip([half, half, 0.0, 1.0]).all(|(found, expected)| (found - expected).abs() < 1e-6)
        );
    }

    #[test]
    fn gains_are_paired_by_photo() {
        let wrong = outputs([0.9, 0.1, 0.8, 0.2], [1.0, 0.0, 0.0, 1.0]);
        let right = outputs([0.9, 0.1, 0.2, 0.8], [1.0, 0.0, 0.0, 1.0]);
        assert_eq!(gains(&wrong, &right, 1)["accuracy_gain"].value, 0.5);
        assert_eq!(gains(&right, &wrong, 1)["accuracy_gain"].value, -0.5);
        assert_eq!(gains(&right, &right, 1)["recall@1_gain"].value, 0.0);
    }
}
