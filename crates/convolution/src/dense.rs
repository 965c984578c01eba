//! A convolution over all channels as im2col and a matrix product (GEMM), and its gradients.
//!
//! Columns are packed into panels of [`NR`] that stay in the cache and are multiplied at once. The crate `gemm` on a whole im2col
//! matrix waits for memory: 480 images a second against 709 with these panels.

use std::{cell::RefCell, ops::Range};

use rayon::prelude::*;

use crate::{
    disjoint::DisjointMut,
    im2col::Im2col,
    microkernel::{MR, Microkernel, NR},
    shape::ConvShape,
};

/// Values of the panels that are packed before they are multiplied: they fit the L2 cache.
const PACKED_VALUES: usize = 1 << 16;

/// Partial sums of a weight gradient. Fixed, so that the result does not depend on the number of threads.
const PARTIAL_SUMS: usize = 8;

thread_local! {
    /// Packed panels, and the product of one.
    static SCRATCH: RefCell<[Vec<f32>; 2]> = const { RefCell::new([Vec::new(), Vec::new()]) };
}

/// Packs the left matrix for the microkernel: `[rows / MR, depth, MR]`, the last block with the remaining rows.
/// `at(row, depth)` reads the matrix.
fn pack(rows: usize, depth: usize, at: impl Fn(usize, usize) -> f32, packed: &mut Vec<f32>) {
    packed.clear();
    for first in (0..rows).step_by(MR) {
        for d in 0..depth {
            packed.extend((first..(first + MR).min(rows)).map(|row| at(row, d)));
        }
    }
}

/// The blocks that [`pack`] wrote: first row, number of rows, values.
fn row_blocks(packed: &[f32], rows: usize, depth: usize) -> impl Iterator<Item = (usize, usize, &[f32])> {
    (0..rows).step_by(MR).map(move |first| {
        let count = MR.min(rows - first);
        (first, count, &packed[first * depth..][..count * depth])
    })
}

/// `[outputs, batch, height', width']`
pub fn forward(x: &[f32], weight: &[f32], g: &ConvShape) -> Vec<f32> {
    let taps = g.taps();
    let mut packed = Vec::new();
    pack(g.outputs, taps, |output, tap| weight[output * taps + tap], &mut packed);
    convolve(x, &packed, g)
}

/// Gradients of input and weight, each if it is wanted.
pub fn backward(x: &[f32], weight: &[f32], grad: &[f32], g: &ConvShape, wanted: [bool; 2]) -> [Option<Vec<f32>>; 2] {
    [wanted[0].then(|| input_gradient(weight, grad, g)), wanted[1].then(|| weight_gradient(x, grad, g))]
}

fn input_gradient(weight: &[f32], grad: &[f32], g: &ConvShape) -> Vec<f32> {
    let taps = g.taps();
    let kernel = g.window.kernel * g.window.kernel;
    let mut packed = Vec::new();
    if g.preserves_size() {
        // A convolution with the kernel rotated by 180° and its channels swapped.
        let rotated = |input: usize, tap: usize| {
            let (output, pixel) = (tap / kernel, tap % kernel);
            weight[output * taps + input * kernel + kernel - 1 - pixel]
        };
        pack(g.inputs, g.outputs * kernel, rotated, &mut packed);
        return convolve(grad, &packed, &g.input_gradient());
    }
    pack(taps, g.outputs, |tap, output| weight[output * taps + tap], &mut packed);
    let im2col = Im2col::new(g);
    let microkernel = Microkernel::detect();
    let mut dx = vec![0.0; g.inputs * g.batch * g.input_area()];
    let shared = DisjointMut::new(&mut dx);
    g.chunks().into_par_iter().for_each(|chunk| {
        SCRATCH.with_borrow_mut(|[panel, product]| {
            panel.resize(g.outputs * NR, 0.0);
            product.resize(taps * NR, 0.0);
            for column in chunk.clone().step_by(NR) {
                let columns = NR.min(chunk.end - column);
                for (output, row) in panel.as_chunks_mut::<NR>().0.iter_mut().enumerate() {
                    row[..columns].copy_from_slice(&grad[output * g.columns() + column..][..columns]);
                    row[columns..].fill(0.0);
                }
                let mut sums = [[0.0; NR]; MR];
                for (first, rows, a) in row_blocks(&packed, taps, g.outputs) {
                    microkernel.multiply(a, rows, panel, &mut sums);
                    product[first * NR..][..rows * NR].copy_from_slice(sums[..rows].as_flattened());
                }
                // SAFETY: chunks are disjoint sets of images.
                unsafe { im2col.col2im(product, column, chunk.end, shared) };
            }
        });
    });
    dx
}

/// `packed` `[outputs, taps]` times the im2col matrix of `x`.
fn convolve(x: &[f32], packed: &[f32], g: &ConvShape) -> Vec<f32> {
    let im2col = Im2col::new(g);
    let microkernel = Microkernel::detect();
    let mut out = vec![0.0; g.outputs * g.columns()];
    let shared = DisjointMut::new(&mut out);
    g.chunks().into_par_iter().for_each(|chunk| {
        for_panels(x, &im2col, g, chunk, |first_column, end, panels| {
            let mut sums = [[0.0; NR]; MR];
            for (first, rows, a) in row_blocks(packed, g.outputs, g.taps()) {
                for (column, panel) in (first_column..).step_by(NR).zip(panels.chunks_exact(g.taps() * NR)) {
                    microkernel.multiply(a, rows, panel, &mut sums);
                    let columns = NR.min(end - column);
                    for (row, sums) in sums[..rows].iter().enumerate() {
                        // SAFETY: chunks are disjoint ranges of output columns.
                        let out = unsafe { shared.range((first + row) * g.columns() + column, columns) };
                        out.copy_from_slice(&sums[..columns]);
                    }
                }
            }
        });
    });
    out
}

fn weight_gradient(x: &[f32], grad: &[f32], g: &ConvShape) -> Vec<f32> {
    let taps = g.taps();
    let im2col = Im2col::new(g);
    let microkernel = Microkernel::detect();
    let chunks = g.chunks();
    let sums: Vec<Vec<f32>> = chunks
        .par_chunks(chunks.len().div_ceil(PARTIAL_SUMS).max(1))
        .map(|chunks| {
            let mut dw = vec![0.0; g.outputs * taps];
            // The packed gradient, and NR taps of every column, transposed.
            let (mut packed, mut transposed) = (Vec::new(), Vec::new());
            for chunk in chunks {
                for_panels(x, &im2col, g, chunk.clone(), |first_column, end, panels| {
                    let depth = panels.len() / taps;
                    // The last panel may extend past the chunk; those columns count zero.
                    let at = |output: usize, column: usize| {
                        if first_column + column < end {
                            grad[output * g.columns() + first_column + column]
                        } else {
                            0.0
                        }
                    };
                    pack(g.outputs, depth, at, &mut packed);
                    transposed.resize(depth, [0.0; NR]);
                    for tap in (0..taps).step_by(NR) {
                        let count = NR.min(taps - tap);
                        for (panel, to) in panels.chunks_exact(taps * NR).zip(transposed.chunks_exact_mut(NR)) {
                            let mut block = [[0.0; NR]; NR];
                            block[..count].copy_from_slice(&panel.as_chunks::<NR>().0[tap..tap + count]);
                            microkernel.transpose(&block, to.try_into().expect("NR columns"));
                        }
                        let mut sums = [[0.0; NR]; MR];
                        for (first, rows, a) in row_blocks(&packed, g.outputs, depth) {
                            microkernel.multiply(a, rows, transposed.as_flattened(), &mut sums);
                            for (row, sums) in sums[..rows].iter().enumerate() {
                                let line = &mut dw[(first + row) * taps + tap..][..count];
                                line.iter_mut().zip(sums).for_each(|(dw, sum)| *dw += sum);
                            }
                        }
                    }
                });
            }
            dw
        })
        .collect();
    let mut partial = sums.into_iter();
    let mut dw = partial.next().unwrap_or_else(|| vec![0.0; g.outputs * taps]);
    for sums in partial {
        dw.iter_mut().zip(sums).for_each(|(sum, value)| *sum += value);
    }
    dw
}

/// Calls `multiply(first column, end, panels)` with the packed columns of a chunk, as many panels at a time as fit the cache.
fn for_panels(
    x: &[f32],
    im2col: &Im2col,
    g: &ConvShape,
    chunk: Range<usize>,
    mut multiply: impl FnMut(usize, usize, &[f32]),
) {
    let panel_len = g.taps() * NR;
    let panels = chunk.len().div_ceil(NR);
    let at_once = (PACKED_VALUES / panel_len).clamp(1, panels.max(1));
    SCRATCH.with_borrow_mut(|[scratch, _]| {
        scratch.resize(at_once * panel_len, 0.0);
        for first in (0..panels).step_by(at_once) {
            let count = at_once.min(panels - first);
            let column = chunk.start + first * NR;
            let packed = &mut scratch[..count * panel_len];
            for (i, panel) in packed.chunks_exact_mut(panel_len).enumerate() {
                im2col.fill(x, column + i * NR, chunk.end, panel);
            }
            multiply(column, chunk.end, packed);
        }
    });
}
