//! Where the shop put an item.

use crate::matrix::Matrix;

/// Feature names.
pub const NAMES: [&str; 3] = ["reciprocal_position", "log_position", "position_share"];

/// 1/position, ln position and the position as a share of the list; unknown where the order means nothing.
pub fn features(rows: usize, order_is_known: bool) -> Matrix {
    let mut out = Matrix::unknown(rows, NAMES.len());
    if order_is_known {
        for row in 0..rows {
            let position = (row + 1) as f32;
            out.row_mut(row).copy_from_slice(&[1.0 / position, position.ln(), position / rows as f32]);
        }
    }
    out
}
