import type { Core } from "../src/core";
import type { Item, TrackedEvent } from "../src/types";

/** A core that answers with the reverse order and remembers what it was asked. */
export function fakeCore() {
  const registered: Item[][] = [];
  let events: TrackedEvent[] = [];
  const core: Core = {
    start: async () => undefined,
    open: async () => ({ backend: "cpu", simd: "simd128", name: "fake", groups: ["session"], itemCount: 0, simulated: true, metrics: {} }),
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
    track: async (event) => void events.push(event),
    profileExport: async () => JSON.stringify({ events }),
    profileImport: async (json) => void ({ events } = JSON.parse(json)),
    profileClear: async () => void (events = []),
    close: async () => undefined,
  };
  return { core, registered };
}

export const report = { backend: "cpu", simd: "simd128", worker: false, gpu: { state: "unused" }, name: "fake", groups: [], itemCount: 0, simulated: true, metrics: {} } as const;
