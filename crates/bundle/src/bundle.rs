//! Encoding, verification and decoding of a whole bundle.

use std::collections::BTreeMap;

use windowshop_schema::{
    Manifest, NetworkKind, Statistics,
    manifest::{FEATURE_VERSION, FORMAT_VERSION, FileEntry, RankerCard},
};

use crate::{
    error::BundleError,
    fault::Fault,
    file_names::{MANIFEST_FILE, RANKER_FILE, STATISTICS_FILE},
    manifest_codec,
    network::NetworkFile,
    precision::Precision,
    sha256, statistics,
    tensors::Tensors,
    weights,
};

/// A ranker and everything that it needs to score.
#[derive(Clone, Debug, PartialEq)]
pub struct RankerBundle {
    /// Configuration, features, calibration and metrics.
    pub card: RankerCard,
    /// Weights by name.
    pub weights: Tensors,
    /// The statistics that features are computed from.
    pub statistics: Statistics,
}

/// Trained models that belong together: an optional ranker and any of the [networks](NetworkKind).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bundle {
    /// Name of the bundle.
    pub name: String,
    /// The ranker.
    pub ranker: Option<RankerBundle>,
    /// The networks with files of their own.
    pub networks: BTreeMap<NetworkKind, NetworkFile>,
}

impl Bundle {
    /// Encodes the files of a bundle, the manifest last. Without a precision the ranker has f16 and each network its
    /// [default](Precision::usual).
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
        let text = manifest_codec::encode(&manifest).map_err(|fault| fault.writing(MANIFEST_FILE))?;
        let mut files: Vec<_> = files.into_iter().map(|(name, _, bytes)| (name, bytes)).collect();
        files.push((MANIFEST_FILE.to_owned(), text.into_bytes()));
        Ok(files)
    }

    /// Verifies and decodes the ranker, if the manifest has one, and the networks in `files`. A page fetches the other networks
    /// when it first needs them and decodes them with [`decode_network`](Self::decode_network).
    ///
    /// # Errors
    /// `bundle_missing_file` for a file of the ranker that `files` lacks, `bundle_corrupt` for everything else.
    pub fn decode(manifest: &Manifest, files: &BTreeMap<String, Vec<u8>>) -> Result<Self, BundleError> {
        let verified = |name: &str| {
            let Some(entry) = manifest.files.get(name) else { return Ok::<_, BundleError>(None) };
            let bytes = files.get(name).ok_or_else(|| BundleError::MissingFile { file: name.to_owned() })?;
            verify(bytes, entry).map_err(|fault| fault.reading(name))?;
            Ok(Some(bytes.as_slice()))
        };
        let ranker = match &manifest.ranker {
            None => None,
            Some(card) => {
                let bytes = verified(RANKER_FILE)?.unwrap_or_default();
                let weights =
                    weights::decode(bytes, manifest.format_version).map_err(|fault| fault.reading(RANKER_FILE))?;
                let statistics = match verified(STATISTICS_FILE)? {
                    Some(bytes) => statistics::decode(bytes, manifest.format_version)
                        .map_err(|fault| fault.reading(STATISTICS_FILE))?,
                    None => Statistics::default(),
                };
                Some(RankerBundle { card: card.clone(), weights, statistics })
            }
        };
        let present = NetworkKind::ALL.into_iter().filter_map(|kind| Some((kind, files.get(kind.file())?)));
        let networks = present.map(|(kind, bytes)| Ok((kind, Self::decode_network(manifest, kind, bytes)?)));
        Ok(Self { name: manifest.name.clone(), ranker, networks: networks.collect::<Result<_, BundleError>>()? })
    }

    /// Verifies and decodes one network from the bytes of its file.
    ///
    /// # Errors
    /// `bundle_missing_file` if the manifest does not list that network, else as [`Bundle::decode`].
    pub fn decode_network(manifest: &Manifest, kind: NetworkKind, bytes: &[u8]) -> Result<NetworkFile, BundleError> {
        let file = kind.file();
        let entry = manifest.files.get(file).ok_or_else(|| BundleError::MissingFile { file: file.to_owned() })?;
        verify(bytes, entry).map_err(|fault| fault.reading(file))?;
        NetworkFile::decode(file, bytes)
    }

    /// Verifies and decodes the ranker's card and weights from the bytes of `ranker.safetensors`.
    ///
    /// # Errors
    /// `bundle_missing_file` if the manifest has no ranker, else as [`Bundle::decode`].
    pub fn decode_ranker(manifest_json: &str, bytes: &[u8]) -> Result<(RankerCard, Tensors), BundleError> {
        let manifest = Self::read_manifest(manifest_json)?;
        let Some((card, entry)) = manifest.ranker.zip(manifest.files.get(RANKER_FILE)) else {
            return Err(BundleError::MissingFile { file: RANKER_FILE.to_owned() });
        };
        verify(bytes, entry).map_err(|fault| fault.reading(RANKER_FILE))?;
        Ok((card, weights::decode(bytes, manifest.format_version).map_err(|fault| fault.reading(RANKER_FILE))?))
    }

    /// Verifies and decodes the manifest, which lists the files to fetch.
    ///
    /// # Errors
    /// `bundle_version` and `bundle_features` for a version that this code does not read, `bundle_corrupt` otherwise.
    pub fn read_manifest(manifest_json: &str) -> Result<Manifest, BundleError> {
        manifest_codec::decode(manifest_json)
    }
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
