//! One safetensors file as named byte arrays: every tensor is taken exactly once, and none may be left over.

use std::{borrow::Cow, collections::BTreeMap};

use safetensors::{Dtype, SafeTensors, View};

use crate::fault::Fault;

/// Arrays on their way into a file.
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

    /// The file's bytes, the same for the same content.
    pub fn finish(&self) -> Result<Vec<u8>, Fault> {
        let views = self.0.iter().map(|(name, stored)| (name.as_str(), stored));
        safetensors::serialize(views, None)
            .map_err(|error| Fault::whole(error.to_string(), "tensors that safetensors can hold"))
    }
}

/// Arrays of a file that nobody took yet.
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
    /// Reads the header. Nothing in proportion to what the header claims is allocated.
    pub fn open(file: &'a [u8]) -> Result<Self, Fault> {
        let (header_len, header) = SafeTensors::read_metadata(file)
            .map_err(|error| Fault::whole(format!("no readable safetensors header ({error})"), "a safetensors file"))?;
        let data = file.get(8..).and_then(|rest| rest.get(header_len..)).unwrap_or_default();
        let mut entries = BTreeMap::new();
        for (name, info) in header.tensors() {
            let (start, end) = info.data_offsets;
            // Sliced here and not by the library: with 32-bit offsets a hostile header can wrap around its check.
            let bytes = data.get(start..end).ok_or_else(|| {
                Fault::of(&name, format!("bytes {start} to {end}"), format!("at most {}", data.len()))
            })?;
            entries.insert(name.clone(), Entry { name, dtype: info.dtype, shape: info.shape.clone(), bytes });
        }
        Ok(Self(entries))
    }

    /// Names of the arrays that nobody took yet.
    pub fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    /// Is there such an array?
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Takes an array.
    pub fn take(&mut self, name: &str) -> Result<Entry<'a>, Fault> {
        self.0.remove(name).ok_or_else(|| Fault::of(name, "no such tensor", "one"))
    }

    /// Refuses arrays that nobody took.
    pub fn finish(self) -> Result<(), Fault> {
        match self.0.into_keys().next() {
            None => Ok(()),
            Some(name) => Err(Fault::of(name, "a tensor of unknown meaning", "none of that name")),
        }
    }
}

impl Entry<'_> {
    /// The fault of an array whose type is not legal here.
    pub fn wrong_type(&self, expected: &str) -> Fault {
        Fault::of(&self.name, format!("type {:?}", self.dtype), expected)
    }

    /// Refuses another shape.
    pub fn expect_shape(&self, expected: &[usize]) -> Result<(), Fault> {
        if self.shape == expected {
            return Ok(());
        }
        Err(Fault::of(&self.name, format!("shape {:?}", self.shape), format!("{expected:?}")))
    }
}
