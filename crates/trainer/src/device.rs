//! Where tensors live: chosen at run time by `--device`.

use anyhow::bail;
use burn::tensor::Device;
use clap::ValueEnum;

/// A device by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum DeviceName {
    /// The GPU where this build has one and it answers, else the CPU.
    #[default]
    Auto,
    /// Vulkan, Metal or DX12 through wgpu.
    Gpu,
    /// burn-flex: the fast CPU device.
    Cpu,
    /// burn-ndarray: slow, independent, for comparing results.
    Ndarray,
}

/// Opens a device.
pub fn open(name: DeviceName) -> anyhow::Result<Device> {
    Ok(match name {
        DeviceName::Cpu | DeviceName::Auto if cfg!(not(feature = "wgpu")) => Device::flex(),
        DeviceName::Cpu => Device::flex(),
        // Deprecated in burn, and kept for that reason: an implementation that shares nothing with flex.
        #[allow(deprecated)]
        DeviceName::Ndarray => Device::ndarray(),
        #[cfg(feature = "wgpu")]
        DeviceName::Gpu | DeviceName::Auto => Device::wgpu(burn::tensor::DeviceKind::DefaultDevice),
        #[cfg(not(feature = "wgpu"))]
        DeviceName::Gpu | DeviceName::Auto => {
            bail!(
                "--device gpu: this trainer was built without a GPU; build it with --features wgpu, or use --device cpu"
            )
        }
    })
}
