//! The GPU device of a thread.

use std::cell::RefCell;

use burn::tensor::{
    Device,
    wgpu::{WgpuSetup, wgpu::AdapterInfo},
};

use crate::error::GpuError;

thread_local! {
    /// burn's GPU runtime starts at most once per thread, so all networks share the device.
    static OPEN: RefCell<Option<(Device, AdapterInfo)>> = const { RefCell::new(None) };
}

/// Opens the GPU, or returns the open one. `started` is called when it opens, with the wgpu handles of burn's device.
///
/// # Errors
/// [`GpuError::Unavailable`] if there is no GPU, or the browser or driver rejects it.
pub async fn open(started: impl FnOnce(&WgpuSetup)) -> Result<(Device, AdapterInfo), GpuError> {
    if let Some(open) = OPEN.with_borrow(Clone::clone) {
        return Ok(open);
    }
    let setup = Device::wgpu_options().init_with_setup_async().await;
    let (device, setup) = setup.map_err(|error| GpuError::Unavailable { found: error.to_string() })?;
    started(&setup);
    let open = (device, setup.adapter.get_info());
    OPEN.set(Some(open.clone()));
    Ok(open)
}
