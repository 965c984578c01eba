import type { RankedArrays, CoreOptions } from "./core";
import type { BackendReport, Item, TrackedEvent } from "./types";

/** The class that the generated glue exports, with the types its Rust side documents. */
export interface WasmEngine {
  info(): Omit<BackendReport, "worker">;
  registerItems(items: Item[]): Uint32Array;
  rerank(handles: Uint32Array, options: CoreOptions): RankedArrays;
  track(event: TrackedEvent, nowMs: number): void;
  profileExport(): string;
  profileImport(json: string): void;
  profileClear(): void;
  free(): void;
}
