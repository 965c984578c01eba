//! Progress of a training: a bar on a terminal, JSON lines otherwise, and always a line in the run's log.

use std::{
    fs::{File, OpenOptions},
    io::{IsTerminal, Write},
    path::Path,
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;

/// Time between two redraws of the bar.
const TICK: Duration = Duration::from_millis(200);

/// The progress bar and the log of a run.
pub struct Progress {
    bar: ProgressBar,
    terminal: bool,
    log: Option<File>,
}

impl Progress {
    /// A bar of `total` steps; events are appended to `log`.
    pub fn new(total: u64, log: Option<&Path>) -> anyhow::Result<Self> {
        let terminal = std::io::stderr().is_terminal();
        let target = if terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(total), target);
        let style = "{spinner} {msg:40} [{bar:30}] {pos}/{len} {elapsed}<{eta}";
        bar.set_style(ProgressStyle::with_template(style).expect("a valid template").progress_chars("=> "));
        bar.enable_steady_tick(TICK);
        let log = log.map(|path| OpenOptions::new().create(true).append(true).open(path)).transpose()?;
        Ok(Self { bar, terminal, log })
    }

    /// Starts the bar again with `total` steps.
    pub fn restart(&self, total: u64) {
        self.bar.reset();
        self.bar.set_length(total);
        self.bar.enable_steady_tick(TICK);
    }

    /// Advances the bar by one step.
    pub fn step(&self, message: impl Into<String>) {
        self.bar.set_message(message.into());
        self.bar.inc(1);
    }

    /// Moves the bar to `position`.
    pub fn set(&self, position: u64) {
        self.bar.set_position(position);
    }

    /// Records an event: one JSON object per line in the log, a readable line on a terminal.
    pub fn event(&mut self, event: &Value) -> anyhow::Result<()> {
        if let Some(log) = &mut self.log {
            writeln!(log, "{event}")?;
        }
        if self.terminal {
            self.bar.println(readable(event));
        } else {
            eprintln!("{event}");
        }
        Ok(())
    }

    /// Clears the bar.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

fn readable(event: &Value) -> String {
    let field = |(key, value): (&String, &Value)| match value.as_f64() {
        Some(number) if value.is_f64() => format!("{key} {number:.4}"),
        _ => format!("{key} {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)),
    };
    event.as_object().map(|o| o.iter().map(field).collect::<Vec<_>>().join("  ")).unwrap_or_default()
}
