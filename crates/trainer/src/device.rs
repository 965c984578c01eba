//! The device of the tensors, chosen by `--device`.

use anyhow::Context;
use burn::tensor::{Device, wgpu::wgpu::DeviceType};
use clap::ValueEnum;

/// A device by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum DeviceName {
    /// The GPU if there is a hardware one, else the CPU.
    #[default]
    Auto,
    /// The GPU, by Vulkan, Metal or DX12.
    Gpu,
    /// The CPU, by burn-flex.
    Cpu,
    /// The CPU, by burn-ndarray: slow, to compare results with an independent implementation.
    Ndarray,
}

/// Opens a device.
///
/// # Errors
/// If `--device gpu` finds no GPU.
pub fn open(name: DeviceName) -> anyhow::Result<Device> {
    Ok(match name {
        DeviceName::Cpu => Device::flex(),
        // Deprecated in burn, but it shares no code with flex, so it checks flex.
        #[allow(deprecated)]
        DeviceName::Ndarray => Device::ndarray(),
        DeviceName::Gpu => {
            gpu()
                .context("--device gpu: no GPU found; install its Vulkan, Metal or DX12 driver, or use --device cpu")?
                .0
        }
        DeviceName::Auto => match gpu() {
            Ok((device, DeviceType::DiscreteGpu | DeviceType::IntegratedGpu | DeviceType::VirtualGpu)) => device,
            // A software GPU is slower than the CPU.
            _ => Device::flex(),
        },
    })
}

/// Makes the CPU burn's default device. burn creates tensors on it when it reads an optimizer's state; the GPU, its usual default,
/// may not exist.
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
