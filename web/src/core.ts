import { Accelerator, type GpuFiles } from "./accelerator";
import { type AugmentAnswer, type AugmentCall, Augmenter, type Draw } from "./augmenter";
import type { BundleFiles } from "./bundle";
import { WindowshopError, toError } from "./errors";
import { decode, withoutOpacity } from "./photo";
import { type Race, race } from "./race";
import { type Group, type Item, type NetworkKind, RANKER_FILE, type RerankOptions, type SentimentLabel, type TrackedEvent } from "./schema";
import type { Row } from "./types";
import { meanOf } from "./views";
import type { EngineInfo, WasmEngine } from "./wasm";

/** Longest side of augmented views, in pixels. */
const VIEW_SIDE = 512;

/** Options of a request. A page pauses the profile instead of ignoring the session. */
export type CoreOptions = Omit<RerankOptions, "ignoreSession">;

/** A re-ranked list as typed arrays. */
export interface RankedArrays {
  order: Uint32Array;
  scores: Float32Array;
  groups: Group[];
  contributions: Float32Array;
}

/** Where a result was computed. */
export interface Computed {
  backend: "cpu" | "gpu";
  /** The reason, if the GPU was lost during this call. */
  gpuLost?: string;
}

/** A re-ranked list and where it was computed. */
export type CoreAnswer = RankedArrays & Computed;

/** Sentiment predictions as typed arrays. */
export interface SentimentArrays {
  classes: SentimentLabel[];
  /** Index of the predicted class of each text. */
  predicted: Uint32Array;
  /** `[texts, classes]` */
  probabilities: Float32Array;
}

/** The prediction of a classifier. */
export interface PredictionArrays {
  classes: string[];
  /** Index of the predicted class. */
  predicted: number;
  probabilities: Float32Array;
}

/** The prediction for a photo, and its embedding. */
export interface ImagePredictionArrays extends PredictionArrays {
  embedding: Float32Array;
}

/** Views of a photo: the photo, then augmented versions. */
export interface ViewsCall {
  photo: Blob | ImageBitmap;
  count: number;
  draw: Draw;
}

/** A generated image: its side, and its RGBA pixels. */
export interface ImageArrays {
  side: number;
  pixels: Uint8ClampedArray<ArrayBuffer>;
}

/** Recommended items, best first. */
export interface RecommendationArrays {
  ids: string[];
  scores: Float32Array;
}

/** The engine's calls, the same in a worker and on the page's thread. */
export interface Core {
  /** Downloads and compiles the engine. Needs no bundle, so both download in parallel. */
  start(wasmUrl: string): Promise<void>;
  open(bundle: BundleFiles): Promise<EngineInfo>;
  /** Scores on the GPU from now on. Returns its name. */
  accelerate(files: GpuFiles): Promise<string>;
  /** Measures CPU and GPU on this bundle, and scores on the faster one from now on. */
  race(files: GpuFiles): Promise<Race>;
  register(items: Item[]): Promise<Uint32Array>;
  rerank(handles: Uint32Array, options: CoreOptions): Promise<CoreAnswer>;
  /** Opens a network that was not among the files of `open`. */
  openNetwork(network: NetworkKind, bytes: Uint8Array): Promise<void>;
  sentiment(texts: string[]): Promise<SentimentArrays>;
  intent(row: Row): Promise<PredictionArrays>;
  /** The intent of the current visit. */
  visitIntent(nowMs: number): Promise<PredictionArrays>;
  recommend(topN: number, exclude: string[]): Promise<RecommendationArrays>;
  /** `rgb` is `[height, width, 3]`. */
  predictImage(rgb: Uint8Array, width: number, height: number): Promise<ImagePredictionArrays>;
  generatorLabels(): Promise<string[]>;
  generate(label: string, seed: number): Promise<ImageArrays & Computed>;
  /** Compiles the augmentation module. Needs no bundle. */
  startAugmenter(wasm: ArrayBuffer): Promise<void>;
  augment(call: AugmentCall): Promise<AugmentAnswer>;
  /** The mean of `predictImage` over several views. */
  predictImageViews(call: ViewsCall): Promise<ImagePredictionArrays>;
  track(event: TrackedEvent, nowMs: number): Promise<void>;
  profileExport(): Promise<string>;
  profileImport(json: string): Promise<void>;
  profileClear(): Promise<void>;
  close(): Promise<void>;
}

/** The engine on the current thread. */
export class LocalCore implements Core {
  #load: ((manifest: string, files: object) => WasmEngine) | undefined;
  #engine: WasmEngine | undefined;
  #bundle: { manifest: string; ranker: Uint8Array | undefined } | undefined;
  #gpu: Accelerator | undefined;
  #augmenter: Augmenter | undefined;

  async start(wasmUrl: string) {
    // Both download in parallel. The builds share their glue and differ only in the wasm.
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
    this.#bundle = { manifest, ranker: files[RANKER_FILE] };
    return this.#engine.info();
  }

  get #open(): WasmEngine {
    if (!this.#engine) throw new Error("the engine is not open");
    return this.#engine;
  }

  async #accelerator(files: GpuFiles): Promise<Accelerator> {
    if (!this.#bundle) throw new Error("the engine is not open");
    if (!this.#bundle.ranker) throw new WindowshopError("network_missing", "ranker: no such network in this bundle: train one with `trainer train ranker`, or use the CPU");
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
  /** The GPU's result; the CPU's if there is no GPU or it is lost during the call. */
  async #onGpu<T extends object>(onCpu: () => T, onGpu: (gpu: Accelerator) => Promise<T>): Promise<T & Computed> {
    if (!this.#gpu) return { ...onCpu(), backend: "cpu" };
    try {
      return { ...(await onGpu(this.#gpu)), backend: "gpu" };
    } catch (error) {
      const { code, message } = toError(error);
      if (code !== "gpu_lost") throw error;
      // A lost device does not come back. The CPU answers this request and all later ones.
      this.#gpu = undefined;
      return { ...onCpu(), backend: "cpu", gpuLost: message };
    }
  }
  async openNetwork(network: NetworkKind, bytes: Uint8Array) {
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
  async predictImage(rgb: Uint8Array, width: number, height: number) {
    return this.#open.predictImage(rgb, width, height);
  }
  async generatorLabels() {
    return this.#open.generatorLabels();
  }
  async generate(label: string, seed: number) {
    const onCpu = () => this.#open.generate(label, seed);
    return this.#onGpu(onCpu, async (gpu) => {
      const index = this.#open.generatorLabels().indexOf(label);
      // For an unknown category the CPU throws the error that lists the categories.
      return index < 0 ? onCpu() : gpu.generate(index, seed);
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
  async predictImageViews({ photo, count, draw }: ViewsCall) {
    const image = await decode(photo, VIEW_SIDE);
    const views = Array.from({ length: count }, (_, view) => {
      const shown = view === 0 ? image : this.#augmentation.draw(image, { ...draw, epoch: view });
      const { rgb, width, height } = withoutOpacity(shown);
      return this.#open.predictImage(rgb, width, height);
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
