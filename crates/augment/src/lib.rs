//! Seeded image augmentation: a policy in JSON and a key to changed pixels, the same natively and in a browser.
//!
//! ```
//! use windowshop_augment::{AugmentPolicy, Channels, Image, Key};
//!
//! let policy = AugmentPolicy::from_json(r#"{
//!     "border": "edge",
//!     "transforms": [
//!         { "operator": "random_resized_crop", "width": 8, "height": 8, "strength": 0.5 },
//!         { "operator": "horizontal_flip", "probability": 0.5 },
//!         { "operator": "rotate", "strength": 0.05 },
//!         { "operator": "one_of", "probability": 0.8, "transforms": [
//!             { "operator": "color_jitter" },
//!             { "operator": "gaussian_blur", "strength": 0.3 }
//!         ] },
//!         { "operator": "cutout", "probability": 0.3 }
//!     ]
//! }"#)?;
//! let photo = Image::new(16, 12, Channels::Rgb, vec![200; 16 * 12 * 3])?;
//!
//! let key = Key { seed: 1, sample: 42, epoch: 0 };
//! let (changed, record) = policy.apply_recorded(&photo, key);
//! assert_eq!((changed.size().width, changed.size().height), (8, 8));
//! assert_eq!(policy.apply(&photo, key), changed);
//! assert_eq!(record.replay(&photo)?, changed);
//! # Ok::<(), windowshop_augment::Error>(())
//! ```
//!
//! # Policies
//!
//! A policy is an object with `transforms`, done in order, and optionally `border` (`"reflect"`, `"edge"` or a colour as
//! `[255, 255, 255]`), `interpolation` (`"bilinear"` or `"bicubic"`) and `batch`. Each transform names its `operator`:
//!
//! - any of [`OPERATORS`], with `probability` (0 to 1, default 1), `strength` (0 to 1, default 1) and its own parameters;
//! - `compose`, `one_of` (each as likely) or `some_of` (with `count`; in the order of the policy), with `probability` and
//!   `transforms` of their own;
//! - `trivial_augment` or `rand_augment` (with `count`), with `probability` and `strength`.
//!
//! `batch` lists `mix_up` and `cut_mix`, with `probability`, `strength` and `alpha`; [`AugmentPolicy::mix`] does them.
//!
//! [`PRESETS`] are policies that are known by name.
//!
//! **Strength** scales what an operator may do: the magnitude is drawn from nothing up to `strength` times the parameter.
//! Strength 0 is the identity, bit for bit. Operators without a magnitude, such as flips, are done at any strength above 0.
//!
//! **Geometry is read once.** Geometric operators that follow each other become one map and one interpolation, so that
//! three of them blur no more than one. Likewise operators on levels become one table.
//!
//! **The same pixels everywhere.** The draws depend on [`Key`] and the operator's place in the policy alone; pixels are
//! computed with integers or with operations that IEEE 754 fixes. Threads, processor and browser change nothing.
//!
//! **The same on a GPU.** [`Record::steps`] says what a GPU does for these pixels and what is left to the CPU, in plain data and
//! shaders of integers; `windowshop-augment-gpu` runs it natively, the npm module in a page.

#[macro_use]
mod family;

mod action;
mod auto_augment;
mod background;
mod batch;
mod colour;
mod draw;
mod erase;
mod error;
mod field;
mod filter;
mod geometry;
mod gpu;
mod image;
mod jpeg;
mod noise;
mod number;
mod operators;
mod parse;
mod pipeline;
mod policy;
mod presets;
mod random;
pub mod reading;
mod record;
mod replay;
mod sampling;
mod steps;
mod suggest;
#[cfg(test)]
mod typescript;
mod vectorised;

pub use action::{Action, Texture};
pub use batch::{Batch, MixRecord};
pub use error::{Error, Result};
pub use gpu::{Pass, Shader, Slot, Words};
pub use image::{Channels, Image, ImageRef, MAX_SIDE, Size};
pub use operators::{OPERATORS, Operator, OperatorDescription, ParameterDescription};
pub use pipeline::Workspace;
pub use policy::AugmentPolicy;
pub use presets::{PRESETS, Preset};
pub use random::{Draws, Key};
pub use record::Record;
pub use sampling::{Border, Interpolation, Sampling};
pub use steps::Step;
