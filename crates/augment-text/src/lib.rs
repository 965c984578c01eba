//! Seeded noise for reviews and queries in Chinese and English: typing mistakes, homophones, words left out.
//!
//! ```
//! use windowshop_augment_text::{Key, TextPolicy};
//!
//! let policy = TextPolicy::from_json(r#"{
//!     "transforms": [
//!         { "operator": "word_drop", "max_fraction": 0.3 },
//!         { "operator": "one_of", "probability": 0.5, "transforms": [
//!             { "operator": "keyboard" },
//!             { "operator": "homophone", "strength": 0.5 }
//!         ] }
//!     ]
//! }"#)?;
//! let text = "The colour is not as pretty as in the image, 但是质量不错";
//! let (changed, record) = policy.apply_recorded(text, Key { seed: 1, sample: 42, epoch: 0 });
//! assert!(changed.contains("not as pretty") && changed.contains("不错"));
//! assert_eq!(record.replay(text)?, changed);
//! # Ok::<(), windowshop_augment_text::Error>(())
//! ```
//!
//! A policy is read like one for images: `transforms`, done in order, each with its `operator`, a `probability` (0 to 1,
//! default 1), and, unless it is `compose`, `one_of` or `some_of`, a `strength` (0 to 1, default 1) and the one parameter
//! `max_fraction`. Each text draws how much of it may change, from nothing up to `strength` × `max_fraction`.
//!
//! **Never across a negation.** Words and characters that negate, and what they negate, are never changed, left out or
//! parted: [`kept`] says which these are, and it says the same of a text before and after.
//!
//! Numbers, punctuation and other scripts stay as they are. Strength 0 is the identity.

mod edits;
mod homophones;
mod keyboard;
mod negation;
mod operators;
mod policy;
mod presets;
mod tokens;

pub use edits::{Edit, TextAction, TextRecord};
pub use negation::kept;
pub use operators::{OPERATORS, OperatorDescription};
pub use policy::TextPolicy;
pub use presets::PRESETS;
pub use windowshop_augment::{Error, Key, Result};
