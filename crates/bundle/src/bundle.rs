//! A whole bundle: encode, verify, decode.

use std::{collections::BTreeMap, path::Path};

use windowshop_schema::{
    Manifest, NetworkKind, Statistics,
    manifest::{FEATURE_VERSION, FORMAT_VERSION, FileEntry, RankerCard},
};

use crate::{
    error::BundleError, fault::Fault, folder, network::NetworkFile, precision::Precision, seal, sha256, statistics,
    tensors::Tensors, weights,
};

pub use windowshop_schema::manifest::{MANIFEST_FILE, RANKER_FILE, STATISTICS_FILE};

/// A ranker with everything that scoring needs.
#[derive(Clone, Debug, PartialEq)]
pub struct RankerBundle {
    /// What it is.
    pub card: RankerCard,
    /// The network's weights.
    pub weights: Tensors,
    /// What features are computed from.
    pub statistics: Statistics,
}

/// Trained models that belong together: a ranker or none, and any of the [networks](NetworkKind).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bundle {
    /// Its name.
    pub name: String,
    /// The ranker.
    pub ranker: Option<RankerBundle>,
    /// The networks with files of their own.
    pub networks: BTreeMap<NetworkKind, NetworkFile>,
}

impl Bundle {
    /// The files of a bundle by name, the manifest last. Without a precision each file has [its usual one](Precision).
    ///
    /// # Errors
    /// `bundle_invalid` for an empty bundle, and for weights, statistics or a card that [`Bundle::decode`] would refuse.
    pub fn encode(&self, precision: Option<Precision>) -> Result<Vec<(String, Vec<u8>)>, BundleError> {
        let mut files: Vec<(String, Precision, Vec<u8>)> = Vec::new();
        if let Some(RankerBundle { weights, statistics, .. }) = &self.ranker {
            let precision = precision.unwrap_or(Precision::F16);
            let bytes = weights::encode(weights, precision).map_err(|fault| fault.writing(RANKER_FILE))?;
            files.push((RANKER_FILE.to_owned(), precision, bytes));
            let bytes = statistics::encode(statistics, precision).map_err(|fault| fault.writing(STATISTICS_FILE))?;
            files.extend(bytes.map(|bytes| (STATISTICS_FILE.to_owned(), precision, bytes)));
        }
        for (kind, network) in &self.networks {
            let precision = precision.unwrap_or(Precision::usual(*kind));
            files.push((kind.file().to_owned(), precision, network.encode(kind.file(), precision)?));
        }
        let entry = |(name, precision, bytes): &(String, Precision, Vec<u8>)| (name.clone(), entry(bytes, *precision));
        let manifest = Manifest {
            format_version: FORMAT_VERSION,
            feature_version: FEATURE_VERSION,
            name: self.name.clone(),
            ranker: self.ranker.as_ref().map(|ranker| ranker.card.clone()),
            files: files.iter().map(entry).collect(),
        };
        let text = seal::seal(&manifest).map_err(|fault| fault.writing(MANIFEST_FILE))?;
        let mut files: Vec<_> = files.into_iter().map(|(name, _, bytes)| (name, bytes)).collect();
        files.push((MANIFEST_FILE.to_owned(), text.into_bytes()));
        Ok(files)
    }

    /// Verifies and decodes what is there of a bundle: its manifest, the ranker's files if it has a ranker, and those of
    /// the networks that `files` has. A page gets the others when it needs them, and decodes them with
    /// [`decode_network`](Self::decode_network).
    ///
    /// # Errors
    /// `bundle_missing_file` for a file of the ranker that `files` lacks, `bundle_corrupt` for everything else.
    pub fn decode(manifest: &Manifest, files: &BTreeMap<String, Vec<u8>>) -> Result<Self, BundleError> {
        let verified = |name: &str| {
            let Some(entry) = manifest.files.get(name) else { return Ok(None) };
            let bytes = files.get(name).ok_or_else(|| BundleError::MissingFile { file: name.to_owned() })?;
            verify(bytes, entry).map_err(|fault| fault.reading(name))?;
            Ok(Some(bytes.as_slice()))
        };
        let ranker = match &manifest.ranker {
            None => None,
            Some(card) => {
                let bytes = verified(RANKER_FILE)?.unwrap_or_default();
                let weights = weights::decode(bytes).map_err(|fault| fault.reading(RANKER_FILE))?;
                let statistics = match verified(STATISTICS_FILE)? {
                    Some(bytes) => statistics::decode(bytes).map_err(|fault| fault.reading(STATISTICS_FILE))?,
                    None => Statistics::default(),
                };
                Some(RankerBundle { card: card.clone(), weights, statistics })
            }
        };
        let there = NetworkKind::ALL.into_iter().filter_map(|kind| Some((kind, files.get(kind.file())?)));
        let networks = there.map(|(kind, bytes)| Ok((kind, Self::decode_network(manifest, kind, bytes)?)));
        Ok(Self { name: manifest.name.clone(), ranker, networks: networks.collect::<Result<_, BundleError>>()? })
    }

    /// Verifies and decodes one kind, `bytes` being its file.
    ///
    /// # Errors
    /// `bundle_missing_file` where the bundle has no such kind, else as [`Bundle::decode`].
    pub fn decode_network(manifest: &Manifest, kind: NetworkKind, bytes: &[u8]) -> Result<NetworkFile, BundleError> {
        let file = kind.file();
        let entry = manifest.files.get(file).ok_or_else(|| BundleError::MissingFile { file: file.to_owned() })?;
        verify(bytes, entry).map_err(|fault| fault.reading(file))?;
        NetworkFile::decode(file, bytes)
    }

    /// Verifies and decodes the ranker's card and weights alone, `bytes` being `ranker.safetensors`.
    ///
    /// # Errors
    /// As [`Bundle::decode`], and `bundle_missing_file` where the bundle has no ranker.
    pub fn decode_ranker(manifest_json: &str, bytes: &[u8]) -> Result<(RankerCard, Tensors), BundleError> {
        let manifest = Self::read_manifest(manifest_json)?;
        let Some((card, entry)) = manifest.ranker.zip(manifest.files.get(RANKER_FILE)) else {
            return Err(BundleError::MissingFile { file: RANKER_FILE.to_owned() });
        };
        verify(bytes, entry).map_err(|fault| fault.reading(RANKER_FILE))?;
        Ok((card, weights::decode(bytes).map_err(|fault| fault.reading(RANKER_FILE))?))
    }

    /// The manifest alone, verified: which files to fetch, and whether this code can read them.
    ///
    /// # Errors
    /// `bundle_version` and `bundle_features` for another version, `bundle_corrupt` for everything else.
    pub fn read_manifest(manifest_json: &str) -> Result<Manifest, BundleError> {
        seal::open(manifest_json)
    }

    /// Reads a bundle folder, all of it.
    ///
    /// # Errors
    /// As [`Bundle::decode`], and `bundle_io` where the file system refuses.
    pub fn read(dir: &Path) -> Result<(Manifest, Self), BundleError> {
        let text = String::from_utf8(folder::read(dir, MANIFEST_FILE)?)
            .map_err(|_| Fault::whole("no UTF-8", "JSON").reading(MANIFEST_FILE))?;
        let manifest = Self::read_manifest(&text)?;
        let read = |name: &String| Ok((name.clone(), folder::read(dir, name)?));
        let files = manifest.files.keys().map(read).collect::<Result<_, BundleError>>()?;
        let bundle = Self::decode(&manifest, &files)?;
        Ok((manifest, bundle))
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

/// Is this the name of a file of bundles?
pub(crate) fn is_known(file: &str) -> bool {
    [RANKER_FILE, STATISTICS_FILE].contains(&file) || NetworkKind::ALL.iter().any(|kind| kind.file() == file)
}

fn entry(bytes: &[u8], precision: Precision) -> FileEntry {
    FileEntry { sha256: sha256::hex(bytes), size_bytes: bytes.len() as u64, precision: precision.name().to_owned() }
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
