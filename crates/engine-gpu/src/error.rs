//! What the GPU side refuses, with a stable code for each.

use windowshop_bundle::BundleError;

/// Refusals of the GPU side.
#[derive(Debug, thiserror::Error)]
pub enum GpuError {
    /// The bundle was refused.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// The weights do not fit what the bundle says of them.
    #[error("{file}: {found}: the bundle was assembled from parts that do not belong together; export it again")]
    Weights {
        /// The file that holds them.
        file: &'static str,
        /// What is wrong with them.
        found: String,
    },
    /// No GPU, or one that this browser or driver refuses.
    #[error("gpu: {found}: use the CPU, with `backend: \"cpu\"` in a page")]
    Unavailable {
        /// What was said.
        found: String,
    },
    /// The GPU went away.
    #[error("gpu: the device was lost ({found}): score on the CPU, or load the engine again")]
    Lost {
        /// What was said.
        found: String,
    },
    /// A list that does not fit the bundle, or names items that were never added.
    #[error("list: {found}, expected {expected}: prepare it with the engine that loaded the same bundle")]
    List {
        /// What it holds.
        found: String,
        /// What it must hold.
        expected: String,
    },
}

impl GpuError {
    pub(crate) fn lost(found: impl std::fmt::Display) -> Self {
        GpuError::Lost { found: found.to_string() }
    }

    /// The code JavaScript branches on.
    pub fn code(&self) -> &'static str {
        match self {
            GpuError::Bundle(error) => error.code(),
            GpuError::Weights { .. } => "bundle_corrupt",
            GpuError::Unavailable { .. } => "gpu_unavailable",
            GpuError::Lost { .. } => "gpu_lost",
            GpuError::List { .. } => "internal",
        }
    }
}
