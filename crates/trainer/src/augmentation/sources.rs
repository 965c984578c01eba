//! The photos of a folder and its subfolders.

use std::{
    collections::{BTreeMap, HashSet},
    fs,
    path::Path,
};

use anyhow::{Context, bail};
use clap::ValueEnum;
use windowshop_augment::{Channels, Image};
use windowshop_ingest::DecodedImage;

/// A larger file is no photo of a product.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// How photos are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Jpeg,
    Png,
}

/// A file that may be a photo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Below the folder, with `/` between names.
    pub path: String,
    /// What changed copies are called, without number and extension.
    pub stem: String,
}

/// Every file that is not hidden, by name. Folders that are links are not followed.
pub fn list(folder: &Path) -> anyhow::Result<Vec<Source>> {
    if !folder.is_dir() {
        bail!("{}: no such folder", folder.display());
    }
    let mut paths = Vec::new();
    walk(folder, "", &mut paths)?;
    if paths.is_empty() {
        bail!("{}: no files in it or below it; expected photos as JPEG, PNG or WebP", folder.display());
    }
    // Two files of a folder that differ in their extension alone keep it.
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    paths.iter().for_each(|path| *count.entry(bare(path).to_lowercase()).or_default() += 1);
    let stem =
        |path: &String| if count[&bare(path).to_lowercase()] > 1 { path.as_str() } else { bare(path) }.to_owned();
    let sources: Vec<Source> = paths.iter().map(|path| Source { path: path.clone(), stem: stem(path) }).collect();
    let mut taken = HashSet::new();
    if let Some(twice) = sources.iter().find(|source| !taken.insert(source.stem.to_lowercase())) {
        bail!(
            "{}: its copies would be called like those of another file; rename it",
            folder.join(&twice.path).display()
        );
    }
    Ok(sources)
}

fn walk(folder: &Path, below: &str, paths: &mut Vec<String>) -> anyhow::Result<()> {
    let place = || format!("{}: cannot be read", folder.display());
    let mut entries = fs::read_dir(folder).with_context(place)?.collect::<Result<Vec<_>, _>>().with_context(place)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        let Some(name) = name.to_str() else {
            bail!("{}: its name is no Unicode text; rename it", entry.path().display());
        };
        if name.starts_with('.') {
            continue;
        }
        let path = if below.is_empty() { name.to_owned() } else { format!("{below}/{name}") };
        if entry.file_type().with_context(place)?.is_dir() {
            walk(&entry.path(), &path, paths)?;
        } else if entry.path().is_file() {
            paths.push(path);
        }
    }
    Ok(())
}

/// A path without its extension.
fn bare(path: &str) -> &str {
    let name = path.rfind('/').map_or(0, |at| at + 1);
    path.rfind('.').filter(|&dot| dot > name).map_or(path, |dot| &path[..dot])
}

/// A file's bytes, unless they are too many for a photo: the inner error says why it is none.
pub fn read(path: &Path) -> anyhow::Result<Result<Vec<u8>, &'static str>> {
    let place = || format!("{}: cannot be read", path.display());
    if fs::metadata(path).with_context(place)?.len() > MAX_FILE_BYTES {
        return Ok(Err("the file is larger than 64 MiB"));
    }
    Ok(Ok(fs::read(path).with_context(place)?))
}

/// Pixels as policies take them, or why the file is no photo.
pub fn decode(bytes: &[u8]) -> Result<Image, &'static str> {
    let DecodedImage { width, height, rgb } = DecodedImage::decode(bytes)?;
    Ok(Image::new(width as u32, height as u32, Channels::Rgb, rgb).expect("decoded pictures have pixels"))
}

impl Format {
    /// JPEG stays JPEG; what may be lossless stays so.
    pub fn of(bytes: &[u8]) -> Self {
        if bytes.starts_with(&[0xff, 0xd8]) { Self::Jpeg } else { Self::Png }
    }

    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }

    /// The file of an image.
    pub fn encode(self, image: Image) -> Vec<u8> {
        /// Little is lost, and a file is a third of a PNG's.
        const QUALITY: u8 = 95;
        let size = image.size();
        let picture =
            DecodedImage { width: size.width as usize, height: size.height as usize, rgb: image.into_pixels() };
        match self {
            Self::Jpeg => picture.to_jpeg(QUALITY),
            Self::Png => picture.to_png(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_differ_in_their_extension_keep_it_in_the_names_of_their_copies() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("hats.old")).unwrap();
        for name in ["hats.old/a.jpg", "hats.old/A.png", "hats.old/b", ".hidden", "c.d.webp"] {
            fs::write(dir.path().join(name), "").unwrap();
        }
        let found = list(dir.path()).unwrap();
        let stems: Vec<&str> = found.iter().map(|source| source.stem.as_str()).collect();
        assert_eq!(stems, ["c.d", "hats.old/A.png", "hats.old/a.jpg", "hats.old/b"]);
    }
}
