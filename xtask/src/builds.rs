//! The wasm builds.

/// The target triple.
pub const TARGET: &str = "wasm32-unknown-unknown";
/// Package of the engine.
pub const ENGINE: &str = "windowshop-engine";
/// Package of the WebGPU engine.
pub const ENGINE_GPU: &str = "windowshop-engine-gpu";
/// Package of image augmentation.
pub const AUGMENT: &str = "windowshop-augment-wasm";
/// All packages that a page downloads.
pub const PACKAGES: [&str; 3] = [ENGINE, ENGINE_GPU, AUGMENT];

/// A build of a package.
#[derive(Debug)]
pub struct Build {
    /// Name of the build and of its folders.
    pub name: &'static str,
    /// Cargo package.
    pub package: &'static str,
    /// Cargo profile.
    pub profile: &'static str,
    /// Target features beyond the defaults of the target.
    pub target_features: &'static str,
    /// Further compiler flags.
    pub flags: &'static [&'static str],
    /// Optimisation level of `wasm-opt`.
    pub optimise: &'static str,
    /// Upper bound on the size of module and glue together, gzip bytes.
    pub budget_bytes: u64,
}

impl Build {
    /// File stem of the glue and the module.
    pub fn out_name(&self) -> String {
        self.package.replace('-', "_")
    }
}

/// Every build.
pub const BUILDS: [Build; 4] = [
    Build {
        name: "cpu",
        package: ENGINE,
        profile: "wasm",
        target_features: "+simd128,+bulk-memory",
        flags: &[],
        optimise: "-O3",
        budget_bytes: 350 * 1024,
    },
    Build {
        name: "cpu-relaxed",
        package: ENGINE,
        profile: "wasm",
        target_features: "+simd128,+bulk-memory,+relaxed-simd",
        flags: &[],
        optimise: "-O3",
        budget_bytes: 350 * 1024,
    },
    Build {
        name: "augment",
        package: AUGMENT,
        profile: "wasm-augment",
        target_features: "+simd128,+bulk-memory",
        flags: &[],
        optimise: "-O3",
        // 10 KB of it plan GPU passes.
        budget_bytes: 208 * 1024,
    },
    Build {
        name: "gpu",
        package: ENGINE_GPU,
        profile: "wasm-gpu",
        target_features: "+simd128,+bulk-memory",
        flags: &["--cfg", "getrandom_backend=\"wasm_js\""],
        optimise: "-Oz",
        // The aim was 1,200 KB: a third of the module is burn's compiler of GPU kernels.
        budget_bytes: 1520 * 1024,
    },
];
