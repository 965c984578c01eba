//! Where tensors live: chosen at run time by `--device`.

use anyhow::Context;
use burn::tensor::{Device, wgpu::wgpu::DeviceType};
use clap::ValueEnum;

/// A device by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum DeviceName {
    /// The GPU where a real one answers, else the CPU.
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
        DeviceName::Cpu => Device::flex(),
        // Deprecated in burn, and kept for that reason: an implementation that shares nothing with flex.
        #[allow(deprecated)]
        DeviceName::Ndarray => Device::ndarray(),
        DeviceName::Gpu => {
            gpu()
                .context("--device gpu: no GPU answers; install its Vulkan, Metal or DX12 driver, or use --device cpu")?
                .0
        }
        DeviceName::Auto => match gpu() {
            Ok((device, DeviceType::DiscreteGpu | DeviceType::IntegratedGpu | DeviceType::VirtualGpu)) => device,
            // A GPU that is made of software is slower than the CPU it runs on.
            _ => Device::flex(),
        },
    })
}

/// Where burn creates a tensor for which nobody named a device, as it does when it reads an optimizer's state, is the CPU.
/// Otherwise it would be the GPU whatever `--device` says, and a panic where there is none.
pub fn keep_defaults_on_the_cpu() {
    if std::env::var_os("BURN_DEVICE").is_none() {
        // SAFETY: called at the start of `main`, before there is a second thread that could read the environment.
        unsafe { std::env::set_var("BURN_DEVICE", "flex") };
    }
}

fn gpu() -> anyhow::Result<(Device, DeviceType)> {
    let (device, setup) = Device::wgpu_options().init_with_setup()?;
    Ok((device, setup.adapter.get_info().device_type))
}
