import type { RawScores } from "./accelerator";
import type { ClassArrays, CoreOptions, PhotoArrays, PictureArrays, RankedArrays, RecommendedArrays, SentimentArrays } from "./core";
import type { BackendReport, Item, NetworkName, Row, TrackedEvent } from "./types";

/** What the engine knows about itself once a bundle is open. */
export type EngineInfo = Omit<BackendReport, "worker" | "gpu">;

/** The class that the generated glue exports, with the types its Rust side documents. */
export interface WasmEngine {
  info(): EngineInfo;
  registerItems(items: Item[]): Uint32Array;
  rerank(handles: Uint32Array, options: CoreOptions): RankedArrays;
  prepare(handles: Uint32Array, options: CoreOptions): PreparedList;
  score(list: PreparedList): Float32Array;
  finish(scores: Float32Array, contributions: Float32Array, options: CoreOptions): RankedArrays;
  itemInputs(handles: Uint32Array): Float32Array;
  openNetwork(task: NetworkName, bytes: Uint8Array): void;
  sentiment(texts: string[]): SentimentArrays;
  intent(row: Row): ClassArrays;
  visitIntent(nowMs: number): ClassArrays;
  recommend(topN: number, exclude: string[]): RecommendedArrays;
  readImage(rgb: Uint8Array, width: number, height: number): PhotoArrays;
  generatorLabels(): string[];
  generate(label: string, seed: number): PictureArrays;
  track(event: TrackedEvent, nowMs: number): void;
  profileExport(): string;
  profileImport(json: string): void;
  profileClear(): void;
  free(): void;
}

/** A list as the network reads it. */
export interface PreparedList {
  parts(): PreparedArrays;
  free(): void;
}

/** Its tensors, by name. */
export interface PreparedArrays {
  items: Uint32Array;
  session: Uint32Array;
}

/** The class of the GPU build. */
export interface WasmGpu {
  adapter(): string;
  missing(handles: Uint32Array): Uint32Array;
  add(handles: Uint32Array, inputs: Float32Array): void;
  score(parts: PreparedArrays): Promise<RawScores>;
  openGenerator(manifest: string, bytes: Uint8Array): void;
  generate(label: number, seed: number): Promise<PictureArrays>;
  free(): void;
}

/** A policy, in the module for image augmentation. */
export interface WasmAugmenter {
  draw(width: number, height: number, seed: number, sample: number, epoch: number): string;
  apply(rgba: Uint8ClampedArray, width: number, height: number, seed: number, sample: number, epoch: number): WasmChanged;
  free(): void;
}

/** A changed picture there; taking its pixels frees it. */
export interface WasmChanged {
  width(): number;
  height(): number;
  record(): string;
  pixels(): Uint8Array<ArrayBuffer>;
}

/** The parts of a record there, each for a GPU or for the CPU. */
export interface WasmSteps {
  count(): number;
  record(step: number): string;
  size(step: number): Uint32Array;
  passes(step: number): Uint32Array | undefined;
  free(): void;
}
