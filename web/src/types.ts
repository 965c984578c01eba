import type { AugmentPolicy, PresetName } from "./policy";
import type { Group, Item, Metric, NetworkKind, Ranked, RerankOptions, SentimentLabel } from "./schema";

export type { Group, InteractionKind, Item, Metric, NetworkKind, Reason, Ranked as Result, SentimentLabel, TrackedEvent } from "./schema";

export interface RerankRequest extends Omit<RerankOptions, "ignoreSession"> {
  /** In the shop's order, best first; at most `MAX_ITEMS`. */
  items: Item[];
  /** Return the shop's order if scoring takes longer than this. */
  latencyBudgetMs?: number;
  signal?: AbortSignal;
}

/** Where the scores were computed; `none`: not at all, the order is the shop's. */
export type Backend = "cpu" | "gpu" | "none";

export interface RerankResponse {
  results: Ranked[];
  /** `none`: `results` is the shop's order. */
  backend: Backend;
  timing: { totalMs: number; fallback?: "latency_budget" | "no_wasm" };
}

export interface Progress {
  file: string;
  loadedBytes: number;
  totalBytes: number;
}

/** Where the module's code runs and where it is downloaded from. */
export interface ThreadOptions {
  /** Run in a Web Worker; default `true`. If no worker can start, and with `false`, the code runs on the page's thread. */
  worker?: boolean;
  workerUrl?: string | URL;
  /** Folder of the wasm files; default: beside the module. */
  wasmUrl?: string | URL;
}

export interface LoadOptions extends ThreadOptions {
  /**
   * `auto` (the default): the CPU, unless the GPU has won a race on this device. `race`: measures CPU and GPU on this bundle,
   * once per device, and stores the winner. `gpu`: the GPU, or an error with code `gpu_unavailable`. Only `race`, `gpu` and a
   * stored GPU win download the GPU build.
   */
  backend?: "auto" | "cpu" | "gpu" | "race";
  onProgress?: (progress: Progress) => void;
  signal?: AbortSignal;
}

/** The predicted sentiment of a text. */
export interface Sentiment {
  label: SentimentLabel;
  /** The label's probability. */
  score: number;
  /** Probability of each label that the network was trained on; they sum to 1. */
  probabilities: Partial<Record<SentimentLabel, number>>;
}

/** The prediction of a classifier. */
export interface Classification {
  label: string;
  /** The label's probability. */
  score: number;
  /** Probability of each class; they sum to 1. */
  probabilities: Record<string, number>;
}

/** Options of `embedImage` and `classifyImage`. */
export interface ImageOptions {
  /**
   * Test-time augmentation: the outputs for the photo and for augmented views of it are averaged. The number of views, the photo
   * included, or a policy, which makes eight views. Default 1: the photo alone.
   */
  views?: number | AugmentPolicy | PresetName;
  /** Policy of the augmented views; default the preset `views`. */
  policy?: AugmentPolicy | PresetName;
  /** Random seed of the views; default 0. */
  seed?: number;
  signal?: AbortSignal;
}

/** A request for a generated image. */
export interface GenerateRequest {
  /** One of the categories that `generatorLabels` returns. */
  label: string;
  /** An integer, 0 or above. One seed gives the same image in every browser and in the trainer. */
  seed: number;
}

/** A generated image. It shows no product that can be bought. */
export interface GeneratedImage {
  image: ImageData;
  label: string;
  seed: number;
  /** Always true. Keep it with the image. */
  generated: true;
}

/** A row of a table, by column. */
export type Row = Record<string, string | number | boolean | null | undefined>;

export interface RecommendRequest {
  /** Largest number of items; default 20. */
  topN?: number;
  /** Identifiers of items to leave out, such as those in the cart or out of stock. */
  exclude?: string[];
}

/** A recommended item. */
export interface Recommendation {
  id: string;
  /** Probability of being the next item, over all items. */
  score: number;
}

/** State of the GPU. */
export interface GpuReport {
  /** `unused`: not requested. `slower`: it lost the race. `lost`: the device was lost, and the CPU is used. */
  state: "unused" | "used" | "slower" | "unavailable" | "lost";
  /** Its name, if the browser reveals it. */
  adapter?: string;
  /** Why it is unavailable or lost. */
  reason?: string;
  /** Medians of the race, for 1,000 items with cached representations. */
  race?: { cpuMs: number; gpuMs: number };
}

/** The loaded bundle and where it runs. */
export interface BackendReport {
  backend: Backend;
  simd: "relaxed" | "simd128" | "none";
  worker: boolean;
  gpu: GpuReport;
  name: string;
  groups: Group[];
  /** The bundle's networks other than the ranker. */
  networks: NetworkKind[];
  itemCount: number;
  /** Length of the image embeddings that the ranker compares. */
  imageEmbeddingLength: number;
  simulated: boolean;
  metrics: Record<string, Metric>;
}
