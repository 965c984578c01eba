//! Actions on neighbourhoods on a GPU.

use super::{box_kernel, gaussian_kernel, kernel::Kernel, motion, sharpen};
use crate::{
    action::Action,
    passes::{Drawing, Shader},
};

/// `None` for actions that no shader does.
pub(crate) fn passes(action: &Action, drawing: &mut Drawing) -> Option<()> {
    match *action {
        Action::GaussianBlur { sigma } => separable(&gaussian_kernel(sigma), drawing),
        Action::BoxBlur { radius } => separable(&box_kernel(radius), drawing),
        Action::MotionBlur { length, degrees } => {
            let taps = motion::taps(length, degrees);
            let taps = taps.iter().map(|tap| [tap.right as i32, tap.down as i32, tap.weight.into()]);
            blur(taps.collect(), drawing)
        }
        Action::Sharpness { factor } => {
            drawing.picture(Shader::Sharpen, drawing.size(), [sharpen::parts(factor) as u32])
        }
        _ => None,
    }
}

/// Along columns and then along rows, as on the CPU.
fn separable(kernel: &Kernel, drawing: &mut Drawing) -> Option<()> {
    let weights = || kernel.iter().zip(0..).map(|(weight, distance)| (i32::from(*weight), distance));
    let both = |side: fn(i32) -> [i32; 2]| {
        let taps = weights().flat_map(move |(weight, distance)| {
            let [right, down] = side(distance);
            let other = (distance > 0).then_some([-right, -down, weight]);
            [[right, down, weight]].into_iter().chain(other)
        });
        taps.collect()
    };
    blur(both(|distance| [0, distance]), drawing)?;
    blur(both(|distance| [distance, 0]), drawing)
}

fn blur(taps: Vec<[i32; 3]>, drawing: &mut Drawing) -> Option<()> {
    let count = taps.len() as u32;
    let words = [count].into_iter().chain(taps.into_iter().flatten().map(|word| word as u32));
    drawing.picture(Shader::Taps, drawing.size(), words)
}
