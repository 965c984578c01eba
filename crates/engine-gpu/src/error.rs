//! Errors of the GPU side, each with a stable code.

use windowshop_bundle::BundleError;

/// An error of the GPU side.
#[derive(Debug, thiserror::Error)]
pub enum GpuError {
    /// The bundle is invalid.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// Weights that do not fit the manifest or card.
    #[error("{file}: {found}: the files of the bundle do not belong together; export it again")]
    Weights {
        /// Their file.
        file: &'static str,
        /// The fault.
        found: String,
    },
    /// No GPU, or the browser or driver rejects it.
    #[error("gpu: {found}: use the CPU, with `backend: \"cpu\"` in a page")]
    Unavailable {
        /// The reason.
        found: String,
    },
    /// The GPU device was lost.
    #[error("gpu: the device was lost ({found}): score on the CPU, or load the engine again")]
    Lost {
        /// The reason.
        found: String,
    },
    /// A list that does not fit the bundle, or with items that were not added.
    #[error("list: {found}, expected {expected}: prepare it with the engine that loaded the same bundle")]
    List {
        /// What it has.
        found: String,
        /// What it must have.
        expected: String,
    },
}

impl GpuError {
    pub(crate) fn lost(found: impl std::fmt::Display) -> Self {
        GpuError::Lost { found: found.to_string() }
    }

    /// The code for JavaScript.
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
