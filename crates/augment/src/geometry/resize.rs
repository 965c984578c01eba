//! Maps that only stretch: a window of the picture at another size, mirrored or not. `fast_image_resize` does them, with
//! a filter that widens with the reduction.

use fast_image_resize::{
    FilterType, PixelTrait, ResizeAlg, ResizeOptions,
    images::{TypedImage, TypedImageRef},
    pixels::{U8, U8x3, U8x4},
};

use super::{border::Beyond, copy, matrix::Matrix};
use crate::{
    image::{Image, ImageRef, Size},
    policy::Interpolation,
};

/// What is seen of a picture: start and length along x and y, in pixels, and whether it is mirrored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Window {
    start: [f64; 2],
    length: [f64; 2],
    mirrored: [bool; 2],
}

/// The window of such a map that stays inside the picture.
pub(crate) fn window(matrix: &Matrix, input: Size, output: Size) -> Option<Window> {
    /// Part of a pixel that sums of matrices may be off.
    const SLACK: f64 = 1e-6;
    if !matrix.is_axis_aligned() {
        return None;
    }
    let mut window = Window { start: [0.0; 2], length: [0.0; 2], mirrored: [false; 2] };
    let sides = [(input.width, output.width), (input.height, output.height)];
    for (axis, (from, to)) in sides.map(|(from, to)| (f64::from(from), f64::from(to))).into_iter().enumerate() {
        let (scale, shift) = (matrix.0[axis][axis], matrix.0[axis][2]);
        let other = shift + scale * to;
        let (low, high) = (shift.min(other), shift.max(other));
        if low < -SLACK || high > from + SLACK || high - low < SLACK {
            return None;
        }
        window.start[axis] = low.max(0.0);
        window.length[axis] = high.min(from) - window.start[axis];
        if window.start[axis] + window.length[axis] > from {
            window.length[axis] = f64::from_bits(window.length[axis].to_bits() - 1);
        }
        window.mirrored[axis] = scale < 0.0;
    }
    Some(window)
}

/// `fast_image_resize` with its buffers.
#[derive(Debug, Default)]
pub(crate) struct Resizer {
    inner: fast_image_resize::Resizer,
    unmirrored: Vec<u8>,
}

impl Resizer {
    pub fn resize<const C: usize>(
        &mut self,
        image: ImageRef<'_>,
        window: Window,
        interpolation: Interpolation,
        size: Size,
        out: &mut [u8],
    ) {
        let filter = match interpolation {
            Interpolation::Bilinear => FilterType::Bilinear,
            Interpolation::Bicubic => FilterType::CatmullRom,
        };
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter)).use_alpha(false).crop(
            window.start[0],
            window.start[1],
            window.length[0],
            window.length[1],
        );
        if window.mirrored == [false; 2] {
            return self.run(image, &options, size, out);
        }
        let mut buffer = std::mem::take(&mut self.unmirrored);
        buffer.resize(out.len(), 0);
        self.run(image, &options, size, &mut buffer);
        let sides = [size.width, size.height].map(f64::from);
        let row = |axis: usize| if window.mirrored[axis] { (-1.0, sides[axis]) } else { (1.0, 0.0) };
        let ((x, right), (y, down)) = (row(0), row(1));
        let mirror = Matrix([[x, 0.0, right], [0.0, y, down], [0.0, 0.0, 1.0]]);
        let lines = copy::lines(&mirror).expect("a mirror moves whole pixels");
        copy::copy(ImageRef::trusted(size, image.channels(), &buffer), lines, size, &Beyond::<C>::Edge, out);
        self.unmirrored = buffer;
    }

    /// The picture with each side divided by `times`, every pixel averaged.
    pub fn shrink<const C: usize>(&mut self, image: ImageRef<'_>, times: u32) -> Image {
        let Size { width, height } = image.size();
        let size = Size { width: width.div_ceil(times), height: height.div_ceil(times) };
        let mut small = Image::black(size, image.channels());
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Box)).use_alpha(false);
        self.run(image, &options, size, small.pixels_mut());
        small
    }

    fn run(&mut self, image: ImageRef<'_>, options: &ResizeOptions, size: Size, out: &mut [u8]) {
        use crate::image::Channels::*;
        match image.channels() {
            Gray => self.typed::<U8>(image, options, size, out),
            Rgb => self.typed::<U8x3>(image, options, size, out),
            Rgba => self.typed::<U8x4>(image, options, size, out),
        }
    }

    fn typed<P: PixelTrait>(&mut self, image: ImageRef<'_>, options: &ResizeOptions, size: Size, out: &mut [u8]) {
        let Size { width, height } = image.size();
        let source = TypedImageRef::<P>::from_buffer(width, height, image.pixels()).expect("pixels of a checked size");
        let mut target = TypedImage::<P>::from_buffer(size.width, size.height, out).expect("pixels of a checked size");
        self.inner.resize_typed(&source, &mut target, options).expect("a window inside the picture");
    }
}
