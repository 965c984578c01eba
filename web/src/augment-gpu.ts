/// <reference types="@webgpu/types" />
// A file of its own, fetched when a page first augments on the GPU.
import hue from "../../crates/augment/src/colour/hue.wgsl";
import saturate from "../../crates/augment/src/colour/saturate.wgsl";
import shuffle from "../../crates/augment/src/colour/shuffle.wgsl";
import statistics from "../../crates/augment/src/colour/statistics.wgsl";
import table from "../../crates/augment/src/colour/table.wgsl";
import tone from "../../crates/augment/src/colour/tone.wgsl";
import erase from "../../crates/augment/src/erase.wgsl";
import separable from "../../crates/augment/src/filter/separable.wgsl";
import sharpen from "../../crates/augment/src/filter/sharpen.wgsl";
import resize from "../../crates/augment/src/geometry/resize.wgsl";
import warp from "../../crates/augment/src/geometry/warp.wgsl";
import noise from "../../crates/augment/src/noise.wgsl";
import image from "../../crates/augment/src/image.wgsl";
import type { CanvasPixels } from "./augmenter";

const SHADERS: Record<string, string> = { hue, saturate, shuffle, statistics, table, tone, erase, separable, sharpen, resize, warp, noise };

/** Stands for the number of a pass's own words where its words are in the slot for levels. */
const IN_LEVELS = 0xffffffff;
const [FRONT, LEVELS] = [0, 2];

/** One dispatch. */
interface Pass {
  shader: string;
  source: number;
  result: number;
  /** Of the result, in words. */
  length: number;
  workgroups: [number, number];
  /** Nothing where they are in the slot for levels. */
  words: Uint32Array<ArrayBuffer> | undefined;
}

/** The device with what was compiled and allocated on it; it does the passes that the augmentation module names. */
export class AugmentGpu {
  /** What the browser calls it. */
  readonly name: string;
  /** It is a program on the CPU: exact, and slower than the CPU itself. */
  readonly software: boolean;
  /** It went away for good. */
  lost = false;
  #device: GPUDevice;
  #layout: GPUBindGroupLayout;
  #pipelines = new Map<string, Promise<GPUComputePipeline>>();
  #slots: GPUBuffer[] = [];

  private constructor(adapter: GPUAdapter, device: GPUDevice) {
    const { info, isFallbackAdapter } = adapter as GPUAdapter & { info?: GPUAdapterInfo & { isFallbackAdapter?: boolean } };
    this.name = [info?.vendor, info?.architecture, info?.description].filter(Boolean).join(" ");
    this.software = info?.isFallbackAdapter ?? isFallbackAdapter;
    this.#device = device;
    const entries = (["read-only-storage", "read-only-storage", "storage"] as const).map((type, binding) => ({ binding, visibility: GPUShaderStage.COMPUTE, buffer: { type } }));
    this.#layout = device.createBindGroupLayout({ entries });
    void device.lost.then(() => (this.lost = true));
  }

  /** Fails where there is no WebGPU, or none that starts. */
  static async open(): Promise<AugmentGpu> {
    if (!("gpu" in navigator)) throw new Error("this browser has no WebGPU");
    const adapter = await navigator.gpu.requestAdapter({ powerPreference: "high-performance" });
    if (!adapter) throw new Error("this browser found no adapter");
    return new AugmentGpu(adapter, await adapter.requestDevice());
  }

  /** The image that the passes make of this one; nothing where the GPU could not. `numbers` and `names` are the module's. */
  async run({ data, width, height }: CanvasPixels, numbers: Uint32Array, names: string[]): Promise<Uint8ClampedArray<ArrayBuffer> | undefined> {
    const device = this.#device;
    try {
      const passes = passesOf(numbers, names);
      const pipelines = await Promise.all(passes.map(({ shader }) => this.#pipeline(shader)));
      for (const scope of ["out-of-memory", "validation"] as const) device.pushErrorScope(scope);
      const words = passes.map((pass) => pass.words && this.#buffer(pass.words.byteLength, pass.words));
      this.#reserve(FRONT, width * height);
      for (const { result, length } of passes) this.#reserve(result, length);
      device.queue.writeBuffer(this.#slots[FRONT]!, 0, data as Uint8ClampedArray<ArrayBuffer>);
      const encoder = device.createCommandEncoder();
      for (const [i, pass] of passes.entries()) this.#encode(encoder, pass, pipelines[i]!, words[i] ?? this.#slots[LEVELS]!);
      const { result, length } = passes.at(-1) ?? { result: FRONT, length: width * height };
      const found = device.createBuffer({ size: 4 * length, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
      encoder.copyBufferToBuffer(this.#slots[result]!, 0, found, 0, 4 * length);
      device.queue.submit([encoder.finish()]);
      for (const buffer of words) buffer?.destroy();
      const faults = Promise.all([device.popErrorScope(), device.popErrorScope()]);
      await found.mapAsync(GPUMapMode.READ);
      const pixels = new Uint8ClampedArray(found.getMappedRange().slice(0));
      found.destroy();
      return (await faults).some(Boolean) ? undefined : pixels;
    } catch {
      return undefined;
    }
  }

  #pipeline(shader: string): Promise<GPUComputePipeline> {
    let pipeline = this.#pipelines.get(shader);
    if (!pipeline) {
      const module = this.#device.createShaderModule({ code: image + SHADERS[shader] });
      const layout = this.#device.createPipelineLayout({ bindGroupLayouts: [this.#layout] });
      pipeline = this.#device.createComputePipelineAsync({ layout, compute: { module, entryPoint: "main" } });
      this.#pipelines.set(shader, pipeline);
    }
    return pipeline;
  }

  #encode(encoder: GPUCommandEncoder, { source, result, workgroups }: Pass, pipeline: GPUComputePipeline, words: GPUBuffer) {
    const entries = [this.#slots[source]!, words, this.#slots[result]!].map((buffer, binding) => ({ binding, resource: { buffer } }));
    const compute = encoder.beginComputePass();
    compute.setPipeline(pipeline);
    compute.setBindGroup(0, this.#device.createBindGroup({ layout: this.#layout, entries }));
    compute.dispatchWorkgroups(...workgroups);
    compute.end();
  }

  /** Slots are kept from one image to the next, as large as the largest. */
  #reserve(slot: number, length: number) {
    if ((this.#slots[slot]?.size ?? 0) >= 4 * length) return;
    this.#slots[slot]?.destroy();
    this.#slots[slot] = this.#buffer(4 * length);
  }

  #buffer(size: number, words?: Uint32Array<ArrayBuffer>): GPUBuffer {
    const buffer = this.#device.createBuffer({ size, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
    if (words) this.#device.queue.writeBuffer(buffer, 0, words);
    return buffer;
  }

  /** Frees the device. */
  close() {
    this.#device.destroy();
  }
}

/** For each pass its shader, source, result, the result's length, workgroups along x and y, how many words follow, and these. */
function passesOf(numbers: Uint32Array, names: string[]): Pass[] {
  const passes: Pass[] = [];
  for (let at = 0; at < numbers.length; ) {
    const [shader, source, result, length, x, y, count] = numbers.subarray(at, at + 7) as unknown as [number, number, number, number, number, number, number];
    at += 7;
    const own = count !== IN_LEVELS;
    passes.push({ shader: names[shader]!, source, result, length, workgroups: [x, y], words: own ? numbers.slice(at, at + count) : undefined });
    if (own) at += count;
  }
  return passes;
}
