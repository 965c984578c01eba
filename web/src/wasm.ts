import type { RawScores } from "./accelerator";
import type { PredictionArrays, CoreOptions, ImageArrays, ImagePredictionArrays, RankedArrays, RecommendationArrays, SentimentArrays } from "./core";
import type { BackendReport, Item, NetworkKind, Row, TrackedEvent } from "./types";

/** The engine's description of the open bundle. */
export type EngineInfo = Omit<BackendReport, "worker" | "gpu">;

/** The class of the generated glue, with the types that its Rust side documents. */
export interface WasmEngine {
  info(): EngineInfo;
  registerItems(items: Item[]): Uint32Array;
  rerank(handles: Uint32Array, options: CoreOptions): RankedArrays;
  prepare(handles: Uint32Array, options: CoreOptions): PreparedList;
  score(list: PreparedList): Float32Array;
  finish(scores: Float32Array, contributions: Float32Array, options: CoreOptions): RankedArrays;
  itemInputs(handles: Uint32Array): Float32Array;
  openNetwork(network: NetworkKind, bytes: Uint8Array): void;
  sentiment(texts: string[]): SentimentArrays;
  intent(row: Row): PredictionArrays;
  visitIntent(nowMs: number): PredictionArrays;
  recommend(topN: number, exclude: string[]): RecommendationArrays;
  predictImage(rgb: Uint8Array, width: number, height: number): ImagePredictionArrays;
  generatorLabels(): string[];
  generate(label: string, seed: number): ImageArrays;
  track(event: TrackedEvent, nowMs: number): void;
  profileExport(): string;
  profileImport(json: string): void;
  profileClear(): void;
  free(): void;
}

/** The ranker's input for a list. */
export interface PreparedList {
  tensors(): PreparedArrays;
  free(): void;
}

/** Tensors by name. */
export interface PreparedArrays {
  items: Uint32Array;
  session: Uint32Array;
}

/** The class of the GPU build. */
export interface WasmGpu {
  adapter(): string;
  missing(handles: Uint32Array): Uint32Array;
  add(handles: Uint32Array, inputs: Float32Array): void;
  score(tensors: PreparedArrays): Promise<RawScores>;
  openGenerator(manifest: string, bytes: Uint8Array): void;
  generate(label: number, seed: number): Promise<ImageArrays>;
  free(): void;
}

/** A policy in the augmentation module. */
export interface WasmAugmenter {
  draw(width: number, height: number, seed: number, sample: number, epoch: number): string;
  apply(rgba: Uint8ClampedArray, width: number, height: number, seed: number, sample: number, epoch: number): WasmChanged;
  free(): void;
}

/** An augmented image in the augmentation module. `pixels` frees it. */
export interface WasmChanged {
  width(): number;
  height(): number;
  record(): string;
  pixels(): Uint8Array<ArrayBuffer>;
}

/** The steps of a record in the augmentation module, each for a GPU or for the CPU. */
export interface WasmSteps {
  count(): number;
  record(step: number): string;
  size(step: number): Uint32Array;
  passes(step: number): Uint32Array | undefined;
  free(): void;
}
