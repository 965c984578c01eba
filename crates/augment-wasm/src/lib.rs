//! Image augmentation for a page: pixels as a canvas has them in, pixels as a canvas takes them out.
//!
//! A canvas has red, green, blue and opacity; what is transparent was laid on white before it comes here. So operators see
//! three channels, as they do when a trainer reads photos, and give the same bytes.

mod canvas;
pub mod error;
pub mod passes;
#[cfg(target_arch = "wasm32")]
mod wasm;

use windowshop_augment::{AugmentPolicy, Channels, ImageRef, Key, Record, Size, Step, Workspace};

pub use error::PageError;

/// Most pixels of an image, on its way too: 4,096 x 4,096, which is the most that every browser's canvas has.
pub const MAX_PIXELS: usize = 1 << 24;

/// A changed image, and what was done to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    /// Of the image.
    pub size: Size,
    /// `[height, width, 4]`, opaque.
    pub rgba: Vec<u8>,
    /// What was done.
    pub record: Record,
}

/// A policy with the memory that it works in.
#[derive(Debug)]
pub struct Augmenter {
    policy: AugmentPolicy,
    workspace: Workspace,
}

impl Augmenter {
    /// A policy in JSON, or the name of a preset as a JSON string; every strength times `strength`.
    ///
    /// # Errors
    /// Those of [`AugmentPolicy::from_json`], [`AugmentPolicy::preset`] and [`AugmentPolicy::scaled`].
    pub fn new(policy: &str, strength: f64) -> Result<Self, PageError> {
        let policy = match serde_json::from_str::<String>(policy) {
            Ok(name) => AugmentPolicy::preset(&name)?,
            Err(_) => AugmentPolicy::from_json(policy)?,
        };
        Ok(Self { policy: policy.scaled(strength)?, workspace: Workspace::default() })
    }

    /// Draws and does what the policy says of `rgba`, `[height, width, 4]`.
    ///
    /// # Errors
    /// [`PageError::TooLarge`] before anything that large is made; pixels of another size.
    pub fn apply(&mut self, rgba: &[u8], size: Size, key: Key) -> Result<Changed, PageError> {
        let record = self.draw(size, key)?;
        run(record, rgba, size, &mut self.workspace)
    }

    /// What [`Augmenter::apply`] would do, without doing it.
    ///
    /// # Errors
    /// [`PageError::TooLarge`].
    pub fn draw(&self, size: Size, key: Key) -> Result<Record, PageError> {
        fits(size)?;
        let record = self.policy.draw(size, key);
        record.sizes().try_for_each(fits)?;
        Ok(record)
    }
}

/// The parts of a record, each for a GPU or for [`replay`].
///
/// # Errors
/// As [`replay`].
pub fn steps(record: &str, size: Size) -> Result<Vec<Step>, PageError> {
    Ok(read(record, size)?.steps(Channels::Rgb))
}

/// Does again what was done.
///
/// # Errors
/// A record with a value out of range, or of an image of another size; as [`Augmenter::apply`].
pub fn replay(record: &str, rgba: &[u8], size: Size) -> Result<Changed, PageError> {
    run(read(record, size)?, rgba, size, &mut Workspace::default())
}

fn read(record: &str, size: Size) -> Result<Record, PageError> {
    let record: Record =
        serde_json::from_str(record).map_err(|error| PageError::Record { found: error.to_string() })?;
    record.check(size)?;
    record.sizes().try_for_each(fits)?;
    Ok(record)
}

fn run(record: Record, rgba: &[u8], size: Size, workspace: &mut Workspace) -> Result<Changed, PageError> {
    let rgb = canvas::without_opacity(rgba);
    let image = ImageRef::new(size.width, size.height, Channels::Rgb, &rgb)?;
    let mut out = vec![0; record.output_size().pixels() * Channels::Rgb.count()];
    let size = record.replay_into(image, workspace, &mut out)?;
    Ok(Changed { size, rgba: canvas::with_opacity(&out), record })
}

fn fits(size: Size) -> Result<(), PageError> {
    // On wasm a product of two sides may not fit a pointer.
    let pixels = u64::from(size.width) * u64::from(size.height);
    if pixels <= MAX_PIXELS as u64 { Ok(()) } else { Err(PageError::TooLarge { size }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) const SIZE: Size = Size { width: 12, height: 10 };
    pub(crate) const KEY: Key = Key { seed: 1, sample: 2, epoch: 3 };

    fn photo() -> Vec<u8> {
        (0..SIZE.pixels()).flat_map(|at| [at, at * 7, at * at, 255].map(|level| level as u8)).collect()
    }

    fn refusal<T: std::fmt::Debug>(result: Result<T, PageError>) -> (&'static str, String) {
        let error = result.unwrap_err();
        (error.code(), error.to_string())
    }

    #[test]
    fn a_page_gets_the_pixels_that_the_trainer_gets_and_a_record_that_gives_them_again() {
        let policy = r#"{"transforms": [{"operator": "resize", "width": 9, "height": 7}, {"operator": "hue"}]}"#;
        let changed = Augmenter::new(policy, 1.0).unwrap().apply(&photo(), SIZE, KEY).unwrap();
        assert_eq!((changed.size, changed.rgba.len()), (Size { width: 9, height: 7 }, 9 * 7 * 4));
        let rgb = photo().chunks(4).flat_map(|pixel| pixel[..3].to_vec()).collect();
        let image = windowshop_augment::Image::new(12, 10, Channels::Rgb, rgb).unwrap();
        let native = AugmentPolicy::from_json(policy).unwrap().apply(&image, KEY);
        let found: Vec<u8> = changed.rgba.chunks(4).flat_map(|pixel| pixel[..3].to_vec()).collect();
        assert_eq!(found, native.pixels());
        let record = serde_json::to_string(&changed.record).unwrap();
        assert_eq!(replay(&record, &photo(), SIZE).unwrap(), changed);
    }

    #[test]
    fn steps_one_after_the_other_give_the_pixels_of_the_whole_record() {
        let policy = r#"{"transforms": [{"operator": "rotate"}, {"operator": "jpeg"}, {"operator": "hue"}]}"#;
        let whole = Augmenter::new(policy, 1.0).unwrap().apply(&photo(), SIZE, KEY).unwrap();
        let steps = steps(&serde_json::to_string(&whole.record).unwrap(), SIZE).unwrap();
        assert_eq!(steps.iter().map(|step| step.passes.is_some()).collect::<Vec<_>>(), [true, false, true]);
        let found = steps.iter().fold(photo(), |pixels, step| {
            replay(&serde_json::to_string(&step.record).unwrap(), &pixels, SIZE).unwrap().rgba
        });
        assert_eq!(found, whole.rgba);
    }

    #[test]
    fn a_name_is_a_preset_and_strength_scales_it() {
        let none = Augmenter::new("\"product\"", 0.0).unwrap().apply(&photo(), SIZE, KEY).unwrap();
        assert_eq!(none.rgba, photo());
        assert_eq!(refusal(Augmenter::new("\"best\"", 1.0)).0, "policy_invalid");
        assert_eq!(refusal(Augmenter::new("\"product\"", 2.0)).0, "policy_invalid");
        assert_eq!(refusal(Augmenter::new(r#"{"transforms": [{"operator": "shrink"}]}"#, 1.0)).0, "unknown_operator");
    }

    #[test]
    fn what_would_be_too_large_is_refused_before_it_is_made() {
        let grow =
            r#"{"transforms": [{"operator": "resize", "width": 16384, "height": 16384}, {"operator": "resize"}]}"#;
        let (code, message) = refusal(Augmenter::new(grow, 1.0).unwrap().apply(&photo(), SIZE, KEY));
        assert_eq!(code, "image_too_large");
        assert!(message.starts_with("image: 16384 x 16384 pixels, at most 16777216 are allowed"), "{message}");
        let wide = Size { width: u32::MAX, height: u32::MAX };
        assert_eq!(refusal(Augmenter::new("\"views\"", 1.0).unwrap().apply(&[], wide, KEY)).0, "image_too_large");
    }

    #[test]
    fn records_with_values_out_of_range_and_pixels_of_another_size_are_refused() {
        assert_eq!(refusal(replay("{}", &photo(), SIZE)).0, "record_invalid");
        let blur = r#"{"size":{"width":12,"height":10},"sampling":{"border":"edge","interpolation":"bilinear"},"actions":[{"action":"gaussian_blur","sigma":1e9}]}"#;
        assert_eq!(refusal(replay(blur, &photo(), SIZE)).0, "record_invalid");
        let other = Size { width: 10, height: 12 };
        assert_eq!(refusal(replay(&blur.replace("1e9", "1"), &photo(), other)).0, "record_invalid");
        assert_eq!(refusal(Augmenter::new("\"views\"", 1.0).unwrap().apply(&[0; 5], SIZE, KEY)).0, "image_unreadable");
    }
}
