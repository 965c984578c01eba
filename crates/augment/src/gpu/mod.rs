//! What a GPU does for the same pixels: a record's actions as shaders, their words and their sizes, without any GPU's library.
//!
//! A host runs them: it has buffers of 32-bit words, one for each [`Slot`] and one for the words of a pass, and does
//! dispatch after dispatch. Shaders are in WGSL beside what does the same on the CPU, and use integers only: every device
//! gives the CPU's pixels, bit for bit.

use crate::image::{Channels, Size};

/// Most pixels of an image on a GPU: every device binds a buffer of 128 MiB.
const MAX_PIXELS: usize = 1 << 25;
/// Columns and rows that one workgroup changes.
const TILE: u32 = 8;

/// One dispatch.
#[derive(Clone, Debug, PartialEq)]
pub struct Pass {
    /// What runs.
    pub shader: Shader,
    /// What it reads, as binding 0; the image that comes in is in [`Slot::Front`].
    pub source: Slot,
    /// Its parameters, as binding 1.
    pub words: Words,
    /// What it writes, as binding 2.
    pub result: Slot,
    /// Words of the result.
    pub length: usize,
    /// Workgroups along x and y.
    pub workgroups: [u32; 2],
}

/// Parameters of a pass.
#[derive(Clone, Debug, PartialEq)]
pub enum Words {
    /// These, in a buffer of their own.
    Own(Vec<u32>),
    /// What a pass before it wrote to [`Slot::Levels`].
    Levels,
}

/// A buffer that passes share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    /// An image, a word a pixel: red in the low byte, then green, blue and opacity.
    Front,
    /// Another.
    Back,
    /// Tables of levels and how often each occurs; zeros at first.
    Levels,
}

impl Slot {
    /// All of them; a slot's place here is its number.
    pub const ALL: [Self; 3] = [Self::Front, Self::Back, Self::Levels];
}

macro_rules! shaders {
    ($($variant:ident $name:literal $file:literal)+) => {
        /// A compute shader; its entry point is `main`, its bindings are those of [`Pass`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs)] // each file says what it does
        pub enum Shader {
            $($variant,)+
        }

        impl Shader {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Its file, without the ending.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// Its code in WGSL.
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!(include_str!("../image.wgsl"), include_str!($file)),)+
                }
            }
        }
    };
}

shaders! {
    Warp "warp" "../geometry/warp.wgsl"
    Resize "resize" "../geometry/resize.wgsl"
    Table "table" "../colour/table.wgsl"
    Statistics "statistics" "../colour/statistics.wgsl"
    Tone "tone" "../colour/tone.wgsl"
    Saturate "saturate" "../colour/saturate.wgsl"
    Hue "hue" "../colour/hue.wgsl"
    Shuffle "shuffle" "../colour/shuffle.wgsl"
    Separable "separable" "../filter/separable.wgsl"
    Sharpen "sharpen" "../filter/sharpen.wgsl"
    Erase "erase" "../erase.wgsl"
    Noise "noise" "../noise.wgsl"
}

/// The passes of one group of actions, as they are found.
pub(crate) struct Drawing {
    passes: Vec<Pass>,
    front: Slot,
    size: Size,
    channels: Channels,
}

impl Drawing {
    /// On an image of `size`, behind the passes that made it.
    pub fn new(size: Size, channels: Channels, before: Option<&[Pass]>) -> Self {
        let front = before.and_then(|passes| passes.last()).map_or(Slot::Front, |pass| pass.result);
        Self { passes: Vec::new(), front, size, channels }
    }

    pub fn passes(self) -> Vec<Pass> {
        self.passes
    }

    /// Bytes that a pixel has on the CPU.
    pub fn channels(&self) -> u32 {
        self.channels as u32
    }

    /// Of the image so far.
    pub fn size(&self) -> Size {
        self.size
    }

    /// From the image so far to one of `size`. `None` where one of them is too large for a GPU.
    pub fn image(&mut self, shader: Shader, size: Size, more: &[u32]) -> Option<()> {
        self.draw(shader, size, own(size, more))
    }

    /// The same with words that [`Drawing::levels`] made.
    pub fn image_by_levels(&mut self, shader: Shader) -> Option<()> {
        self.draw(shader, self.size, Words::Levels)
    }

    fn draw(&mut self, shader: Shader, size: Size, words: Words) -> Option<()> {
        let result = if self.front == Slot::Front { Slot::Back } else { Slot::Front };
        let workgroups = [size.width, size.height].map(|side| side.div_ceil(TILE));
        let fits = [self.size, size].iter().all(|size| size.pixels() <= MAX_PIXELS);
        let source = std::mem::replace(&mut self.front, result);
        self.size = size;
        self.passes.push(Pass { shader, source, words, result, length: size.pixels(), workgroups });
        fits.then_some(())
    }

    /// From the image so far to `length` words of [`Slot::Levels`].
    pub fn levels(&mut self, shader: Shader, length: usize, workgroups: [u32; 2], more: &[u32]) {
        let words = own(self.size, more);
        self.passes.push(Pass { shader, source: self.front, words, result: Slot::Levels, length, workgroups });
    }
}

fn own(size: Size, more: &[u32]) -> Words {
    Words::Own([&[size.width, size.height], more].concat())
}
