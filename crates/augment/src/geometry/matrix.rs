//! Where a place of the changed image comes from, as a 3 x 3 matrix on homogeneous coordinates.
//!
//! Coordinates are continuous: an image covers 0 to `width` and 0 to `height`, the middle of its first pixel is (0.5, 0.5).

use crate::{action::Action, image::Size};

/// Maps places of the output to places of the input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Matrix(pub [[f64; 3]; 3]);

impl Matrix {
    pub const IDENTITY: Self = Self([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]);

    fn affine(x: [f64; 3], y: [f64; 3]) -> Self {
        Self([x, y, [0.0, 0.0, 1.0]])
    }

    /// `linear` about the centre of an image.
    fn about_centre(size: Size, linear: [[f64; 2]; 2]) -> Self {
        let centre = [size.width, size.height].map(|side| f64::from(side) / 2.0);
        let row = |axis: usize| {
            let [a, b] = linear[axis];
            [a, b, centre[axis] - a * centre[0] - b * centre[1]]
        };
        Self::affine(row(0), row(1))
    }

    /// First `after`, then `self`.
    pub fn times(&self, after: &Self) -> Self {
        Self([0, 1, 2].map(|row| [0, 1, 2].map(|column| (0..3).map(|k| self.0[row][k] * after.0[k][column]).sum())))
    }

    pub fn is_affine(&self) -> bool {
        self.0[2] == [0.0, 0.0, 1.0]
    }

    /// Neither turned nor slanted: columns come from columns and rows from rows.
    pub fn is_axis_aligned(&self) -> bool {
        self.is_affine() && self.0[0][1] == 0.0 && self.0[1][0] == 0.0
    }

    pub fn map(&self, x: f64, y: f64) -> [f64; 2] {
        let [u, v, w] = self.0.map(|row| row[0] * x + row[1] * y + row[2]);
        [u / w, v / w]
    }

    /// The inverse map of one action that is neither elastic nor without geometry; `before` and `after` are its sizes.
    pub fn of(action: &Action, before: Size, after: Size) -> Self {
        match *action {
            // Rows run downwards, so that this turns the content counter-clockwise.
            Action::Rotate { degrees } => {
                let angle = degrees.to_radians();
                let (sin, cos) = (libm::sin(angle), libm::cos(angle));
                Self::about_centre(before, [[cos, -sin], [sin, cos]])
            }
            Action::Scale { factor } => Self::about_centre(before, [[1.0 / factor, 0.0], [0.0, 1.0 / factor]]),
            Action::Shear { x, y } => Self::about_centre(before, [[1.0, -x], [-y, 1.0]]),
            Action::Crop { left, top, .. } => Self::affine([1.0, 0.0, f64::from(left)], [0.0, 1.0, f64::from(top)]),
            Action::Pad { left, top, .. } => Self::affine([1.0, 0.0, -f64::from(left)], [0.0, 1.0, -f64::from(top)]),
            Action::Translate { x, y } => Self::affine([1.0, 0.0, -x], [0.0, 1.0, -y]),
            Action::HorizontalFlip => Self::affine([-1.0, 0.0, f64::from(before.width)], [0.0, 1.0, 0.0]),
            Action::VerticalFlip => Self::affine([1.0, 0.0, 0.0], [0.0, -1.0, f64::from(before.height)]),
            Action::Resize { .. } => Self::affine(
                [f64::from(before.width) / f64::from(after.width), 0.0, 0.0],
                [0.0, f64::from(before.height) / f64::from(after.height), 0.0],
            ),
            Action::Perspective { corners } => perspective(before, corners),
            Action::Elastic { .. }
            | levels_actions!()
            | color_actions!()
            | filter_actions!()
            | noise_actions!()
            | codec_actions!()
            | erase_actions!()
            | background_actions!() => unreachable!("{action:?} has no matrix"),
        }
    }
}

/// From a rectangle to the quadrilateral that its shifted corners span (Heckbert 1989, "Fundamentals of texture mapping").
fn perspective(size: Size, shifts: [[f64; 2]; 4]) -> Matrix {
    if shifts == [[0.0; 2]; 4] {
        return Matrix::IDENTITY;
    }
    let [width, height] = [size.width, size.height].map(f64::from);
    let corners = [[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]];
    let [p0, p1, p2, p3] = [0, 1, 2, 3].map(|at| [0, 1].map(|axis| corners[at][axis] + shifts[at][axis]));
    let [d1, d2] = [p1, p3].map(|p| [0, 1].map(|axis| p[axis] - p2[axis]));
    let sum = [0, 1].map(|axis| p0[axis] - p1[axis] + p2[axis] - p3[axis]);
    let cross = |a: [f64; 2], b: [f64; 2]| a[0] * b[1] - a[1] * b[0];
    let area = cross(d1, d2);
    let (g, h) = (cross(sum, d2) / area, cross(d1, sum) / area);
    let row = |axis: usize| {
        [(p1[axis] - p0[axis] + g * p1[axis]) / width, (p3[axis] - p0[axis] + h * p3[axis]) / height, p0[axis]]
    };
    Matrix([row(0), row(1), [g / width, h / height, 1.0]])
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size { width: 40, height: 20 };

    #[test]
    fn a_perspective_looks_where_its_corners_were_moved() {
        let corners = [[4.0, 1.0], [-2.0, 3.0], [-5.0, -4.0], [0.0, -2.0]];
        let matrix = Matrix::of(&Action::Perspective { corners }, SIZE, SIZE);
        for ([x, y], shift) in [[0.0, 0.0], [40.0, 0.0], [40.0, 20.0], [0.0, 20.0]].into_iter().zip(corners) {
            let [u, v] = matrix.map(x, y);
            assert!((u - x - shift[0]).abs() < 1e-9 && (v - y - shift[1]).abs() < 1e-9, "{u} {v}");
        }
    }

    #[test]
    fn a_quarter_turn_is_counter_clockwise() {
        // What is seen at the top comes from the right.
        let square = Size { width: 20, height: 20 };
        let [u, v] = Matrix::of(&Action::Rotate { degrees: 90.0 }, square, square).map(10.0, 0.5);
        assert!((u - 19.5).abs() < 1e-9 && (v - 10.0).abs() < 1e-9, "{u} {v}");
    }

    #[test]
    fn actions_in_a_row_are_the_product_of_their_matrices() {
        let flip = Matrix::of(&Action::HorizontalFlip, SIZE, SIZE);
        let moved = Matrix::of(&Action::Translate { x: 3.0, y: -1.0 }, SIZE, SIZE);
        // Moved, then mirrored: a place of the result is mirrored back first.
        let [x, y] = flip.map(5.0, 7.0);
        assert_eq!(moved.times(&flip).map(5.0, 7.0), moved.map(x, y));
        assert_eq!(flip.times(&flip), Matrix::IDENTITY);
    }
}
