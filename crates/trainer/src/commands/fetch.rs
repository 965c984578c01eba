//! `trainer fetch`: public data sets by name.

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use sha2::{Digest, Sha256};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Name of the data set; without it, the command lists all names.
    name: Option<String>,
    /// Folder to download into.
    #[arg(long, default_value = "data")]
    to: PathBuf,
}

/// A public data set. The first download records its SHA-256 in `fetch.lock`, later ones must match. No hash is built in,
/// because none was verified.
struct PublicSet {
    name: &'static str,
    url: &'static str,
    licence: &'static str,
}

const SETS: [PublicSet; 5] = [
    PublicSet {
        name: "rerank-games",
        url: "https://github.com/RUCAIBox/LLMRank/archive/refs/heads/master.zip",
        licence: "candidate lists MIT; Amazon reviews data: research only",
    },
    PublicSet {
        name: "purchase-intent",
        url: "https://archive.ics.uci.edu/static/public/468/online+shoppers+purchasing+intention+dataset.zip",
        licence: "CC BY 4.0 (UCI 468)",
    },
    PublicSet {
        name: "online-retail",
        url: "https://archive.ics.uci.edu/static/public/352/online+retail.zip",
        licence: "CC BY 4.0 (UCI 352)",
    },
    PublicSet {
        name: "reviews-zh",
        url: "https://raw.githubusercontent.com/SophonPlus/ChineseNlpCorpus/master/datasets/online_shopping_10_cats/online_shopping_10_cats.zip",
        licence: "none stated: measure only",
    },
    PublicSet {
        name: "clothing",
        url: "https://github.com/alexeygrigorev/clothing-dataset-small/archive/refs/heads/master.zip",
        licence: "CC0",
    },
];

pub fn run(args: &Args) -> anyhow::Result<()> {
    let Some(name) = &args.name else {
        for set in &SETS {
            println!("{:16} {:60} {}", set.name, set.licence, set.url);
        }
        return Ok(());
    };
    let Some(set) = SETS.iter().find(|set| set.name == name) else {
        let names: Vec<_> = SETS.iter().map(|set| set.name).collect();
        bail!("{name}: no such data set; expected one of {}", names.join(", "));
    };
    std::fs::create_dir_all(&args.to)?;
    let lock = args.to.join("fetch.lock");
    let known = read_lock(&lock)?;
    let expected = known.get(set.name).map(String::as_str);
    println!(
        "{}\n  from     {}\n  licence  {}\n  sha256   {}",
        set.name,
        set.url,
        set.licence,
        expected.unwrap_or("unknown: the first download records it in fetch.lock")
    );
    let file = args.to.join(format!("{}.zip", set.name));
    let found = download(set.url, &file, expected)?;
    if expected.is_none() {
        let mut known = known;
        known.insert(set.name.into(), found.clone());
        windowshop_files::write(&lock, toml::to_string(&known)?.as_bytes())?;
    }
    println!("wrote {} (sha256 {found})", file.display());
    Ok(())
}

fn read_lock(path: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => toml::from_str(&text).with_context(|| path.display().to_string()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}

/// Downloads to a temporary file and renames it to `file` if the hash matches; returns the hash.
fn download(url: &str, file: &Path, expected: Option<&str>) -> anyhow::Result<String> {
    let response = ureq::get(url).call().with_context(|| {
        format!("{url}: cannot be downloaded; check the network, or download it by hand to {}", file.display())
    })?;
    let total = response.headers().get("content-length").and_then(|v| v.to_str().ok()?.parse().ok());
    let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
    bar.set_style(ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes} {eta}").expect("a valid template"));
    let mut found = String::new();
    windowshop_files::write_with(file, |out| {
        let mut hash = Sha256::new();
        let mut body = response.into_body().into_reader();
        let mut buffer = vec![0; 1 << 16];
        loop {
            let read = body
                .read(&mut buffer)
                .with_context(|| format!("{url}: the download was interrupted; run the command again"))?;
            if read == 0 {
                break;
            }
            hash.update(&buffer[..read]);
            out.write_all(&buffer[..read])?;
            bar.inc(read as u64);
        }
        bar.finish_and_clear();
        found = hex::encode(hash.finalize());
        if let Some(expected) = expected.filter(|expected| *expected != found) {
            bail!(
                "{url}: sha256 is {found}, expected {expected}: the file changed at its source or in transit; it was not kept"
            );
        }
        Ok(())
    })?;
    Ok(found)
}
