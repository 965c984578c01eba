//! Actions on neighbourhoods on a GPU.

use super::{
    kernel::{Kernel, box_kernel, gaussian_kernel},
    motion, sharpen,
};
use crate::{
    action::Action,
    gpu::{Drawing, Shader},
};

/// `None` for actions that no shader does.
pub(crate) fn passes(action: &Action, drawing: &mut Drawing) -> Option<()> {
    match *action {
        Action::GaussianBlur { sigma } => separable(&gaussian_kernel(sigma), drawing),
        Action::BoxBlur { radius } => separable(&box_kernel(radius), drawing),
        Action::MotionBlur { length, degrees } => {
            let taps = motion::taps(length, degrees);
            let taps: Vec<_> = taps.iter().map(|tap| [tap.right as i32, tap.down as i32, tap.weight.into()]).collect();
            blur(&taps, drawing)
        }
        Action::Sharpness { factor } => {
            drawing.image(Shader::Sharpen, drawing.size(), &[sharpen::parts(factor) as u32])
        }
        geometry_actions!()
        | levels_actions!()
        | color_actions!()
        | noise_actions!()
        | codec_actions!()
        | erase_actions!()
        | background_actions!() => None,
    }
}

/// Along columns and then along rows, as on the CPU.
fn separable(kernel: &Kernel, drawing: &mut Drawing) -> Option<()> {
    for [right, down] in [[0, 1], [1, 0]] {
        let mut taps = vec![[0, 0, kernel[0].into()]];
        for (distance, &weight) in (0..).zip(kernel).skip(1) {
            let weight = weight.into();
            taps.extend([[right * distance, down * distance, weight], [-right * distance, -down * distance, weight]]);
        }
        blur(&taps, drawing)?;
    }
    Some(())
}

fn blur(taps: &[[i32; 3]], drawing: &mut Drawing) -> Option<()> {
    let mut words = vec![taps.len() as u32];
    words.extend(taps.as_flattened().iter().map(|word| *word as u32));
    drawing.image(Shader::Separable, drawing.size(), &words)
}
