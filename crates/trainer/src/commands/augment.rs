//! `trainer augment`: photos changed by a policy, as files.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use rayon::prelude::*;
use windowshop_augment::{AugmentPolicy, Image, Key};
use windowshop_features::hash::hash;
use windowshop_files::NewFolder;

use crate::{
    augmentation::{
        policy,
        records::{self, Line, sha256},
        sheet,
        sources::{self, Format, Source},
    },
    progress::Progress,
};

/// Keeps photos' names apart from other texts that are hashed.
const SAMPLES: u64 = 61;
const SHEET: &str = "contact-sheet.png";

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The augmentation policy: a JSON file, or product, photo, views, trivial_augment or rand_augment.
    #[arg(long, required_unless_present = "replay")]
    policy: Option<String>,
    /// Replay a records.jsonl instead of sampling; equal photos give equal bytes.
    #[arg(long, value_name = "RECORDS", conflicts_with_all = ["policy", "copies", "format"])]
    replay: Option<PathBuf>,
    /// A folder of photos, in one subfolder per category if they have categories.
    #[arg(long)]
    input: PathBuf,
    /// The folder to write: the same subfolders with the augmented photos, records.jsonl and contact-sheet.png.
    #[arg(long)]
    out: PathBuf,
    /// Seed of every random number.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Augmented copies of each photo.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    copies: u32,
    /// Format of the copies; by default JPEG for JPEG files and PNG for others.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Photos augmented in parallel; by default one per core. The result does not depend on it.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

/// `trainer augment`
pub fn run(args: &Args) -> anyhow::Result<()> {
    let out = std::path::absolute(&args.out)?;
    check_out(&args.input, &out)?;
    let work = Work::new(args)?;
    let next = NewFolder::beside(&out)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.threads.map_or(0, usize::from)).build()?;
    let done = pool.install(|| work.run(&args.input, next.path()))?;
    next.replace()?;
    println!("{done}wrote {}: {} copies of {} photos", args.out.display(), done.copies, done.photos);
    println!("next: look at {}; train on it with [photos] folder in store.toml", args.out.join(SHEET).display());
    Ok(())
}

/// Refuses to write over anything, or among the photos that are read.
fn check_out(input: &Path, out: &Path) -> anyhow::Result<()> {
    if out.is_file() || fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some()) {
        bail!(
            "{}: exists and is not empty: nothing was written; name a new folder or empty this one first",
            out.display()
        );
    }
    let existing = out.ancestors().find_map(|folder| folder.canonicalize().ok());
    if input.canonicalize().ok().zip(existing).is_some_and(|(input, existing)| existing.starts_with(input)) {
        bail!("{}: lies in {}, whose photos are read; name a folder elsewhere", out.display(), input.display());
    }
    Ok(())
}

/// What is to be done.
enum Work {
    Draw {
        policy: AugmentPolicy,
        policy_sha256: String,
        seed: u64,
        copies: u32,
        format: Option<Format>,
        sources: Vec<Source>,
    },
    Replay {
        lines: Vec<Vec<Line>>,
    },
}

/// What was done.
#[derive(Default)]
struct Done {
    photos: usize,
    copies: usize,
    /// Files that are no photos, by reason.
    skipped: BTreeMap<&'static str, Vec<String>>,
}

impl Work {
    fn new(args: &Args) -> anyhow::Result<Self> {
        if let Some(path) = &args.replay {
            let lines = records::read(path)?;
            let lines = lines.chunk_by(|a, b| a.source == b.source).map(<[Line]>::to_vec).collect();
            return Ok(Self::Replay { lines });
        }
        let name = args.policy.as_deref().unwrap_or_default();
        let policy = policy::photos(name)?;
        if policy.mixes() {
            bail!(
                "{name}: batch: found mix_up or cut_mix; expected none, because a photo of two categories belongs into no folder; remove batch"
            );
        }
        let policy_sha256 = sha256(policy.to_json());
        let sources = sources::list(&args.input)?;
        Ok(Self::Draw { policy, policy_sha256, seed: args.seed, copies: args.copies, format: args.format, sources })
    }

    /// Writes every copy, the records and the contact sheet into `out`.
    fn run(&self, input: &Path, out: &Path) -> anyhow::Result<Done> {
        let count = match self {
            Self::Draw { sources, .. } => sources.len(),
            Self::Replay { lines } => lines.len(),
        };
        let progress = Progress::new(count as u64, None)?;
        let outcome: Vec<Result<Vec<Line>, (&'static str, String)>> = (0..count)
            .into_par_iter()
            .map(|at| {
                let found = match self {
                    Self::Draw { sources, .. } => self.draw(&sources[at], input, out),
                    Self::Replay { lines } => replay(&lines[at], input, out).map(|()| Ok(lines[at].clone())),
                };
                progress.step("photos");
                found
            })
            .collect::<anyhow::Result<_>>()?;
        progress.finish();
        let mut done = Done::default();
        let mut photos = Vec::new();
        for outcome in outcome {
            match outcome {
                Ok(lines) => photos.push(lines),
                Err((reason, path)) => done.skipped.entry(reason).or_default().push(path),
            }
        }
        if photos.is_empty() {
            bail!("{}: found no usable photo:\n{done}expected JPEG, PNG or WebP", input.display());
        }
        (done.photos, done.copies) = (photos.len(), photos.iter().map(Vec::len).sum());
        let mut text = String::new();
        for line in photos.iter().flatten() {
            text += &serde_json::to_string(line)?;
            text += "\n";
        }
        fs::write(out.join(records::FILE), text)?;
        let rows = sheet::chosen(photos.len()).into_par_iter().map(|at| row(&photos[at], input));
        let rows = rows.collect::<anyhow::Result<Vec<_>>>()?;
        fs::write(out.join(SHEET), sheet::draw(&rows).to_png())?;
        Ok(done)
    }

    /// Changes a photo and writes its copies; the inner error says why the file is none.
    fn draw(
        &self,
        source: &Source,
        input: &Path,
        out: &Path,
    ) -> anyhow::Result<Result<Vec<Line>, (&'static str, String)>> {
        let Self::Draw { policy, policy_sha256, seed, copies, format, .. } = self else {
            unreachable!("a replay draws nothing")
        };
        let found = sources::read(&input.join(&source.path))?;
        let (bytes, photo) = match found.and_then(|bytes| sources::decode(&bytes).map(|photo| (bytes, photo))) {
            Ok(found) => found,
            Err(reason) => return Ok(Err((reason, source.path.clone()))),
        };
        let format = format.unwrap_or_else(|| Format::of(&bytes));
        // The name decides what is drawn, so that further photos change nothing about this one.
        let key = Key { seed: *seed, sample: hash(SAMPLES, source.path.as_bytes()), epoch: 0 };
        let source_sha256 = sha256(&bytes);
        let line = |copy: u32| Line {
            output: format!("{}-{}.{}", source.stem, copy + 1, format.extension()),
            source: source.path.clone(),
            source_sha256: source_sha256.clone(),
            policy_sha256: policy_sha256.clone(),
            seed: *seed,
            copy,
            format,
            record: policy.draw(photo.size(), Key { epoch: copy, ..key }),
        };
        let lines: Vec<Line> = (0..*copies).map(line).collect();
        write(&lines, &photo, out)?;
        Ok(Ok(lines))
    }
}

/// Does again what was done to a photo.
fn replay(lines: &[Line], input: &Path, out: &Path) -> anyhow::Result<()> {
    write(lines, &recorded(&lines[0], input)?, out)
}

/// The photo that a record is about.
fn recorded(line: &Line, input: &Path) -> anyhow::Result<Image> {
    let path = input.join(&line.source);
    let refuse = |reason: &str| anyhow::anyhow!("{}: {reason}", path.display());
    let bytes = sources::read(&path)?.map_err(refuse)?;
    let found = sha256(&bytes);
    if found != line.source_sha256 {
        bail!(
            "{}: found a file with sha256 {found}; expected {}, which was recorded: give the folder that was read then",
            path.display(),
            line.source_sha256
        );
    }
    sources::decode(&bytes).map_err(refuse)
}

fn write(lines: &[Line], photo: &Image, out: &Path) -> anyhow::Result<()> {
    for line in lines {
        let changed = line.record.replay(photo).with_context(|| line.source.clone())?;
        let path = out.join(&line.output);
        fs::create_dir_all(path.parent().expect("a file has a folder"))?;
        fs::write(&path, line.format.encode(changed))
            .with_context(|| format!("{}: cannot be written", path.display()))?;
    }
    Ok(())
}

/// A photo and its first copies, small.
fn row(lines: &[Line], input: &Path) -> anyhow::Result<sheet::Row> {
    let photo = recorded(&lines[0], input)?;
    let view = |line: &Line| anyhow::Ok(sheet::thumbnail(&line.record.replay(&photo)?));
    let views = lines.iter().take(sheet::VIEWS).map(view).collect::<anyhow::Result<_>>()?;
    Ok(sheet::Row { name: lines[0].source.clone(), original: sheet::thumbnail(&photo), views })
}

impl std::fmt::Display for Done {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (reason, files) in &self.skipped {
            let more = if files.len() > 3 { ", …" } else { "" };
            writeln!(f, "skipped: {} files: {reason} ({}{more})", files.len(), files[..files.len().min(3)].join(", "))?;
        }
        Ok(())
    }
}
