//! A run of geometric actions on a GPU.

use std::cmp::Ordering;

use super::{
    bicubic,
    matrix::Matrix,
    taps::Taps,
    warp::{Stage, parts},
    way::{Way, stages, way},
};
use crate::{
    action::Action,
    gpu::{Drawing, Shader},
    image::Size,
    sampling::{Border, Interpolation, Sampling},
};

/// Numbers that are larger, or none, are the CPU's: no place of an image is that far.
const LARGEST: f64 = 1e15;
/// Whole pixels are moved as far as a record says; places end somewhere.
const FARTHEST_MOVE: f64 = 1e6;

/// `None` where the run bends the image, or is not to be had on a GPU.
pub(crate) fn passes(actions: &[Action], sampling: Sampling, drawing: &mut Drawing) -> Option<()> {
    let from = drawing.size();
    let to = actions.iter().fold(from, |size, action| action.output_size(size));
    let stages = stages(actions, from);
    let [Stage::Matrix(matrix)] = stages.as_slice() else { return None };
    let matrix = *matrix;
    match way(stages, from, to) {
        Way::Copy(_) if matrix.0.iter().any(|row| row[2].abs() > FARTHEST_MOVE) => None,
        // Of whole pixels a place has no part, and what is read is the pixel.
        Way::Copy(_) => warp(&matrix, sampling, to, drawing),
        Way::Stretch(window) => {
            let [columns, rows] = window.taps(from, to, sampling.interpolation);
            stretch(&columns, &rows, window.mirrored, to, drawing)
        }
        Way::Warp { smaller, stages } => {
            if let Some(small) = smaller {
                let [columns, rows] = Taps::of_whole(from, small);
                stretch(&columns, &rows, [false; 2], small, drawing)?;
            }
            let [Stage::Matrix(matrix)] = stages.as_slice() else { return None };
            warp(matrix, sampling, to, drawing)
        }
    }
}

fn warp(matrix: &Matrix, sampling: Sampling, to: Size, drawing: &mut Drawing) -> Option<()> {
    let from = drawing.size();
    let bicubic = sampling.interpolation == Interpolation::Bicubic;
    let (border, [red, green, blue]) = match sampling.border {
        Border::Reflect => (0, [0; 3]),
        Border::Edge => (1, [0; 3]),
        Border::Color(color) => (2, color),
    };
    let fill = u32::from_le_bytes([red, green, blue, 255]);
    let mut words = vec![from.width, from.height, border, fill, bicubic.into(), map(matrix)];
    if bicubic {
        words.extend(bicubic::weights().iter().flatten().map(|weight| *weight as u32));
    }
    places(matrix, to, &mut words)?;
    drawing.image(Shader::Warp, to, &words)
}

/// How places follow from columns and rows.
fn map(matrix: &Matrix) -> u32 {
    match (matrix.is_axis_aligned(), matrix.is_affine()) {
        (true, _) => 0,
        (false, true) => 1,
        (false, false) => 2,
    }
}

/// For each column and then for each row what it says of places.
fn places(matrix: &Matrix, to: Size, words: &mut Vec<u32>) -> Option<()> {
    let [x, y, _] = matrix.0;
    let middle = |at: u32| f64::from(at) + 0.5;
    if map(matrix) == 0 {
        words.extend((0..to.width).map(|at| parts(x[0] * middle(at) + x[2]) as u32));
        words.extend((0..to.height).map(|at| parts(y[1] * middle(at) + y[2]) as u32));
        return Some(());
    }
    let used = &matrix.0[..1 + map(matrix) as usize];
    for at in 0..to.width + to.height {
        for [a, b, c] in used {
            let number = if at < to.width { a * middle(at) } else { b * middle(at - to.width) + c };
            // What is no number is not smaller, either.
            if !matches!(number.abs().partial_cmp(&LARGEST), Some(Ordering::Less)) {
                return None;
            }
            words.extend([number.to_bits() as u32, (number.to_bits() >> 32) as u32]);
        }
    }
    Some(())
}

/// Along rows and then along columns.
fn stretch(columns: &Taps, rows: &Taps, mirrored: [bool; 2], to: Size, drawing: &mut Drawing) -> Option<()> {
    let (from, needed) = (drawing.size(), rows.needed());
    let first = needed.start as u32;
    let narrow = Size { width: to.width, height: needed.len() as u32 };
    drawing.image(Shader::Resize, narrow, &words(columns, mirrored[0], from.width, true, first))?;
    drawing.image(Shader::Resize, to, &words(rows, mirrored[1], narrow.width, false, first))
}

fn words(taps: &Taps, mirrored: bool, stride: u32, along_rows: bool, first: u32) -> Vec<u32> {
    let targets = taps.len();
    let source = |target: usize| if mirrored { targets - 1 - target } else { target };
    let mut words = vec![stride, along_rows.into(), first, taps.pairs_each as u32];
    for target in 0..targets {
        let (first, weights) = taps.of(source(target));
        words.extend([first as u32, weights.len() as u32]);
    }
    for target in 0..targets {
        let pairs = &taps.pairs[source(target) * taps.pairs_each..][..taps.pairs_each];
        words.extend(pairs.iter().map(|[one, other]| u32::from(*one as u16) | u32::from(*other as u16) << 16));
    }
    words
}
