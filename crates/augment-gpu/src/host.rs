//! The device, and the passes on it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, mpsc},
};

use pollster::block_on;
use wgpu::{
    AdapterInfo, Backends, BindGroupDescriptor, BindGroupEntry, BindGroupLayout, BindGroupLayoutDescriptor,
    BindGroupLayoutEntry, BindingType, Buffer, BufferBindingType, BufferDescriptor, BufferUsages, CommandEncoder,
    ComputePipeline, ComputePipelineDescriptor, Device, DeviceDescriptor, DeviceType, Instance, InstanceDescriptor,
    MapMode, PipelineLayoutDescriptor, PollType, Queue, RequestAdapterOptions, ShaderModuleDescriptor, ShaderSource,
    ShaderStages,
};
use windowshop_augment::{Pass, Shader, Slot, Words};

/// Why there is no GPU.
#[derive(Debug, thiserror::Error)]
pub enum GpuError {
    /// No driver, no device, or one that does not start.
    #[error("gpu: found none ({found}); expected a driver for Vulkan, Metal or Direct3D 12")]
    Unavailable {
        /// What the driver says.
        found: String,
    },
}

/// A GPU with what was compiled and allocated on it; both are kept from one image to the next.
#[derive(Debug)]
pub struct Gpu {
    device: Device,
    queue: Queue,
    adapter: AdapterInfo,
    layout: BindGroupLayout,
    pipelines: HashMap<Shader, ComputePipeline>,
    slots: HashMap<Slot, Buffer>,
    fault: Arc<Mutex<Option<String>>>,
}

impl Gpu {
    /// Opens the GPU that the system prefers.
    ///
    /// # Errors
    /// [`GpuError::Unavailable`].
    pub fn open() -> Result<Self, GpuError> {
        let unavailable = |found: String| GpuError::Unavailable { found };
        let backends = Backends::PRIMARY;
        let instance =
            Instance::new(InstanceDescriptor { backends, ..InstanceDescriptor::new_without_display_handle() });
        let options =
            RequestAdapterOptions { power_preference: wgpu::PowerPreference::HighPerformance, ..Default::default() };
        let adapter = block_on(instance.request_adapter(&options)).map_err(|e| unavailable(e.to_string()))?;
        let (device, queue) =
            block_on(adapter.request_device(&DeviceDescriptor::default())).map_err(|e| unavailable(e.to_string()))?;
        let fault = Arc::new(Mutex::new(None));
        let first = fault.clone();
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| keep(&first, error.to_string())));
        let entry = |binding: u32, read_only: bool| BindGroupLayoutEntry {
            binding,
            visibility: ShaderStages::COMPUTE,
            ty: BindingType::Buffer {
                ty: BufferBindingType::Storage { read_only },
                has_dynamic_offset: false,
                min_binding_size: None,
            },
            count: None,
        };
        let entries = &[entry(0, true), entry(1, true), entry(2, false)];
        let layout = device.create_bind_group_layout(&BindGroupLayoutDescriptor { label: None, entries });
        let adapter = adapter.get_info();
        Ok(Self { device, queue, adapter, layout, pipelines: HashMap::new(), slots: HashMap::new(), fault })
    }

    /// What the driver calls it.
    pub fn name(&self) -> &str {
        &self.adapter.name
    }

    /// It is a program on the CPU: exact, and slower than the CPU itself.
    pub fn is_software(&self) -> bool {
        self.adapter.device_type == DeviceType::Cpu
    }

    /// What went wrong first: no room, a lost device, a fault of ours. Since then the CPU does everything.
    pub fn fault(&self) -> Option<String> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The image that the passes make of this one; `None` after a [`Gpu::fault`].
    pub(crate) fn run(&mut self, passes: &[Pass], image: &[u32]) -> Option<Vec<u32>> {
        if self.fault().is_some() {
            return None;
        }
        let (slot, length) = passes.last().map_or((Slot::Front, image.len()), |pass| (pass.result, pass.length));
        self.reserve(Slot::Front, image.len());
        for pass in passes {
            self.reserve(pass.result, pass.length);
            self.compile(pass.shader);
        }
        let words: Vec<Option<Buffer>> = passes.iter().map(|pass| self.upload(&pass.words)).collect();
        let found = self.buffer(length, BufferUsages::MAP_READ | BufferUsages::COPY_DST);
        if self.fault().is_some() {
            return None;
        }
        self.queue.write_buffer(&self.slots[&Slot::Front], 0, bytemuck::cast_slice(image));
        let mut encoder = self.device.create_command_encoder(&Default::default());
        for (pass, words) in passes.iter().zip(&words) {
            self.encode(pass, words.as_ref().unwrap_or_else(|| &self.slots[&Slot::Levels]), &mut encoder);
        }
        encoder.copy_buffer_to_buffer(&self.slots[&slot], 0, &found, 0, 4 * length as u64);
        self.queue.submit([encoder.finish()]);
        let words = self.read(&found);
        if words.is_none() {
            keep(&self.fault, "the device was lost".to_owned());
        }
        words.filter(|_| self.fault().is_none())
    }

    fn buffer(&self, length: usize, usage: BufferUsages) -> Buffer {
        let size = 4 * length as u64;
        self.device.create_buffer(&BufferDescriptor { label: None, size, usage, mapped_at_creation: false })
    }

    fn reserve(&mut self, slot: Slot, length: usize) {
        if self.slots.get(&slot).is_none_or(|buffer| buffer.size() < 4 * length as u64) {
            let buffer = self.buffer(length, BufferUsages::STORAGE | BufferUsages::COPY_SRC | BufferUsages::COPY_DST);
            self.slots.insert(slot, buffer);
        }
    }

    /// The words of a pass that has its own.
    fn upload(&self, words: &Words) -> Option<Buffer> {
        let Words::Own(words) = words else { return None };
        let buffer = self.buffer(words.len(), BufferUsages::STORAGE | BufferUsages::COPY_DST);
        self.queue.write_buffer(&buffer, 0, bytemuck::cast_slice(words));
        Some(buffer)
    }

    fn compile(&mut self, shader: Shader) {
        let (device, layout) = (&self.device, &self.layout);
        self.pipelines.entry(shader).or_insert_with(|| {
            let source = ShaderSource::Wgsl(shader.code().into());
            let module = device.create_shader_module(ShaderModuleDescriptor { label: Some(shader.name()), source });
            let layout = device.create_pipeline_layout(&PipelineLayoutDescriptor {
                label: None,
                bind_group_layouts: &[Some(layout)],
                immediate_size: 0,
            });
            device.create_compute_pipeline(&ComputePipelineDescriptor {
                label: Some(shader.name()),
                layout: Some(&layout),
                module: &module,
                entry_point: Some("main"),
                compilation_options: Default::default(),
                cache: None,
            })
        });
    }

    fn encode(&self, pass: &Pass, words: &Buffer, encoder: &mut CommandEncoder) {
        let buffers = [&self.slots[&pass.source], words, &self.slots[&pass.result]];
        let entries: Vec<_> = (0..)
            .zip(buffers)
            .map(|(binding, buffer)| BindGroupEntry { binding, resource: buffer.as_entire_binding() })
            .collect();
        let group = self.device.create_bind_group(&BindGroupDescriptor {
            label: None,
            layout: &self.layout,
            entries: &entries,
        });
        let mut compute = encoder.begin_compute_pass(&Default::default());
        compute.set_pipeline(&self.pipelines[&pass.shader]);
        compute.set_bind_group(0, &group, &[]);
        let [x, y] = pass.workgroups;
        compute.dispatch_workgroups(x, y, 1);
    }

    /// Waits for what was submitted.
    fn read(&self, buffer: &Buffer) -> Option<Vec<u32>> {
        let (sender, receiver) = mpsc::channel();
        // Nobody listens any more only where waiting failed.
        buffer.map_async(MapMode::Read, .., move |result| drop(sender.send(result)));
        self.device.poll(PollType::wait_indefinitely()).ok()?;
        receiver.recv().ok()?.ok()?;
        let words = buffer.get_mapped_range(..).ok()?;
        Some(bytemuck::cast_slice(&words).to_vec())
    }
}

/// Only the first fault says something: others follow from it.
fn keep(fault: &Mutex<Option<String>>, found: String) {
    fault.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(found);
}

impl Drop for Gpu {
    /// A software driver crashes where a process ends in the middle of its work.
    fn drop(&mut self) {
        let _ = self.device.poll(PollType::wait_indefinitely());
    }
}

#[cfg(test)]
mod tests {
    use windowshop_augment::{AugmentPolicy, Channels, Image, Key};

    use super::*;

    #[test]
    fn a_gpu_that_is_lost_is_replaced_by_the_cpu() {
        let mut gpu = match Gpu::open() {
            Ok(gpu) => gpu,
            Err(error) => return windowshop_test_support::skip(error),
        };
        let photo = Image::new(9, 7, Channels::Rgb, (0..9 * 7 * 3).collect()).unwrap();
        let policy = AugmentPolicy::from_json(r#"{"transforms": [{"operator": "rotate"}, {"operator": "equalize"}]}"#);
        let (changed, record) = policy.unwrap().apply_recorded(&photo, Key::default());
        let passes = record.steps(Channels::Rgb).remove(0).passes.unwrap();
        assert!(gpu.run(&passes, &[0; 63]).is_some());
        assert_eq!(gpu.fault(), None);
        gpu.device.destroy();
        assert_eq!(gpu.replay(&record, &photo).unwrap(), changed);
        assert!(gpu.fault().is_some());
    }
}
