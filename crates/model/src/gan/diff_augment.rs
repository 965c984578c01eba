//! DiffAugment (Zhao et al. 2020): the same translation, colour change and cutout for real and generated images before the
//! discriminator. Tensor operations throughout, so that gradients reach the generator. Draws follow from a key.

use burn::tensor::{Device, Tensor, TensorData};
use windowshop_features::hash::combine;

/// Strength of each augmentation; 0 turns it off.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DiffAugment {
    /// Largest translation as a share of the side.
    pub translation: f64,
    /// Strength of the changes of brightness, saturation and contrast, 0 to 1.
    pub colour: f64,
    /// Side of the zeroed square as a share of the side.
    pub cutout: f64,
}

impl DiffAugment {
    /// Augments each image with its own draws.
    ///
    /// # Shapes
    /// - images and output `[channels, batch, size, size]`
    pub fn apply(&self, images: Tensor<4>, key: u64) -> Tensor<4> {
        let [_, count, size, _] = images.dims();
        let device = images.device();
        // Uniform in -1..1, for image `i`.
        let draw =
            |i: usize, number: u64| (combine(combine(key, i as u64), number) >> 11) as f64 / (1u64 << 52) as f64 - 1.0;
        let each = |number: u64| (0..count).map(|i| draw(i, number)).collect::<Vec<f64>>();
        let mut x = images;
        if self.colour > 0.0 {
            x = self.recolour(x, [0, 1, 2].map(each));
        }
        if self.translation > 0.0 {
            let max = (self.translation * size as f64).round();
            let moves =
                |number| each(number).iter().map(|d| (d * (max + 0.5)).round().clamp(-max, max) as isize).collect();
            // As products with shift matrices, whose gradient is the opposite shift.
            x = shift_matrices(moves(3), size, &device).matmul(x);
            x = x.matmul(shift_matrices(moves(4), size, &device).swap_dims(2, 3));
        }
        if self.cutout > 0.0 {
            let side = ((self.cutout * size as f64).round() as usize).clamp(1, size);
            let [rows, columns] = [5, 6].map(|number| hole_mask(&each(number), side, size, &device));
            let hole = rows.unsqueeze_dim::<3>(2) * columns.unsqueeze_dim::<3>(1); // [batch, size, size]
            x = x * (hole.neg() + 1.0).unsqueeze_dim::<4>(0);
        }
        x
    }

    fn recolour(&self, x: Tensor<4>, draws: [Vec<f64>; 3]) -> Tensor<4> {
        let [channels, count, ..] = x.dims();
        let device = x.device();
        // A factor or offset per image, `[1, batch, 1, 1]`.
        let number = |draws: &[f64], of: &dyn Fn(f64) -> f64| {
            let values: Vec<f32> = draws.iter().map(|draw| of(draw * self.colour) as f32).collect();
            Tensor::<4>::from_data(TensorData::new(values, [1, count, 1, 1]), &device)
        };
        let [brightness, saturation, contrast] = draws;
        let mut x = x + number(&brightness, &|draw| draw / 2.0);
        if channels > 1 {
            let grey = x.clone().mean_dim(0);
            x = (x - grey.clone()) * number(&saturation, &|draw| 1.0 + draw) + grey;
        }
        let mean = x.clone().mean_dim(3).mean_dim(2).mean_dim(0);
        (x - mean.clone()) * number(&contrast, &|draw| 1.0 + draw / 2.0) + mean
    }
}

/// Matrices that shift rows down by `moves`, filling with zeros: `[1, batch, size, size]`.
fn shift_matrices(moves: Vec<isize>, size: usize, device: &Device) -> Tensor<4> {
    let mut matrices = vec![0.0f32; moves.len() * size * size];
    for (matrix, by) in matrices.chunks_exact_mut(size * size).zip(&moves) {
        for (row, line) in matrix.chunks_exact_mut(size).enumerate() {
            let from = row.checked_add_signed(-by).filter(|from| *from < size);
            from.into_iter().for_each(|from| line[from] = 1.0);
        }
    }
    Tensor::from_data(TensorData::new(matrices, [1, moves.len(), size, size]), device)
}

/// 1 within the hole along one axis; its centre may be anywhere in the image: `[batch, size]`.
fn hole_mask(draws: &[f64], side: usize, size: usize, device: &Device) -> Tensor<2> {
    let mut mask = vec![0.0f32; draws.len() * size];
    for (line, draw) in mask.chunks_exact_mut(size).zip(draws) {
        let centre = ((draw + 1.0) / 2.0 * size as f64) as usize;
        let start = centre.saturating_sub(side / 2);
        line[start..(centre + side.div_ceil(2)).min(size)].fill(1.0);
    }
    Tensor::from_data(TensorData::new(mask, [draws.len(), size]), device)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn images(device: &Device) -> Tensor<4> {
        let pixels: Vec<f32> = (0..3 * 4 * 64).map(|i| ((i * 7 % 13) as f32 - 6.0) / 6.0).collect();
        Tensor::from_data(TensorData::new(pixels, [3, 4, 8, 8]), device)
    }

    fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
        tensor.into_data().try_to_vec().unwrap()
    }

    #[test]
    fn zero_strength_is_the_identity_and_equal_keys_give_equal_images() {
        let images = images(&Device::flex());
        let none = DiffAugment::default();
        assert_eq!(values(none.apply(images.clone(), 1)), values(images.clone()));
        let all = DiffAugment { translation: 0.25, colour: 1.0, cutout: 0.5 };
        let changed = |key| values(all.apply(images.clone(), key));
        assert_eq!(changed(1), changed(1));
        assert_ne!(changed(1), changed(2));
    }

    #[test]
    fn shift_matrices_shift_rows_and_columns_and_fill_with_zeros() {
        let device = Device::flex();
        let one = Tensor::<4>::from_data([[[[1.0, 2.0], [3.0, 4.0]]]], &device);
        let down = shift_matrices(vec![1], 2, &device);
        assert_eq!(values(down.clone().matmul(one.clone())), [0.0, 0.0, 1.0, 2.0]);
        assert_eq!(values(one.matmul(down.swap_dims(2, 3))), [0.0, 1.0, 0.0, 3.0]);
    }

    #[test]
    fn a_cutout_is_zero_and_has_no_gradient() {
        let device = Device::flex().autodiff();
        let images = (images(&device) + 3.0).require_grad();
        let cut = DiffAugment { cutout: 0.5, ..Default::default() }.apply(images.clone(), 5);
        let gradients = cut.clone().sum().backward();
        let gradient = values(images.grad(&gradients).unwrap());
        let seen = values(cut);
        assert!(seen.contains(&0.0) && seen.iter().any(|v| *v != 0.0));
        assert!(seen.iter().zip(&gradient).all(|(v, g)| (*v == 0.0) == (*g == 0.0)));
    }

    #[test]
    fn the_gradient_matches_finite_differences_through_every_augmentation() {
        let device = Device::flex().autodiff();
        let all = DiffAugment { translation: 0.25, colour: 1.0, cutout: 0.25 };
        let weigh = |x: Tensor<4>| (x.clone() * x).sum();
        let start = images(&device).require_grad();
        let gradients = weigh(all.apply(start.clone(), 9)).backward();
        let gradient = values(start.grad(&gradients).unwrap());
        // The directional derivative along the gradient is its squared norm.
        let step = 1e-3;
        let length: f32 = gradient.iter().map(|g| g * g).sum();
        let along = Tensor::<4>::from_data(TensorData::new(gradient, [3, 4, 8, 8]), &device);
        let at = |sign: f32| values(weigh(all.apply(start.clone().detach() + along.clone() * (sign * step), 9)))[0];
        let found = (at(1.0) - at(-1.0)) / (2.0 * step);
        assert!((found / length - 1.0).abs() < 1e-2, "{found}, expected {length}");
    }
}
