//! The codec of model bundles: folders that the trainer writes and a page downloads.
//!
//! | file | content |
//! |---|---|
//! | `manifest.json` | the [`Manifest`](windowshop_schema::Manifest), its own checksum, and the SHA-256 and size of every other file |
//! | `ranker.safetensors` | the ranker's weights |
//! | `statistics.safetensors` | item identifiers, titles and signals, relations between items, frozen text statistics; absent when empty |
//! | `sentiment.safetensors`, … | a network, fetched when it is first needed |
//!
//! A bundle has at least one ranker or network.
//!
//! This crate is the sole owner of the byte layout; `LAYOUT.md` lists every tensor. Bundles come from the network: a reader
//! refuses truncated, altered and inconsistent files and unsupported versions, and allocates at most a bounded multiple of
//! the bytes that it is given.

mod archive;
mod bundle;
mod error;
mod fault;
mod file_names;
mod floats;
#[cfg(not(target_family = "wasm"))]
mod folder;
mod format_v3;
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
