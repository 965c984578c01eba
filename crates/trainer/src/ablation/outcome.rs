//! Outcomes of the trainings of an ablation, and the file that stores them.

use std::{
    collections::BTreeMap,
    fs::OpenOptions,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::Context;
use serde::{Deserialize, Serialize};

/// A training of the ablation: arm, amount and seed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cell {
    /// Expansion of the samples; `none` for none.
    pub arm: String,
    /// Amount of training samples, in the form of the command line.
    pub amount: String,
    /// Seed of split, samples and network.
    pub seed: u64,
}

impl Cell {
    /// The cell's folder under `out`.
    pub fn folder(&self, out: &Path) -> PathBuf {
        out.join(format!("{}-{}-seed-{}", self.arm, self.amount, self.seed))
    }
}

/// A line of outcomes.jsonl.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Outcome {
    #[serde(flatten)]
    pub cell: Cell,
    /// Metrics on the test split.
    pub metrics: BTreeMap<String, f64>,
    /// Wall time of the cell, in seconds.
    pub seconds: f64,
}

/// Outcomes of an ablation, appended as they arrive.
pub struct Outcomes {
    file: PathBuf,
    pub all: Vec<Outcome>,
}

impl Outcomes {
    /// Reads existing outcomes and drops an incomplete last line.
    pub fn open(file: PathBuf) -> anyhow::Result<Self> {
        let text = if file.exists() { std::fs::read_to_string(&file)? } else { String::new() };
        // An interruption may leave an incomplete line; that training is repeated.
        let lines: Vec<&str> = text.split_inclusive('\n').filter(|line| line.ends_with('\n')).collect();
        let parse = |line: &&str| serde_json::from_str(line).with_context(|| file.display().to_string());
        let all = lines.iter().map(parse).collect::<anyhow::Result<_>>()?;
        let whole: usize = lines.iter().map(|line| line.len()).sum();
        if whole < text.len() {
            windowshop_files::write(&file, &text[..whole])?;
        }
        Ok(Self { file, all })
    }

    pub fn has(&self, cell: &Cell) -> bool {
        self.all.iter().any(|outcome| outcome.cell == *cell)
    }

    pub fn add(&mut self, outcome: Outcome) -> anyhow::Result<()> {
        let mut file = OpenOptions::new().create(true).append(true).open(&self.file)?;
        writeln!(file, "{}", serde_json::to_string(&outcome)?)?;
        self.all.push(outcome);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(seed: u64) -> Outcome {
        let cell = Cell { arm: "none".into(), amount: "20".into(), seed };
        Outcome { cell, metrics: BTreeMap::from([("accuracy".into(), 0.5)]), seconds: 1.0 }
    }

    #[test]
    fn an_interrupted_ablation_resumes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("outcomes.jsonl");
        let mut outcomes = Outcomes::open(file.clone()).unwrap();
        outcomes.add(outcome(1)).unwrap();
        std::fs::OpenOptions::new().append(true).open(&file).unwrap().write_all(b"{\"arm\":\"no").unwrap();
        let mut again = Outcomes::open(file.clone()).unwrap();
        assert!(again.has(&outcome(1).cell) && !again.has(&outcome(2).cell));
        again.add(outcome(2)).unwrap();
        assert_eq!(Outcomes::open(file).unwrap().all.len(), 2);
    }
}
