//! Chooses how a run of geometric actions reads the image: copied pixels, a stretched window or a warp.

use super::{copy, elastic::Field, matrix::Matrix, resize, warp::Stage};
use crate::{action::Action, image::Size};

/// The way from the output to the input: matrices side by side are multiplied.
pub(crate) fn stages(actions: &[Action], size: Size) -> Vec<Stage> {
    let mut sizes = vec![size];
    sizes.extend(actions.iter().scan(size, |size, action| {
        *size = action.output_size(*size);
        Some(*size)
    }));
    let mut stages = Vec::new();
    let mut matrix = Matrix::IDENTITY;
    for (at, action) in actions.iter().enumerate().rev() {
        match *action {
            Action::Elastic { shift, spacing, stream } => {
                stages.push(Stage::Matrix(std::mem::replace(&mut matrix, Matrix::IDENTITY)));
                stages.push(Stage::Elastic(Field::new(sizes[at], shift, spacing, stream)));
            }
            _ => matrix = Matrix::of(action, sizes[at], sizes[at + 1]).times(&matrix),
        }
    }
    stages.push(Stage::Matrix(matrix));
    stages
}

/// The plainest way that gives a map's pixels.
pub(crate) enum Way {
    /// Whole pixels are moved.
    Copy([copy::Line; 2]),
    /// A window at another size.
    Stretch(resize::Window),
    /// Any map, from the image, or from itself at a smaller size.
    Warp { smaller: Option<Size>, stages: Vec<Stage> },
}

pub(crate) fn way(mut stages: Vec<Stage>, from: Size, to: Size) -> Way {
    if let [Stage::Matrix(matrix)] = stages.as_slice() {
        if let Some(lines) = copy::lines(matrix) {
            return Way::Copy(lines);
        }
        if let Some(window) = resize::window(matrix, from, to) {
            return Way::Stretch(window);
        }
    }
    // Reading only the nearest pixels would skip most of an image that becomes much smaller: it is averaged first.
    let shrink = shrinkage(&stages, to);
    if shrink < 2 || from.width == 1 || from.height == 1 {
        return Way::Warp { smaller: None, stages };
    }
    let small = Size { width: from.width.div_ceil(shrink), height: from.height.div_ceil(shrink) };
    let factors = [f64::from(small.width) / f64::from(from.width), f64::from(small.height) / f64::from(from.height)];
    let scale = Matrix([[factors[0], 0.0, 0.0], [0.0, factors[1], 0.0], [0.0, 0.0, 1.0]]);
    match stages.last_mut() {
        Some(Stage::Matrix(last)) => *last = scale.times(last),
        _ => stages.push(Stage::Matrix(scale)),
    }
    Way::Warp { smaller: Some(small), stages }
}

/// How many pixels of the input a step between two pixels of the output leaps over, in the middle, along the axis where
/// it is less; displacements are left out.
fn shrinkage(stages: &[Stage], size: Size) -> u32 {
    let [x, y] = [size.width, size.height].map(|side| f64::from(side) / 2.0);
    let through = |x: f64, y: f64| {
        stages.iter().fold([x, y], |[x, y], stage| match stage {
            Stage::Matrix(matrix) => matrix.map(x, y),
            Stage::Elastic(_) => [x, y],
        })
    };
    let middle = through(x, y);
    let leap =
        |to: [f64; 2]| libm::sqrt((0..2).map(|axis| (to[axis] - middle[axis]) * (to[axis] - middle[axis])).sum());
    leap(through(x + 1.0, y)).min(leap(through(x, y + 1.0))).clamp(0.0, 1024.0) as u32
}
