//! Supervised contrastive loss (Khosla et al. 2020, equation 2): photos of one category together, others apart.

use burn::tensor::{Tensor, TensorData, activation::log_softmax};

/// Divides similarities: small, so that the nearest of the others count most.
const TEMPERATURE: f32 = 0.1;
/// Below every similarity.
const LOWEST: f32 = 1e9;

/// Lower is better; an example that is the only one of its class in the batch counts nothing. `None`: every example is.
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
    let oneself = square(&|i, j| if i == j { -LOWEST } else { 0.0 });
    let similarity = embedding.clone().matmul(embedding.transpose()) / TEMPERATURE;
    Some((log_softmax(similarity + oneself, 1) * positives).sum().neg())
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
    fn categories_that_lie_together_cost_less_than_mixed_ones() {
        let rows = [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]];
        assert!(loss(rows, &[0, 0, 1, 1]) < 0.01);
        assert!(loss(rows, &[0, 1, 0, 1]) > 5.0);
    }

    #[test]
    fn an_example_without_a_fellow_counts_nothing() {
        let rows = [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.6, 0.8]];
        assert!(loss(rows, &[0, 0, 1, 2]).is_finite());
        let alone = Tensor::<2>::from_data([[1.0, 0.0], [0.0, 1.0]], &Device::flex());
        assert!(supervised_contrastive(alone, &[0, 1]).is_none());
    }
}
