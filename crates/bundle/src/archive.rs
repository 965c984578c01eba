//! A safetensors file as named byte arrays. A reader takes every tensor exactly once and refuses unknown ones.

use std::{borrow::Cow, collections::BTreeMap};

use safetensors::{Dtype, SafeTensors, View};

use crate::{fault::Fault, format_v3};

/// The arrays of a file to be written.
#[derive(Debug, Default)]
pub(crate) struct Writer(Vec<(String, Stored)>);

#[derive(Debug)]
struct Stored {
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl View for &Stored {
    fn dtype(&self) -> Dtype {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.bytes)
    }

    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}

impl Writer {
    /// Adds an array; `bytes` are its little-endian values.
    pub fn put(&mut self, name: impl Into<String>, dtype: Dtype, shape: &[usize], bytes: Vec<u8>) {
        self.0.push((name.into(), Stored { dtype, shape: shape.to_vec(), bytes }));
    }

    /// The file's bytes. Equal content gives equal bytes.
    pub fn finish(&self) -> Result<Vec<u8>, Fault> {
        let views = self.0.iter().map(|(name, stored)| (name.as_str(), stored));
        safetensors::serialize(views, None)
            .map_err(|error| Fault::whole(error.to_string(), "tensors that safetensors can hold"))
    }
}

/// The arrays of a file that have not been taken yet.
#[derive(Debug)]
pub(crate) struct Reader<'a>(BTreeMap<String, Entry<'a>>);

/// One array of a file.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    pub name: String,
    pub dtype: Dtype,
    pub shape: Vec<usize>,
    pub bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Opens the file of a network.
    pub fn open(file: &'a [u8]) -> Result<Self, Fault> {
        Self::open_renamed(file, str::to_owned)
    }

    /// Opens a file of the ranker, of that bundle format.
    pub fn open_format(file: &'a [u8], format: u32) -> Result<Self, Fault> {
        Self::open_renamed(file, if format == format_v3::VERSION { format_v3::tensor } else { str::to_owned })
    }

    /// Reads the header. Allocates nothing in proportion to the sizes that the header claims.
    fn open_renamed(file: &'a [u8], rename: fn(&str) -> String) -> Result<Self, Fault> {
        let (header_len, header) = SafeTensors::read_metadata(file)
            .map_err(|error| Fault::whole(format!("no readable safetensors header ({error})"), "a safetensors file"))?;
        let data = file.get(8..).and_then(|rest| rest.get(header_len..)).unwrap_or_default();
        let mut entries = BTreeMap::new();
        for (name, info) in header.tensors() {
            let name = rename(&name);
            let (start, end) = info.data_offsets;
            // Sliced here and not by the library: with 32-bit offsets a hostile header can wrap around its check.
            let bytes = data.get(start..end).ok_or_else(|| {
                Fault::of(&name, format!("bytes {start} to {end}"), format!("at most {}", data.len()))
            })?;
            entries.insert(name.clone(), Entry { name, dtype: info.dtype, shape: info.shape.clone(), bytes });
        }
        Ok(Self(entries))
    }

    /// Names of the arrays that have not been taken yet.
    pub fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    /// Does the file have an array of this name, not taken yet?
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Takes an array.
    pub fn take(&mut self, name: &str) -> Result<Entry<'a>, Fault> {
        self.0.remove(name).ok_or_else(|| Fault::of(name, "no such tensor", "one"))
    }

    /// Fails if an array has not been taken.
    pub fn finish(self) -> Result<(), Fault> {
        match self.0.into_keys().next() {
            None => Ok(()),
            Some(name) => Err(Fault::of(name, "an unknown tensor", "only the tensors of LAYOUT.md")),
        }
    }
}

impl Entry<'_> {
    /// The fault of an array of an illegal type.
    pub fn wrong_type(&self, expected: &str) -> Fault {
        Fault::of(&self.name, format!("type {:?}", self.dtype), expected)
    }

    /// Fails on another shape.
    pub fn expect_shape(&self, expected: &[usize]) -> Result<(), Fault> {
        if self.shape == expected {
            return Ok(());
        }
        Err(Fault::of(&self.name, format!("shape {:?}", self.shape), format!("{expected:?}")))
    }
}
