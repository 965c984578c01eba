import { WindowshopError } from "../src/errors";
import type { Work } from "../src/augmenter";
import type { Core } from "../src/core";
import type { BackendReport, Item, NetworkKind, Row, TrackedEvent } from "../src/types";

/** A core that answers with the reverse order and remembers what it was asked. */
export function fakeCore() {
  const registered: Item[][] = [];
  const opened: NetworkKind[] = [];
  const rows: Row[] = [];
  /** When the core was asked about the visit. */
  const asked: number[] = [];
  /** Augmentation modules that were fetched, and what was asked of them. */
  const fetched: string[] = [];
  const works: Work[] = [];
  let events: TrackedEvent[] = [];
  const core: Core = {
    start: async () => undefined,
    open: async () => ({ backend: "cpu", simd: "simd128", name: "fake", groups: ["session"], networks: ["sentiment"], itemCount: 0, imageEmbeddingLength: 64, simulated: true, metrics: {} }),
    register: async (items) => {
      const first = registered.flat().length;
      registered.push(items);
      return Uint32Array.from(items, (_, i) => first + i);
    },
    accelerate: async () => "fake",
    race: async () => ({ adapter: "fake", cpuMs: 1, gpuMs: 2 }),
    rerank: async (handles) => ({
      backend: "cpu",
      order: Uint32Array.from(handles, (_, i) => handles.length - 1 - i),
      scores: Float32Array.from(handles, (handle) => handle),
      groups: ["query_match", "session"],
      contributions: Float32Array.from({ length: 2 * handles.length }, (_, i) => (i % 2 ? -2 : 1)),
    }),
    openNetwork: async (part) => void opened.push(part),
    sentiment: async (texts) => ({
      classes: ["negative", "positive"],
      predicted: Uint32Array.from(texts, () => 1),
      probabilities: Float32Array.from(texts.flatMap(() => [0.25, 0.75])),
    }),
    intent: async (row) => {
      rows.push(row);
      return { classes: ["no", "yes"], predicted: 1, probabilities: Float32Array.from([0.25, 0.75]) };
    },
    visitIntent: async (nowMs) => {
      if (events.length === 0) throw new WindowshopError("intent_empty_visit", "nothing was tracked");
      asked.push(nowMs);
      return { classes: ["no purchase", "purchase"], predicted: 0, probabilities: Float32Array.from([0.75, 0.25]) };
    },
    recommend: async (topN, exclude) => {
      const ids = ["mug", "hat", "pen"].filter((id) => !exclude.includes(id)).slice(0, topN);
      return { ids, scores: Float32Array.from(ids, () => 0.5) };
    },
    predictImage: async (rgb, width, height) => ({
      classes: ["mug"], predicted: 0, probabilities: Float32Array.from([1]), embedding: Float32Array.from([rgb.length, width, height]),
    }),
    generatorLabels: async () => ["mug", "hat"],
    generate: async (label, seed) => {
      if (label !== "mug") throw new WindowshopError("invalid_argument", `label: found \`${label}\`, expected one of mug, hat`);
      return { side: 1, pixels: Uint8ClampedArray.from([seed, seed, seed, 255]), backend: "cpu" };
    },
    startAugmenter: async (wasm) => void fetched.push(new TextDecoder().decode(wasm)),
    augment: async ({ work, file }) => {
      works.push(work);
      const record = JSON.stringify({ size: { width: 1, height: 1 }, sampling: { border: "edge", interpolation: "bilinear" }, actions: [] });
      return { width: 1, height: 1, record, backend: "cpu", ...(file ? { file: new Blob(["file"], { type: file.type }) } : { pixels: new Uint8ClampedArray(4) }) };
    },
    predictImageViews: async ({ count }) => ({
      classes: ["mug"], predicted: 0, probabilities: Float32Array.from([1]), embedding: Float32Array.from([count, 0, 0]),
    }),
    track: async (event) => void events.push(event),
    profileExport: async () => JSON.stringify({ events }),
    profileImport: async (json) => void ({ events } = JSON.parse(json)),
    profileClear: async () => void (events = []),
    close: async () => undefined,
  };
  return { core, registered, opened, rows, asked, fetched, works };
}

export const report: BackendReport = { backend: "cpu", simd: "simd128", worker: false, gpu: { state: "unused" }, name: "fake", groups: [], networks: [], itemCount: 0, imageEmbeddingLength: 64, simulated: true, metrics: {} };
