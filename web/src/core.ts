import { Accelerator, type GpuFiles } from "./accelerator";
import { type AugmentAnswer, type AugmentCall, Augmenter, type Draw } from "./augmenter";
import type { BundleFiles } from "./bundle";
import { WindowshopError, toError } from "./errors";
import { decode, withoutOpacity } from "./photo";
import { type Race, race } from "./race";
import type { Group, Item, NetworkName, Row, SentimentLabel, TrackedEvent } from "./types";
import { meanOf } from "./views";
import type { EngineInfo, WasmEngine } from "./wasm";

/** Views are of a photo whose longer side is at most this: they are made at that size. */
const VIEW_SIDE = 512;

/** Options of a request, as the engine reads them. */
export interface CoreOptions {
  query?: string;
  topN?: number;
  maxDisplacement?: number;
}

/** A re-ranked list as typed arrays. */
export interface RankedArrays {
  order: Uint32Array;
  scores: Float32Array;
  groups: Group[];
  contributions: Float32Array;
}

/** What computed an answer. */
export interface Computed {
  backend: "cpu" | "gpu";
  /** Why the GPU is no longer used, if it was until now. */
  gpuLost?: string;
}

/** A re-ranked list with what computed it. */
export type CoreAnswer = RankedArrays & Computed;

/** The sentiments of texts as typed arrays. */
export interface SentimentArrays {
  classes: SentimentLabel[];
  /** Places among the classes, one a text. */
  named: Uint32Array;
  /** `[texts, classes]` */
  probabilities: Float32Array;
}

/** What a classifier says of one thing. */
export interface ClassArrays {
  classes: string[];
  /** Place among the classes. */
  named: number;
  probabilities: Float32Array;
}

/** The same of a photo, and where it is in the space of looks. */
export interface PhotoArrays extends ClassArrays {
  embedding: Float32Array;
}

/** Views of a photo: the photo itself, and drawing by drawing what a policy makes of it. */
export interface ViewsCall {
  photo: Blob | ImageBitmap;
  count: number;
  draw: Draw;
}

/** A picture that was made: its side, and its pixels as a canvas has them. */
export interface PictureArrays {
  side: number;
  pixels: Uint8ClampedArray<ArrayBuffer>;
}

/** Items, best first. */
export interface RecommendedArrays {
  ids: string[];
  scores: Float32Array;
}

/** What both sides of the worker can be asked. */
export interface Core {
  /** Downloads and compiles the engine; needs no bundle, so that both can be on their way at once. */
  start(wasmUrl: string): Promise<void>;
  open(bundle: BundleFiles): Promise<EngineInfo>;
  /** From now on the GPU scores; gives its name. */
  accelerate(files: GpuFiles): Promise<string>;
  /** Times both on this bundle; from now on the faster one scores. */
  race(files: GpuFiles): Promise<Race>;
  register(items: Item[]): Promise<Uint32Array>;
  rerank(handles: Uint32Array, options: CoreOptions): Promise<CoreAnswer>;
  /** Unpacks a network that was not among the bundle's first files. */
  openNetwork(network: NetworkName, bytes: Uint8Array): Promise<void>;
  sentiment(texts: string[]): Promise<SentimentArrays>;
  intent(row: Row): Promise<ClassArrays>;
  /** The same of what this visitor did in the visit that is going on. */
  visitIntent(nowMs: number): Promise<ClassArrays>;
  recommend(topN: number, exclude: string[]): Promise<RecommendedArrays>;
  /** Red, green and blue of each pixel, row by row. */
  readImage(rgb: Uint8Array, width: number, height: number): Promise<PhotoArrays>;
  generatorLabels(): Promise<string[]>;
  generate(label: string, seed: number): Promise<PictureArrays & Computed>;
  /** Compiles image augmentation; needs no bundle. */
  startAugmenter(wasm: ArrayBuffer): Promise<void>;
  augment(call: AugmentCall): Promise<AugmentAnswer>;
  /** What `readImage` says of several views, averaged. */
  readImageViews(call: ViewsCall): Promise<PhotoArrays>;
  track(event: TrackedEvent, nowMs: number): Promise<void>;
  profileExport(): Promise<string>;
  profileImport(json: string): Promise<void>;
  profileClear(): Promise<void>;
  close(): Promise<void>;
}

/** The engine itself, on whatever thread this runs. */
export class LocalCore implements Core {
  #load: ((manifest: string, files: object) => WasmEngine) | undefined;
  #engine: WasmEngine | undefined;
  #bundle: { manifest: string; ranker: Uint8Array | undefined } | undefined;
  #gpu: Accelerator | undefined;
  #augmenter: Augmenter | undefined;

  async start(wasmUrl: string) {
    // Both are on their way at once. The builds differ in their wasm alone, not in the glue.
    const wasm = fetch(wasmUrl);
    wasm.catch(() => undefined);
    const { default: init, WasmEngine: Engine } = await import("./generated/cpu/windowshop_engine.js");
    await init({ module_or_path: wasm }).catch((reason: unknown) => {
      const hint = "serve the file, and allow 'wasm-unsafe-eval' in the page's content security policy";
      throw new WindowshopError("wasm_unavailable", `${wasmUrl}: the engine cannot start (${String(reason)}): ${hint}`);
    });
    this.#load = (manifest, files) => Engine.load(manifest, files) as WasmEngine;
  }

  async open({ manifest, files }: BundleFiles) {
    if (!this.#load) throw new Error("the engine was not started");
    this.#engine = this.#load(manifest, files);
    this.#bundle = { manifest, ranker: files["ranker.safetensors"] };
    return this.#engine.info();
  }

  get #open(): WasmEngine {
    if (!this.#engine) throw new Error("the engine is not open");
    return this.#engine;
  }

  async #accelerator(files: GpuFiles): Promise<Accelerator> {
    if (!this.#bundle) throw new Error("the engine is not open");
    if (!this.#bundle.ranker) throw new WindowshopError("network_missing", "ranker: no such network in this bundle: there is nothing for the GPU to do");
    return Accelerator.start(files, this.#bundle.manifest, this.#bundle.ranker);
  }

  async accelerate(files: GpuFiles) {
    this.#gpu = await this.#accelerator(files);
    return this.#gpu.adapter;
  }
  async race(files: GpuFiles) {
    const accelerator = await this.#accelerator(files);
    const result = await race(this.#open, accelerator);
    if (result.gpuMs < result.cpuMs) this.#gpu = accelerator;
    else accelerator.close();
    return result;
  }
  async register(items: Item[]) {
    return this.#open.registerItems(items);
  }
  async rerank(handles: Uint32Array, options: CoreOptions): Promise<CoreAnswer> {
    const onCpu = () => this.#open.rerank(handles, options);
    return this.#onGpu(onCpu, async (gpu) => {
      const list = this.#open.prepare(handles, options);
      try {
        const { scores, contributions } = await gpu.score(this.#open, list);
        return this.#open.finish(scores, contributions, options);
      } finally {
        list.free();
      }
    });
  }
  /** What the GPU answers, or the CPU where there is none or it goes away meanwhile. */
  async #onGpu<T extends object>(onCpu: () => T, onGpu: (gpu: Accelerator) => Promise<T>): Promise<T & Computed> {
    if (!this.#gpu) return { ...onCpu(), backend: "cpu" };
    try {
      return { ...(await onGpu(this.#gpu)), backend: "gpu" };
    } catch (error) {
      const { code, message } = toError(error);
      if (code !== "gpu_lost") throw error;
      // The device is gone for good, and with it only its copy of the weights: the CPU answers this request and the next.
      this.#gpu = undefined;
      return { ...onCpu(), backend: "cpu", gpuLost: message };
    }
  }
  async openNetwork(network: NetworkName, bytes: Uint8Array) {
    this.#open.openNetwork(network, bytes);
    if (network === "generator") this.#gpu?.openGenerator(bytes);
  }
  async sentiment(texts: string[]) {
    return this.#open.sentiment(texts);
  }
  async intent(row: Row) {
    return this.#open.intent(row);
  }
  async visitIntent(nowMs: number) {
    return this.#open.visitIntent(nowMs);
  }
  async recommend(topN: number, exclude: string[]) {
    return this.#open.recommend(topN, exclude);
  }
  async readImage(rgb: Uint8Array, width: number, height: number) {
    return this.#open.readImage(rgb, width, height);
  }
  async generatorLabels() {
    return this.#open.generatorLabels();
  }
  async generate(label: string, seed: number) {
    const onCpu = () => this.#open.generate(label, seed);
    return this.#onGpu(onCpu, async (gpu) => {
      const place = this.#open.generatorLabels().indexOf(label);
      // The CPU says which categories there are.
      return place < 0 ? onCpu() : gpu.generate(place, seed);
    });
  }
  async startAugmenter(wasm: ArrayBuffer) {
    this.#augmenter ??= await Augmenter.start(wasm);
  }
  get #augmentation(): Augmenter {
    if (!this.#augmenter) throw new Error("augmentation was not started");
    return this.#augmenter;
  }
  async augment(call: AugmentCall) {
    return this.#augmentation.run(call);
  }
  async readImageViews({ photo, count, draw }: ViewsCall) {
    const image = await decode(photo, VIEW_SIDE);
    const views = Array.from({ length: count }, (_, view) => {
      const seen = view === 0 ? image : this.#augmentation.draw(image, { ...draw, epoch: view });
      const { rgb, width, height } = withoutOpacity(seen);
      return this.#open.readImage(rgb, width, height);
    });
    return meanOf(views);
  }
  async track(event: TrackedEvent, nowMs: number) {
    this.#open.track(event, nowMs);
  }
  async profileExport() {
    return this.#open.profileExport();
  }
  async profileImport(json: string) {
    this.#open.profileImport(json);
  }
  async profileClear() {
    this.#open.profileClear();
  }
  async close() {
    this.#gpu?.close();
    this.#augmenter?.close();
    this.#engine?.free();
    this.#gpu = this.#engine = undefined;
  }
}
