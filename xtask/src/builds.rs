//! The engine's browser builds: one row each.

/// What browsers run.
pub const TARGET: &str = "wasm32-unknown-unknown";
/// The package that is built.
pub const ENGINE: &str = "windowshop-engine";
/// File stem of the glue and the module.
pub const OUT_NAME: &str = "windowshop_engine";

/// One way to build the engine.
#[derive(Debug)]
pub struct Build {
    /// Name, also of its folders.
    pub name: &'static str,
    /// Cargo profile.
    pub profile: &'static str,
    /// Cargo features of the engine.
    pub features: &'static [&'static str],
    /// Target features beyond the defaults of the target.
    pub target_features: &'static str,
    /// Further compiler flags.
    pub flags: &'static [&'static str],
    /// Level of `wasm-opt`.
    pub optimise: &'static str,
    /// Most bytes of module and glue together, after gzip.
    pub budget_bytes: u64,
}

/// Every build.
pub const BUILDS: [Build; 3] = [
    Build {
        name: "cpu",
        profile: "wasm",
        features: &[],
        target_features: "+simd128,+bulk-memory",
        flags: &[],
        optimise: "-O3",
        budget_bytes: 350 * 1024,
    },
    Build {
        name: "cpu-relaxed",
        profile: "wasm",
        features: &[],
        target_features: "+simd128,+bulk-memory,+relaxed-simd",
        flags: &[],
        optimise: "-O3",
        budget_bytes: 350 * 1024,
    },
    Build {
        name: "gpu",
        profile: "wasm-gpu",
        features: &["gpu"],
        target_features: "+simd128,+bulk-memory",
        flags: &["--cfg", "getrandom_backend=\"wasm_js\""],
        optimise: "-Oz",
        budget_bytes: 1200 * 1024,
    },
];
