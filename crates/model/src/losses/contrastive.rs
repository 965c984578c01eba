//! Supervised contrastive loss (Khosla et al. 2020, eq. 2): pulls embeddings of one class together and pushes others apart.

use burn::tensor::{Tensor, TensorData, activation::log_softmax};

/// Divides similarities. A low temperature weights the hardest negatives most.
const TEMPERATURE: f32 = 0.1;
/// Subtracted from masked similarities.
const MASKED: f32 = 1e9;

/// The mean over anchors with a positive, an example of the same class in the batch; lower is better. `None` without any such anchor.
///
/// # Shapes
/// - `embedding` `[examples, embedding]`, of unit length; output `[1]`
pub fn supervised_contrastive(embedding: Tensor<2>, labels: &[usize]) -> Option<Tensor<1>> {
    let (n, device) = (labels.len(), embedding.device());
    let others = |i: usize| labels.iter().enumerate().filter(|(j, label)| *j != i && **label == labels[i]).count();
    let counts: Vec<usize> = (0..n).map(others).collect();
    let anchors = counts.iter().filter(|count| **count > 0).count();
    if anchors == 0 {
        return None;
    }
    let weight = |i: usize, j: usize| match i != j && labels[i] == labels[j] {
        true => 1.0 / (counts[i] * anchors) as f32,
        false => 0.0,
    };
    let square = |value: &dyn Fn(usize, usize) -> f32| {
        let values: Vec<f32> = (0..n * n).map(|at| value(at / n, at % n)).collect();
        Tensor::<2>::from_data(TensorData::new(values, [n, n]), &device)
    };
    let positives = square(&weight);
    let self_mask = square(&|i, j| if i == j { -MASKED } else { 0.0 });
    let similarity = embedding.clone().matmul(embedding.transpose()) / TEMPERATURE;
    Some((log_softmax(similarity + self_mask, 1) * positives).sum().neg())
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    fn loss(rows: [[f32; 2]; 4], labels: &[usize]) -> f32 {
        let embedding = Tensor::<2>::from_data(rows, &Device::flex());
        supervised_contrastive(embedding, labels).unwrap().into_data().try_to_vec::<f32>().unwrap()[0]
    }

    #[test]
    fn clustered_classes_have_a_lower_loss_than_mixed_ones() {
        let rows = [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]];
        assert!(loss(rows, &[0, 0, 1, 1]) < 0.01);
        assert!(loss(rows, &[0, 1, 0, 1]) > 5.0);
    }

    #[test]
    fn an_example_without_a_positive_is_not_an_anchor() {
        let rows = [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.6, 0.8]];
        assert!(loss(rows, &[0, 0, 1, 2]).is_finite());
        let alone = Tensor::<2>::from_data([[1.0, 0.0], [0.0, 1.0]], &Device::flex());
        assert!(supervised_contrastive(alone, &[0, 1]).is_none());
    }
}
