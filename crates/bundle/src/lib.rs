//! The model bundle: a folder that a trainer writes and a page downloads.
//!
//! | file | holds |
//! |---|---|
//! | `manifest.json` | the [`Manifest`](windowshop_schema::Manifest), its own checksum, and the SHA-256 and size of every other file |
//! | `ranker.safetensors` | the ranker's weights |
//! | `statistics.safetensors` | item identifiers, titles and signals, relations between items, frozen text statistics; absent when empty |
//! | `sentiment.safetensors`… | a network in a file of its own, fetched when it is first needed |
//!
//! A bundle may have any of them, but at least one.
//!
//! This crate is the sole owner of the byte layout; `LAYOUT.md` beside it lists every tensor. Reading refuses anything
//! truncated, altered, of another version or inconsistent, and allocates no more than a bounded multiple of the bytes it
//! was given: a bundle comes from the network.

mod archive;
mod bundle;
mod error;
mod fault;
mod file_names;
mod floats;
#[cfg(not(target_family = "wasm"))]
mod folder;
mod integers;
mod manifest_codec;
mod neighbours;
mod network;
mod packed;
mod precision;
mod sha256;
mod statistics;
mod strings;
mod tensors;
mod weights;

pub use bundle::{Bundle, RankerBundle};
pub use error::BundleError;
pub use file_names::{MANIFEST_FILE, RANKER_FILE, STATISTICS_FILE};
pub use network::NetworkFile;
pub use precision::Precision;
pub use tensors::{Tensor, Tensors};
