//! The device, and the passes on it.

use std::{collections::HashMap, sync::mpsc};

use pollster::block_on;
use wgpu::{
    AdapterInfo, Backends, BindGroup, BindGroupDescriptor, BindGroupEntry, BindGroupLayout, BindGroupLayoutDescriptor,
    BindGroupLayoutEntry, BindingType, Buffer, BufferBindingType, BufferDescriptor, BufferUsages, CommandEncoder,
    ComputePipeline, ComputePipelineDescriptor, Device, DeviceDescriptor, DeviceType, Instance, InstanceDescriptor,
    MapMode, PipelineLayoutDescriptor, PollType, Queue, RequestAdapterOptions, ShaderModuleDescriptor, ShaderSource,
    ShaderStages,
    util::{BufferInitDescriptor, DeviceExt as _},
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

/// A GPU with what was compiled and allocated on it; both are kept from one picture to the next.
#[derive(Debug)]
pub struct Gpu {
    device: Device,
    queue: Queue,
    adapter: AdapterInfo,
    layout: BindGroupLayout,
    pipelines: HashMap<Shader, ComputePipeline>,
    slots: HashMap<Slot, Buffer>,
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
        Ok(Self { device, queue, adapter, layout, pipelines: HashMap::new(), slots: HashMap::new() })
    }

    /// What the driver calls it.
    pub fn name(&self) -> &str {
        &self.adapter.name
    }

    /// It is a program on the CPU: exact, and slower than the CPU itself.
    pub fn is_software(&self) -> bool {
        self.adapter.device_type == DeviceType::Cpu
    }

    /// The picture that the passes make of this one; `None` where the GPU is lost.
    pub(crate) fn run(&mut self, passes: &[Pass], picture: &[u32]) -> Option<Vec<u32>> {
        self.reserve(Slot::Front, picture.len());
        for pass in passes {
            self.reserve(pass.result, pass.length);
            self.compile(pass.shader);
        }
        self.queue.write_buffer(&self.slots[&Slot::Front], 0, bytemuck::cast_slice(picture));
        let mut encoder = self.device.create_command_encoder(&Default::default());
        passes.iter().for_each(|pass| self.encode(pass, &mut encoder));
        let last = passes.last().map_or((Slot::Front, picture.len()), |pass| (pass.result, pass.length));
        self.read(encoder, last)
    }

    fn reserve(&mut self, slot: Slot, length: usize) {
        let size = 4 * length as u64;
        if self.slots.get(&slot).is_none_or(|buffer| buffer.size() < size) {
            let usage = BufferUsages::STORAGE | BufferUsages::COPY_SRC | BufferUsages::COPY_DST;
            let descriptor = BufferDescriptor { label: None, size, usage, mapped_at_creation: false };
            self.slots.insert(slot, self.device.create_buffer(&descriptor));
        }
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

    fn encode(&self, pass: &Pass, encoder: &mut CommandEncoder) {
        let group = match &pass.words {
            Words::Own(words) => {
                let (contents, usage) = (bytemuck::cast_slice(words), BufferUsages::STORAGE);
                self.bind(pass, &self.device.create_buffer_init(&BufferInitDescriptor { label: None, contents, usage }))
            }
            Words::Levels => self.bind(pass, &self.slots[&Slot::Levels]),
        };
        let mut compute = encoder.begin_compute_pass(&Default::default());
        compute.set_pipeline(&self.pipelines[&pass.shader]);
        compute.set_bind_group(0, &group, &[]);
        let [x, y] = pass.workgroups;
        compute.dispatch_workgroups(x, y, 1);
    }

    fn bind(&self, pass: &Pass, words: &Buffer) -> BindGroup {
        let buffers = [&self.slots[&pass.source], words, &self.slots[&pass.result]];
        let entries: Vec<_> = (0..)
            .zip(buffers)
            .map(|(binding, buffer)| BindGroupEntry { binding, resource: buffer.as_entire_binding() })
            .collect();
        self.device.create_bind_group(&BindGroupDescriptor { label: None, layout: &self.layout, entries: &entries })
    }

    /// Submits, waits and copies the slot's first words.
    fn read(&self, mut encoder: CommandEncoder, (slot, length): (Slot, usize)) -> Option<Vec<u32>> {
        let size = 4 * length as u64;
        let usage = BufferUsages::MAP_READ | BufferUsages::COPY_DST;
        let buffer =
            self.device.create_buffer(&BufferDescriptor { label: None, size, usage, mapped_at_creation: false });
        encoder.copy_buffer_to_buffer(&self.slots[&slot], 0, &buffer, 0, size);
        self.queue.submit([encoder.finish()]);
        let (sender, receiver) = mpsc::channel();
        // Nobody listens any more only where waiting failed.
        buffer.map_async(MapMode::Read, .., move |result| drop(sender.send(result)));
        self.device.poll(PollType::wait_indefinitely()).ok()?;
        receiver.recv().ok()?.ok()?;
        let words = buffer.get_mapped_range(..).ok()?;
        Some(bytemuck::cast_slice(&words).to_vec())
    }
}

impl Drop for Gpu {
    /// A software driver crashes where a process ends in the middle of its work.
    fn drop(&mut self) {
        let _ = self.device.poll(PollType::wait_indefinitely());
    }
}
