import type { AugmentPolicy, PresetName } from "./policy";

/** A product as the page knows it. Only `id` is required; a title makes it searchable. */
export interface Item {
  id: string;
  title?: string;
  /** Further text to match a query against: description, the title in another language. */
  text?: string;
  category?: string;
  /** Above zero, in the shop's currency. */
  price?: number;
  /** Mean stars, 1 to 5. */
  rating?: number;
  ratingCount?: number;
  /**
   * The photo's look: a colour descriptor of 24 numbers, or, for a ranker that was trained on the looks of an image network, what
   * `embedImage` says. One that the ranker does not compare is not looked at; of items that it was trained with, none is needed.
   */
  imageEmbedding?: number[];
}

/** A named part of a score. */
export type Group = "query_match" | "session" | "item_quality" | "reviews" | "visual" | "shop_order" | "intent";

/** One group's share of a score, above the mean of the list. */
export interface Reason {
  group: Group;
  contribution: number;
}

/** One re-ranked item. */
export interface Result {
  /** Index into the request's items. */
  index: number;
  id: string;
  /** The expected grade for graded data, a probability for clicks. */
  relevanceScore: number;
  /** Largest absolute contribution first; they add up to how far the raw score, before calibration, is from the list's mean. */
  reasons: Reason[];
}

export interface RerankRequest {
  query?: string;
  /** In the shop's order, best first; at most 10,000. */
  items: Item[];
  topN?: number;
  /** No item moves further than this from where the shop put it. */
  maxDisplacement?: number;
  /** Answer with the shop's order when scoring takes longer than this. */
  latencyBudgetMs?: number;
  signal?: AbortSignal;
}

/** What computed the scores; `none`: nothing did, the order is the shop's. */
export type Backend = "cpu" | "gpu" | "none";

export interface RerankResponse {
  results: Result[];
  /** `none`: the shop's order, unharmed. */
  backend: Backend;
  timing: { totalMs: number; fallback?: "latency_budget" | "no_wasm" };
}

export interface TrackedEvent {
  type: "click" | "cart" | "purchase" | "cancel";
  itemId: string;
  timestampMs?: number;
}

export interface Progress {
  file: string;
  loadedBytes: number;
  totalBytes: number;
}

/** Where the module's code runs, and from where it is fetched. */
export interface ThreadOptions {
  /** Run in a Web Worker (the default; where none can start, the page's own thread) or on the page's own thread. */
  worker?: boolean;
  workerUrl?: string | URL;
  /** Folder of the wasm files. */
  wasmUrl?: string | URL;
}

export interface LoadOptions extends ThreadOptions {
  /**
   * `auto`: the CPU, unless the GPU won a race here before. `race`: times both on this bundle, once a device, and remembers
   * the winner. `gpu`: the GPU, or an error with code `gpu_unavailable`. Only `race`, `gpu` and a remembered winner download
   * the GPU build.
   */
  backend?: "auto" | "cpu" | "gpu" | "race";
  onProgress?: (progress: Progress) => void;
  signal?: AbortSignal;
}

/** A network that is fetched when it is first needed, by the trainer's word for it: `gan` makes pictures. */
export type NetworkName = "sentiment" | "intent" | "sequence" | "image" | "generator";

/** How a text sounds. */
export type SentimentLabel = "negative" | "neutral" | "positive";

/** What a review says of its subject. */
export interface Sentiment {
  label: SentimentLabel;
  /** The label's probability. */
  score: number;
  /** Of every sentiment that the network was trained on; they sum to 1. */
  probabilities: Partial<Record<SentimentLabel, number>>;
}

/** What a classifier says. */
export interface Classification {
  label: string;
  /** The label's probability. */
  score: number;
  /** Of every class that the network was trained on; they sum to 1. */
  probabilities: Record<string, number>;
}

/** How closely to look at a photo. */
export interface ImageOptions {
  /**
   * Test-time augmentation: look at the photo and at changed views of it, and average. So many views, the photo as it is
   * among them; or a policy, which makes eight. One, the photo by itself, if nothing is said.
   */
  views?: number | AugmentPolicy | PresetName;
  /** What makes a number of views; the preset `views` if nothing is said. */
  policy?: AugmentPolicy | PresetName;
  /** Decides the views; 0 if nothing is said. */
  seed?: number;
  signal?: AbortSignal;
}

/** A picture that is wanted of the generator. */
export interface GenerateRequest {
  /** One of the categories that `generatorLabels` names. */
  label: string;
  /** Decides the picture: a whole number, zero or above. The same one gives the same picture in every browser and in the trainer. */
  seed: number;
}

/** A picture that a network made. It shows no product that can be bought. */
export interface Generated {
  image: ImageData;
  label: string;
  seed: number;
  /** Always: whoever keeps the picture keeps the mark with it. */
  generated: true;
}

/** The cells of a row by column: what a page knows of a visit. */
export type Row = Record<string, string | number | boolean | null | undefined>;

export interface RecommendRequest {
  /** At most so many items; 20 if nothing is said. */
  topN?: number;
  /** Identifiers of items that are not wanted: what is in the cart, what is out of stock. */
  exclude?: string[];
}

/** An item that may be wanted next. */
export interface Recommendation {
  id: string;
  /** Its share of all items' chances to be next. */
  score: number;
}

/** What became of the GPU. */
export interface GpuReport {
  /** `unused`: nobody asked for it. `slower`: it lost the race. `lost`: it went away, the CPU took over. */
  state: "unused" | "used" | "slower" | "unavailable" | "lost";
  /** What the browser calls it, if it says. */
  adapter?: string;
  /** Why it is unavailable or lost. */
  reason?: string;
  /** Medians of the race, for 1,000 items whose representations are known. */
  race?: { cpuMs: number; gpuMs: number };
}

/** What is known about the loaded bundle and where it runs. */
export interface BackendReport {
  backend: Backend;
  simd: "relaxed" | "simd128" | "none";
  worker: boolean;
  gpu: GpuReport;
  name: string;
  groups: Group[];
  /** The networks of the bundle beside its ranker. */
  networks: NetworkName[];
  itemCount: number;
  /** Numbers in the looks of items that the ranker compares. */
  imageEmbeddingLength: number;
  simulated: boolean;
  metrics: Record<string, { value: number; ci95: [number, number] }>;
}
