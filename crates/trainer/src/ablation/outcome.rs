//! What the trainings of an ablation came to, and the file that remembers it.

use std::{
    collections::BTreeMap,
    fs::OpenOptions,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::Context;
use serde::{Deserialize, Serialize};

/// A training: which samples were expanded, how many there were, which seed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cell {
    /// How the samples were expanded; `none` where they were not.
    pub arm: String,
    /// How much there was to learn from, as the command line has it.
    pub amount: String,
    /// Seed of the split, of the samples and of the network.
    pub seed: u64,
}

impl Cell {
    /// The cell's own folder under `out`.
    pub fn folder(&self, out: &Path) -> PathBuf {
        out.join(format!("{}-{}-seed-{}", self.arm, self.amount, self.seed))
    }
}

/// A line of outcomes.jsonl.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Outcome {
    #[serde(flatten)]
    pub cell: Cell,
    /// Metrics on the test part.
    pub metrics: BTreeMap<String, f64>,
    /// Wall time of everything that the cell needed.
    pub seconds: f64,
}

/// The outcomes of one ablation, kept as they come.
pub struct Outcomes {
    file: PathBuf,
    pub all: Vec<Outcome>,
}

impl Outcomes {
    /// Those that there are already.
    pub fn open(file: PathBuf) -> anyhow::Result<Self> {
        let text = if file.exists() { std::fs::read_to_string(&file)? } else { String::new() };
        // A line that was cut short by an interruption is a training that did not end.
        let lines: Vec<&str> = text.split_inclusive('\n').filter(|line| line.ends_with('\n')).collect();
        let parse = |line: &&str| serde_json::from_str(line).with_context(|| file.display().to_string());
        let all = lines.iter().map(parse).collect::<anyhow::Result<_>>()?;
        let whole: usize = lines.iter().map(|line| line.len()).sum();
        if whole < text.len() {
            std::fs::write(&file, &text[..whole])?;
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
    fn an_interrupted_ablation_goes_on_where_it_was() {
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
