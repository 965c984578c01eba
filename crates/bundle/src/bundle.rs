//! A whole bundle: encode, verify, decode.

use std::{collections::BTreeMap, path::Path};

use windowshop_schema::{
    Manifest, Statistics,
    manifest::{FEATURE_VERSION, FORMAT_VERSION, FileEntry},
};

use crate::{
    error::BundleError, fault::Fault, folder, precision::Precision, seal, sha256, statistics, tensors::Tensors, weights,
};

/// The file that names the others.
pub const MANIFEST_FILE: &str = "manifest.json";
/// The network's weights.
pub const RANKER_FILE: &str = "ranker.safetensors";
/// Item index and text statistics; absent when a bundle has neither.
pub const STATISTICS_FILE: &str = "statistics.safetensors";

/// A trained model with everything that scoring needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Bundle {
    /// What it is.
    pub manifest: Manifest,
    /// The network's weights.
    pub ranker: Tensors,
    /// What features are computed from.
    pub statistics: Statistics,
}

impl Bundle {
    /// The files of a bundle by name, the manifest last. Format version, precision and file list of the manifest are
    /// filled in.
    ///
    /// # Errors
    /// `bundle_features` for a manifest of another feature version; `bundle_invalid` for weights, statistics or a
    /// manifest that [`Bundle::decode`] would refuse.
    pub fn encode(&self, precision: Precision) -> Result<Vec<(String, Vec<u8>)>, BundleError> {
        let mut manifest = self.manifest.clone();
        manifest.format_version = FORMAT_VERSION;
        manifest.precision = precision.name().to_owned();
        if manifest.features.version != FEATURE_VERSION {
            return Err(BundleError::Features { found: manifest.features.version.into(), expected: FEATURE_VERSION });
        }
        let ranker = weights::encode(&self.ranker, precision).map_err(|fault| fault.writing(RANKER_FILE))?;
        let mut files = vec![(RANKER_FILE.to_owned(), ranker)];
        let statistics =
            statistics::encode(&self.statistics, precision).map_err(|fault| fault.writing(STATISTICS_FILE))?;
        files.extend(statistics.map(|bytes| (STATISTICS_FILE.to_owned(), bytes)));
        manifest.files = files.iter().map(|(name, bytes)| (name.clone(), entry(bytes))).collect();
        let text = seal::seal(&manifest).map_err(|fault| fault.writing(MANIFEST_FILE))?;
        files.push((MANIFEST_FILE.to_owned(), text.into_bytes()));
        Ok(files)
    }

    /// Verifies and decodes a bundle: the text of `manifest.json`, and every file it names.
    ///
    /// # Errors
    /// `bundle_version` and `bundle_features` for another version, `bundle_missing_file` for a file that `files` lacks,
    /// `bundle_corrupt` for everything else.
    pub fn decode(manifest_json: &str, files: &BTreeMap<String, Vec<u8>>) -> Result<Self, BundleError> {
        let manifest = Self::read_manifest(manifest_json)?;
        for (name, entry) in &manifest.files {
            let bytes = files.get(name).ok_or_else(|| BundleError::MissingFile { file: name.clone() })?;
            verify(bytes, entry).map_err(|fault| fault.reading(name))?;
        }
        let file = |name: &str| manifest.files.contains_key(name).then(|| files[name].as_slice());
        let ranker =
            weights::decode(file(RANKER_FILE).unwrap_or_default()).map_err(|fault| fault.reading(RANKER_FILE))?;
        let statistics = match file(STATISTICS_FILE) {
            Some(bytes) => statistics::decode(bytes).map_err(|fault| fault.reading(STATISTICS_FILE))?,
            None => Statistics::default(),
        };
        Ok(Self { manifest, ranker, statistics })
    }

    /// Verifies and decodes the manifest and the weights alone, `bytes` being `ranker.safetensors`.
    ///
    /// # Errors
    /// As [`Bundle::decode`].
    pub fn decode_ranker(manifest_json: &str, bytes: &[u8]) -> Result<(Manifest, Tensors), BundleError> {
        let manifest = Self::read_manifest(manifest_json)?;
        verify(bytes, &manifest.files[RANKER_FILE]).map_err(|fault| fault.reading(RANKER_FILE))?;
        let ranker = weights::decode(bytes).map_err(|fault| fault.reading(RANKER_FILE))?;
        Ok((manifest, ranker))
    }

    /// The manifest alone, verified: which files to fetch, and whether this code can read them.
    ///
    /// # Errors
    /// As [`Bundle::decode`].
    pub fn read_manifest(manifest_json: &str) -> Result<Manifest, BundleError> {
        let manifest = seal::open(manifest_json)?;
        if !manifest.files.contains_key(RANKER_FILE) {
            return Err(Fault::of("files", "no ranker.safetensors", "one").reading(MANIFEST_FILE));
        }
        match manifest.files.keys().find(|name| *name != RANKER_FILE && *name != STATISTICS_FILE) {
            None => Ok(manifest),
            Some(name) => {
                let expected = format!("{RANKER_FILE} and {STATISTICS_FILE} only");
                Err(Fault::of("files", format!("`{name}`"), expected).reading(MANIFEST_FILE))
            }
        }
    }

    /// Reads a bundle folder.
    ///
    /// # Errors
    /// As [`Bundle::decode`], and `bundle_io` where the file system refuses.
    pub fn read(dir: &Path) -> Result<Self, BundleError> {
        let text = String::from_utf8(folder::read(dir, MANIFEST_FILE)?)
            .map_err(|_| Fault::whole("no UTF-8", "JSON").reading(MANIFEST_FILE))?;
        let names = Self::read_manifest(&text)?.files.into_keys();
        let files =
            names.map(|name| Ok((name.clone(), folder::read(dir, &name)?))).collect::<Result<_, BundleError>>()?;
        Self::decode(&text, &files)
    }

    /// Writes the files of [`Bundle::encode`] as a folder, all or nothing: an older bundle of that name stays until the
    /// new one is complete and on the disk.
    ///
    /// # Errors
    /// `bundle_occupied` for a folder that holds anything else, `bundle_io` where the file system refuses.
    pub fn write(dir: &Path, files: &[(String, Vec<u8>)]) -> Result<(), BundleError> {
        folder::write(dir, files)
    }
}

fn entry(bytes: &[u8]) -> FileEntry {
    FileEntry { sha256: sha256::hex(bytes), size_bytes: bytes.len() as u64 }
}

fn verify(bytes: &[u8], expected: &FileEntry) -> Result<(), Fault> {
    if bytes.len() as u64 != expected.size_bytes {
        return Err(Fault::whole(format!("{} bytes", bytes.len()), expected.size_bytes.to_string()));
    }
    let found = sha256::hex(bytes);
    if found != expected.sha256 {
        return Err(Fault::whole(format!("sha-256 {found}"), expected.sha256.clone()));
    }
    Ok(())
}
