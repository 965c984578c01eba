//! The item's position in the shop's order.

use crate::{
    group::{FeatureGroup, Head, HeadInput, HiddenLayers, ListInput},
    matrix::Matrix,
};

/// Present where the order of the list is the shop's ranking.
pub static GROUP: FeatureGroup = FeatureGroup {
    columns: &COLUMNS,
    extract: |list| list.request.shop_order.then(|| extract(list)),
    multiplier: None,
};

/// The shape of its network.
pub const HEAD: Head = Head { input: HeadInput::Columns, hidden: HiddenLayers::One(4) };

const COLUMNS: [&str; 3] = ["reciprocal_position", "log_position", "position_share"];

/// 1/position, ln(position) and position over list length; positions start at 1.
fn extract(list: &ListInput) -> Matrix {
    let rows = list.items.len();
    let mut out = Matrix::unknown(rows, COLUMNS.len());
    for row in 0..rows {
        let position = (row + 1) as f32;
        out.row_mut(row).copy_from_slice(&[1.0 / position, position.ln(), position / rows as f32]);
    }
    out
}
