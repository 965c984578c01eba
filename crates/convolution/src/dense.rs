//! A convolution of all channels as a product of matrices, and its gradients.

use std::{cell::RefCell, ops::Range};

use rayon::prelude::*;

use crate::{
    geometry::Geometry,
    memory::Shared,
    tile::{ROWS, STRIP, Tiles},
    windows::Windows,
};

/// Numbers of the strips that are computed before the next ones are gathered: they stay in the second cache.
const GATHERED: usize = 1 << 16;

/// Parts of a batch whose gradients of the weights are summed by themselves, whatever the number of threads.
const SUMS: usize = 8;

thread_local! {
    /// The strips that this thread computes with, and what it makes of one.
    static SCRATCH: RefCell<[Vec<f32>; 2]> = const { RefCell::new([Vec::new(), Vec::new()]) };
}

/// Writes a matrix in the order that tiles read it in: `[rows / ROWS, depth, ROWS]`, the last with as many rows as are left.
/// `at(row, depth)` is a number of it.
fn pack(rows: usize, depth: usize, at: impl Fn(usize, usize) -> f32, packed: &mut Vec<f32>) {
    packed.clear();
    for first in (0..rows).step_by(ROWS) {
        for d in 0..depth {
            packed.extend((first..(first + ROWS).min(rows)).map(|row| at(row, d)));
        }
    }
}

/// First row, number of rows, and their part of a matrix that [`pack`] wrote.
fn packed_tiles(packed: &[f32], rows: usize, depth: usize) -> impl Iterator<Item = (usize, usize, &[f32])> {
    (0..rows).step_by(ROWS).map(move |first| {
        let count = ROWS.min(rows - first);
        (first, count, &packed[first * depth..][..count * depth])
    })
}

/// `[outputs, photos, height', width']`
pub fn forward(x: &[f32], weight: &[f32], g: &Geometry) -> Vec<f32> {
    let taps = g.taps();
    let mut packed = Vec::new();
    pack(g.outputs, taps, |output, tap| weight[output * taps + tap], &mut packed);
    slide(x, &packed, g)
}

/// Gradients of the input and of the weights, each if it is wanted.
pub fn backward(x: &[f32], weight: &[f32], grad: &[f32], g: &Geometry, wanted: [bool; 2]) -> [Option<Vec<f32>>; 2] {
    [wanted[0].then(|| input_gradient(weight, grad, g)), wanted[1].then(|| weight_gradient(x, grad, g))]
}

/// The gradient of the input.
fn input_gradient(weight: &[f32], grad: &[f32], g: &Geometry) -> Vec<f32> {
    let taps = g.taps();
    let kernel = g.window.kernel * g.window.kernel;
    let mut packed = Vec::new();
    if g.keeps_places() {
        // Where a window's pixel went, the window comes back: the kernel the other way round, its channels exchanged.
        let flipped = |input: usize, tap: usize| {
            let (output, pixel) = (tap / kernel, tap % kernel);
            weight[output * taps + input * kernel + kernel - 1 - pixel]
        };
        pack(g.inputs, g.outputs * kernel, flipped, &mut packed);
        return slide(grad, &packed, &g.back());
    }
    pack(taps, g.outputs, |tap, output| weight[output * taps + tap], &mut packed);
    let windows = Windows::new(g);
    let tiles = Tiles::detect();
    let mut dx = vec![0.0; g.inputs * g.photos * g.area_from()];
    let shared = Shared::new(&mut dx);
    g.parts().into_par_iter().for_each(|part| {
        SCRATCH.with_borrow_mut(|[strip, back]| {
            strip.resize(g.outputs * STRIP, 0.0);
            back.resize(taps * STRIP, 0.0);
            for column in part.clone().step_by(STRIP) {
                let columns = STRIP.min(part.end - column);
                for (output, line) in strip.as_chunks_mut::<STRIP>().0.iter_mut().enumerate() {
                    line[..columns].copy_from_slice(&grad[output * g.width() + column..][..columns]);
                    line[columns..].fill(0.0);
                }
                let mut sums = [[0.0; STRIP]; ROWS];
                for (first, rows, a) in packed_tiles(&packed, taps, g.outputs) {
                    tiles.multiply(a, rows, strip, &mut sums);
                    back[first * STRIP..][..rows * STRIP].copy_from_slice(sums[..rows].as_flattened());
                }
                // SAFETY: parts are other photos.
                unsafe { windows.scatter(back, column, part.end, shared) };
            }
        });
    });
    dx
}

/// `packed` `[outputs, taps]` times the windows of `x`.
fn slide(x: &[f32], packed: &[f32], g: &Geometry) -> Vec<f32> {
    let windows = Windows::new(g);
    let tiles = Tiles::detect();
    let mut out = vec![0.0; g.outputs * g.width()];
    let shared = Shared::new(&mut out);
    g.parts().into_par_iter().for_each(|part| {
        gathered(x, &windows, g, part, |first_column, end, panels| {
            let mut sums = [[0.0; STRIP]; ROWS];
            for (first, rows, a) in packed_tiles(packed, g.outputs, g.taps()) {
                for (column, panel) in (first_column..).step_by(STRIP).zip(panels.chunks_exact(g.taps() * STRIP)) {
                    tiles.multiply(a, rows, panel, &mut sums);
                    let columns = STRIP.min(end - column);
                    for (row, sums) in sums[..rows].iter().enumerate() {
                        // SAFETY: parts are other columns of the output.
                        let out = unsafe { shared.part((first + row) * g.width() + column, columns) };
                        out.copy_from_slice(&sums[..columns]);
                    }
                }
            }
        });
    });
    out
}

/// The gradient of the weights.
fn weight_gradient(x: &[f32], grad: &[f32], g: &Geometry) -> Vec<f32> {
    let taps = g.taps();
    let windows = Windows::new(g);
    let tiles = Tiles::detect();
    let parts = g.parts();
    let sums: Vec<Vec<f32>> = parts
        .par_chunks(parts.len().div_ceil(SUMS).max(1))
        .map(|parts| {
            let mut dw = vec![0.0; g.outputs * taps];
            // The gradient in the order that tiles read it in, and sixteen taps of every column.
            let (mut packed, mut turned) = (Vec::new(), Vec::new());
            for part in parts {
                gathered(x, &windows, g, part.clone(), |first_column, end, panels| {
                    let depth = panels.len() / taps;
                    // The last strip may reach over the end: what lies there does not count.
                    let at = |output: usize, column: usize| {
                        if first_column + column < end { grad[output * g.width() + first_column + column] } else { 0.0 }
                    };
                    pack(g.outputs, depth, at, &mut packed);
                    turned.resize(depth, [0.0; STRIP]);
                    for tap in (0..taps).step_by(STRIP) {
                        let some = STRIP.min(taps - tap);
                        for (panel, turned) in panels.chunks_exact(taps * STRIP).zip(turned.chunks_exact_mut(STRIP)) {
                            let mut block = [[0.0; STRIP]; STRIP];
                            block[..some].copy_from_slice(&panel.as_chunks::<STRIP>().0[tap..tap + some]);
                            tiles.transpose(&block, turned.try_into().expect("a strip of columns"));
                        }
                        let mut sums = [[0.0; STRIP]; ROWS];
                        for (first, rows, a) in packed_tiles(&packed, g.outputs, depth) {
                            tiles.multiply(a, rows, turned.as_flattened(), &mut sums);
                            for (row, sums) in sums[..rows].iter().enumerate() {
                                let line = &mut dw[(first + row) * taps + tap..][..some];
                                line.iter_mut().zip(sums).for_each(|(dw, sum)| *dw += sum);
                            }
                        }
                    }
                });
            }
            dw
        })
        .collect();
    let mut parts = sums.into_iter();
    let mut dw = parts.next().unwrap_or_else(|| vec![0.0; g.outputs * taps]);
    for part in parts {
        dw.iter_mut().zip(part).for_each(|(sum, value)| *sum += value);
    }
    dw
}

/// Calls `use_them(first column, end, panels)` with the strips of a part, as many at a time as the cache holds.
fn gathered(
    x: &[f32],
    windows: &Windows,
    g: &Geometry,
    part: Range<usize>,
    mut use_them: impl FnMut(usize, usize, &[f32]),
) {
    let panel = g.taps() * STRIP;
    let strips = part.len().div_ceil(STRIP);
    let at_once = (GATHERED / panel).clamp(1, strips.max(1));
    SCRATCH.with_borrow_mut(|[scratch, _]| {
        scratch.resize(at_once * panel, 0.0);
        for first in (0..strips).step_by(at_once) {
            let count = at_once.min(strips - first);
            let column = part.start + first * STRIP;
            let panels = &mut scratch[..count * panel];
            for (strip, panel) in panels.chunks_exact_mut(panel).enumerate() {
                windows.fill(x, column + strip * STRIP, part.end, panel);
            }
            use_them(column, part.end, panels);
        }
    });
}
