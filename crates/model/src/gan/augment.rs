//! What the discriminator sees of pictures, real and made alike: moved, in other colours, with a piece cut out (DiffAugment, Zhao et
//! al. 2020). Everything is a tensor operation, so that the generator learns through it; every draw follows from a key.

use burn::tensor::{Device, Tensor, TensorData};
use windowshop_features::hash::combine;

/// How much of each is done; 0 turns it off.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DiffAugment {
    /// Most that a picture is moved, as a share of the side.
    pub translation: f64,
    /// Strength of changes of brightness, saturation and contrast, 0 to 1.
    pub colour: f64,
    /// Side of the square that is cut out, as a share of the side.
    pub cutout: f64,
}

impl DiffAugment {
    /// Changes each picture by draws of its own.
    ///
    /// # Shapes
    /// - pictures and output `[channels, pictures, size, size]`
    pub fn apply(&self, pictures: Tensor<4>, key: u64) -> Tensor<4> {
        let [_, count, size, _] = pictures.dims();
        let device = pictures.device();
        // -1 to 1 for picture `i`.
        let draw =
            |i: usize, number: u64| (combine(combine(key, i as u64), number) >> 11) as f64 / (1u64 << 52) as f64 - 1.0;
        let each = |number: u64| (0..count).map(|i| draw(i, number)).collect::<Vec<f64>>();
        let mut x = pictures;
        if self.colour > 0.0 {
            x = self.recolour(x, [0, 1, 2].map(each));
        }
        if self.translation > 0.0 {
            let most = (self.translation * size as f64).round();
            let moves =
                |number| each(number).iter().map(|d| (d * (most + 0.5)).round().clamp(-most, most) as isize).collect();
            // A product with a matrix that moves: its gradient moves back.
            x = moving(moves(3), size, &device).matmul(x);
            x = x.matmul(moving(moves(4), size, &device).swap_dims(2, 3));
        }
        if self.cutout > 0.0 {
            let side = ((self.cutout * size as f64).round() as usize).clamp(1, size);
            let [rows, columns] = [5, 6].map(|number| inside(&each(number), side, size, &device));
            let hole = rows.unsqueeze_dim::<3>(2) * columns.unsqueeze_dim::<3>(1); // [pictures, size, size]
            x = x * (hole.neg() + 1.0).unsqueeze_dim::<4>(0);
        }
        x
    }

    fn recolour(&self, x: Tensor<4>, draws: [Vec<f64>; 3]) -> Tensor<4> {
        let [channels, count, ..] = x.dims();
        let device = x.device();
        // A number of each picture, `[1, pictures, 1, 1]`.
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

/// Matrices that move rows down by so many places, `[1, pictures, size, size]`; what comes in is zero.
fn moving(moves: Vec<isize>, size: usize, device: &Device) -> Tensor<4> {
    let mut matrices = vec![0.0f32; moves.len() * size * size];
    for (matrix, by) in matrices.chunks_exact_mut(size * size).zip(&moves) {
        for (row, line) in matrix.chunks_exact_mut(size).enumerate() {
            let from = row.checked_add_signed(-by).filter(|from| *from < size);
            from.into_iter().for_each(|from| line[from] = 1.0);
        }
    }
    Tensor::from_data(TensorData::new(matrices, [1, moves.len(), size, size]), device)
}

/// One where a piece is cut out along a side, whose middle may lie anywhere: `[pictures, size]`.
fn inside(draws: &[f64], side: usize, size: usize, device: &Device) -> Tensor<2> {
    let mut marks = vec![0.0f32; draws.len() * size];
    for (line, draw) in marks.chunks_exact_mut(size).zip(draws) {
        let middle = ((draw + 1.0) / 2.0 * size as f64) as usize;
        let start = middle.saturating_sub(side / 2);
        line[start..(middle + side.div_ceil(2)).min(size)].fill(1.0);
    }
    Tensor::from_data(TensorData::new(marks, [draws.len(), size]), device)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pictures(device: &Device) -> Tensor<4> {
        let pixels: Vec<f32> = (0..3 * 4 * 64).map(|i| ((i * 7 % 13) as f32 - 6.0) / 6.0).collect();
        Tensor::from_data(TensorData::new(pixels, [3, 4, 8, 8]), device)
    }

    fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
        tensor.into_data().try_to_vec().unwrap()
    }

    #[test]
    fn zero_strength_is_the_identity_and_a_key_decides_everything() {
        let pictures = pictures(&Device::flex());
        let none = DiffAugment::default();
        assert_eq!(values(none.apply(pictures.clone(), 1)), values(pictures.clone()));
        let all = DiffAugment { translation: 0.25, colour: 1.0, cutout: 0.5 };
        let changed = |key| values(all.apply(pictures.clone(), key));
        assert_eq!(changed(1), changed(1));
        assert_ne!(changed(1), changed(2));
    }

    #[test]
    fn what_is_moved_comes_from_where_it_was_or_is_zero() {
        let device = Device::flex();
        let one = Tensor::<4>::from_data([[[[1.0, 2.0], [3.0, 4.0]]]], &device);
        let down = moving(vec![1], 2, &device);
        assert_eq!(values(down.clone().matmul(one.clone())), [0.0, 0.0, 1.0, 2.0]);
        assert_eq!(values(one.matmul(down.swap_dims(2, 3))), [0.0, 1.0, 0.0, 3.0]);
    }

    #[test]
    fn a_cut_piece_is_zero_and_gives_no_gradient() {
        let device = Device::flex().autodiff();
        let pictures = (pictures(&device) + 3.0).require_grad();
        let cut = DiffAugment { cutout: 0.5, ..Default::default() }.apply(pictures.clone(), 5);
        let gradients = cut.clone().sum().backward();
        let gradient = values(pictures.grad(&gradients).unwrap());
        let seen = values(cut);
        assert!(seen.contains(&0.0) && seen.iter().any(|v| *v != 0.0));
        assert!(seen.iter().zip(&gradient).all(|(v, g)| (*v == 0.0) == (*g == 0.0)));
    }

    #[test]
    fn gradients_reach_the_pictures_through_every_change() {
        let device = Device::flex().autodiff();
        let all = DiffAugment { translation: 0.25, colour: 1.0, cutout: 0.25 };
        let weigh = |x: Tensor<4>| (x.clone() * x).sum();
        let start = pictures(&device).require_grad();
        let gradients = weigh(all.apply(start.clone(), 9)).backward();
        let gradient = values(start.grad(&gradients).unwrap());
        // Along the gradient the function grows as its length says.
        let step = 1e-3;
        let length: f32 = gradient.iter().map(|g| g * g).sum();
        let along = Tensor::<4>::from_data(TensorData::new(gradient, [3, 4, 8, 8]), &device);
        let at = |sign: f32| values(weigh(all.apply(start.clone().detach() + along.clone() * (sign * step), 9)))[0];
        let found = (at(1.0) - at(-1.0)) / (2.0 * step);
        assert!((found / length - 1.0).abs() < 1e-2, "{found}, expected {length}");
    }
}
