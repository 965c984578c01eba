//! The GPU of this thread.

use std::cell::RefCell;

use burn::tensor::{
    Device,
    wgpu::{WgpuSetup, wgpu::AdapterInfo},
};

use crate::error::GpuError;

thread_local! {
    /// burn's GPU runtime can be started once; everything on the thread shares it.
    static OPEN: RefCell<Option<(Device, AdapterInfo)>> = const { RefCell::new(None) };
}

/// Opens the GPU, or gives the one that is open. `started` is called once, with the handles under burn's device.
///
/// # Errors
/// [`GpuError::Unavailable`] where there is none, or the browser or driver refuses it.
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
