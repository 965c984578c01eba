//! A linear layer with fused bias and ReLU (GEMM).
//!
//! Weights are packed into panels of eight output columns that the inner loop reads in order; four rows share every load. Rows are
//! padded to whole panels: `n` values take [`padded`]`(n)` floats.

use crate::simd::F32x4;

/// Output columns of a panel.
const NR: usize = 8;
/// Rows of a block.
const MR: usize = 4;

/// Length of a row of `columns` values in a buffer, padding included.
pub const fn padded(columns: usize) -> usize {
    columns.div_ceil(NR) * NR
}

/// A linear layer with packed weights.
#[derive(Clone, Debug)]
pub struct Dense {
    inputs: usize,
    outputs: usize,
    /// `[panels, inputs, NR]`
    panels: Vec<f32>,
    /// `[padded(outputs)]`
    bias: Vec<f32>,
}

impl Dense {
    /// Packs a row-major weight `[inputs, outputs]` and a bias `[outputs]`; without a bias it is zero.
    pub fn new(weight: &[f32], bias: Option<&[f32]>, inputs: usize, outputs: usize) -> Self {
        assert_eq!(weight.len(), inputs * outputs, "a weight matrix has inputs × outputs values");
        let mut panels = vec![0.0; padded(outputs) * inputs];
        for input in 0..inputs {
            for output in 0..outputs {
                let panel = output / NR;
                panels[(panel * inputs + input) * NR + output % NR] = weight[input * outputs + output];
            }
        }
        let mut padded_bias = vec![0.0; padded(outputs)];
        if let Some(bias) = bias {
            padded_bias[..outputs].copy_from_slice(bias);
        }
        Self { inputs, outputs, panels, bias: padded_bias }
    }

    /// Number of inputs.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Number of outputs.
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// `output = input · weight + bias`, with ReLU if `relu`.
    ///
    /// # Shapes
    /// - `input` `[rows, padded(inputs)]`
    /// - `output` `[rows, padded(outputs)]`, resized
    pub fn forward(&self, input: &[f32], relu: bool, output: &mut Vec<f32>) {
        let rows = input.len() / padded(self.inputs);
        output.resize(rows * padded(self.outputs), 0.0);
        let full = rows - rows % MR;
        for panel in 0..self.panels.len() / (self.inputs * NR) {
            for row in (0..full).step_by(MR) {
                self.block::<MR>(input, row, panel, relu, output);
            }
            for row in full..rows {
                self.block::<1>(input, row, panel, relu, output);
            }
        }
    }

    /// The microkernel: `R` rows from `row` on, one panel.
    #[inline(always)]
    fn block<const R: usize>(&self, input: &[f32], row: usize, panel: usize, relu: bool, output: &mut [f32]) {
        let (stride_in, stride_out) = (padded(self.inputs), padded(self.outputs));
        let input = &input[row * stride_in..];
        let output = &mut output[row * stride_out + panel * NR..];
        let bias = &self.bias[panel * NR..][..NR];
        let panel = &self.panels[panel * self.inputs * NR..][..self.inputs * NR];
        let rows: [&[f32]; R] = std::array::from_fn(|r| &input[r * stride_in..][..self.inputs]);
        let mut low = [F32x4::load(bias); R];
        let mut high = [F32x4::load(&bias[4..]); R];
        for (k, weights) in panel.chunks_exact(NR).enumerate() {
            let (a, b) = (F32x4::load(weights), F32x4::load(&weights[4..]));
            for r in 0..R {
                let x = F32x4::splat(rows[r][k]);
                low[r] = low[r].mul_add(x, a);
                high[r] = high[r].mul_add(x, b);
            }
        }
        let floor = F32x4::splat(if relu { 0.0 } else { f32::NEG_INFINITY });
        for r in 0..R {
            low[r].max(floor).store(&mut output[r * stride_out..]);
            high[r].max(floor).store(&mut output[r * stride_out + 4..]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(weight: &[f32], bias: &[f32], input: &[f32], inputs: usize, outputs: usize) -> Vec<f32> {
        let row = |x: &[f32]| {
            (0..outputs)
                .map(|o| (bias[o] + (0..inputs).map(|i| x[i] * weight[i * outputs + o]).sum::<f32>()).max(0.0))
                .collect::<Vec<_>>()
        };
        input.chunks_exact(inputs).flat_map(row).collect()
    }

    #[test]
    fn forward_equals_the_naive_sum_at_every_size() {
        let value = |i: usize| ((i * 7919) % 1000) as f32 / 500.0 - 1.0;
        for (rows, inputs, outputs) in [(1, 1, 1), (3, 5, 7), (4, 8, 8), (9, 33, 17), (5, 64, 1)] {
            let weight: Vec<f32> = (0..inputs * outputs).map(value).collect();
            let bias: Vec<f32> = (0..outputs).map(|i| value(i + 13)).collect();
            let input: Vec<f32> = (0..rows * inputs).map(|i| value(i + 101)).collect();
            let mut padded_input = vec![0.0; rows * padded(inputs)];
            for row in 0..rows {
                padded_input[row * padded(inputs)..][..inputs].copy_from_slice(&input[row * inputs..][..inputs]);
            }
            let mut output = Vec::new();
            Dense::new(&weight, Some(&bias), inputs, outputs).forward(&padded_input, true, &mut output);
            let expected = reference(&weight, &bias, &input, inputs, outputs);
            for row in 0..rows {
                for o in 0..outputs {
                    let (found, expected) = (output[row * padded(outputs) + o], expected[row * outputs + o]);
                    assert!(
                        (found - expected).abs() < 1e-4,
                        "{rows}x{inputs}x{outputs} at {row},{o}: {found} {expected}"
                    );
                }
            }
        }
    }
}
