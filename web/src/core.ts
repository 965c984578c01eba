import type { BundleFiles } from "./bundle";
import { WindowshopError } from "./errors";
import type { BackendReport, Group, Item, TrackedEvent } from "./types";
import type { WasmEngine } from "./wasm";

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

/** What both sides of the worker can be asked. */
export interface Core {
  /** Downloads and compiles the engine; needs no bundle, so that both can be on their way at once. */
  start(wasmUrl: string, simd: "relaxed" | "simd128"): Promise<void>;
  open(bundle: BundleFiles): Promise<Omit<BackendReport, "worker">>;
  register(items: Item[]): Promise<Uint32Array>;
  rerank(handles: Uint32Array, options: CoreOptions): Promise<RankedArrays>;
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

  async start(wasmUrl: string, simd: "relaxed" | "simd128") {
    const glue = simd === "relaxed" ? import("./generated/cpu-relaxed/windowshop_engine.js") : import("./generated/cpu/windowshop_engine.js");
    const { default: init, WasmEngine: Engine } = await glue;
    await init({ module_or_path: wasmUrl }).catch((reason: unknown) => {
      const hint = "serve the file, and allow 'wasm-unsafe-eval' in the page's content security policy";
      throw new WindowshopError("wasm_unavailable", `${wasmUrl}: the engine cannot start (${String(reason)}): ${hint}`);
    });
    this.#load = (manifest, files) => Engine.load(manifest, files) as WasmEngine;
  }

  async open({ manifest, files }: BundleFiles) {
    if (!this.#load) throw new Error("the engine was not started");
    this.#engine = this.#load(manifest, files);
    return this.#engine.info();
  }

  get #open(): WasmEngine {
    if (!this.#engine) throw new Error("the engine is not open");
    return this.#engine;
  }

  async register(items: Item[]) {
    return this.#open.registerItems(items);
  }
  async rerank(handles: Uint32Array, options: CoreOptions) {
    return this.#open.rerank(handles, options);
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
    this.#engine?.free();
    this.#engine = undefined;
  }
}
