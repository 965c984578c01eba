//! For tests that need what a machine may lack: a GPU, real data.
//!
//! The test harness has no way to skip a test at run time: a test that returns early passes. [`skip`] therefore also appends a line to
//! the file that the environment variable [`SKIPS`] names. `npm test` sets it, and counts those tests as skipped, not as passed.

use std::{
    env,
    fmt::Display,
    fs::OpenOptions,
    io::Write,
    path::{Path, PathBuf},
    thread,
};

/// Names the file that [`skip`] appends to: one line `TEST: REASON` per skipped test.
pub const SKIPS: &str = "WINDOWSHOP_SKIPS";

/// Reports the running test as skipped. The caller returns from the test next and calls this once per test.
///
/// # Panics
/// If the file that [`SKIPS`] names cannot be written.
pub fn skip(reason: impl Display) {
    let reason = reason.to_string().replace(['\n', '\r'], " ");
    let thread = thread::current();
    let line = format!("{}: {}\n", thread.name().unwrap_or("unnamed test"), reason.trim());
    print!("skipped: {line}");
    if let Some(path) = env::var_os(SKIPS) {
        // One write in append mode: lines of tests that run at the same time do not mix.
        let file = OpenOptions::new().create(true).append(true).open(&path);
        let written = file.and_then(|mut file| file.write_all(line.as_bytes()));
        written.unwrap_or_else(|error| panic!("{SKIPS}={}: {error}", path.display()));
    }
}

/// The folder `folder` of the real data sets, in the folder that `WINDOWSHOP_DATA` names or in `../shared/data` beside the repository.
/// If it is absent, reports the running test as skipped and returns `None`.
pub fn real_data(folder: &str) -> Option<PathBuf> {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let data = env::var_os("WINDOWSHOP_DATA").map_or_else(default, PathBuf::from).join(folder);
    if data.is_dir() {
        return Some(data);
    }
    skip(format_args!("{} is absent", data.display()));
    None
}
