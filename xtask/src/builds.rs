//! What is built for browsers: one row each.

/// What browsers run.
pub const TARGET: &str = "wasm32-unknown-unknown";
/// The engine.
pub const ENGINE: &str = "windowshop-engine";
/// Its accelerator.
pub const ENGINE_GPU: &str = "windowshop-engine-gpu";
/// Image augmentation, which a page fetches when it first augments.
pub const AUGMENT: &str = "windowshop-augment-wasm";
/// All of them.
pub const PACKAGES: [&str; 3] = [ENGINE, ENGINE_GPU, AUGMENT];

/// One way to build one of them.
#[derive(Debug)]
pub struct Build {
    /// Name, also of its folders.
    pub name: &'static str,
    /// What is built.
    pub package: &'static str,
    /// Cargo profile.
    pub profile: &'static str,
    /// Target features beyond the defaults of the target.
    pub target_features: &'static str,
    /// Further compiler flags.
    pub flags: &'static [&'static str],
    /// Level of `wasm-opt`.
    pub optimise: &'static str,
    /// Most bytes of module and glue together, after gzip.
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
        // 10 KB of it say what a GPU is to do.
        budget_bytes: 208 * 1024,
    },
    Build {
        name: "gpu",
        package: ENGINE_GPU,
        profile: "wasm-gpu",
        target_features: "+simd128,+bulk-memory",
        flags: &["--cfg", "getrandom_backend=\"wasm_js\""],
        optimise: "-Oz",
        // Above the aim of 1,200 KB: a third of it is the compiler of GPU kernels that burn brings.
        budget_bytes: 1520 * 1024,
    },
];
