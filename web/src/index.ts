import { fetchBundle } from "./bundle";
import { type Core, LocalCore } from "./core";
import { Engine } from "./engine";
import { throwIfAborted, toError } from "./errors";
import { startWorker } from "./remote";
import { simdSupport } from "./simd";
import type { LoadOptions } from "./types";

export { Engine, MAX_ITEMS } from "./engine";
export { type ErrorCode, WindowshopError } from "./errors";
export type * from "./types";

/** Downloads a bundle and an engine for this browser. A browser without wasm SIMD gets an engine that keeps the shop's order. */
export async function load(url: string, options: LoadOptions = {}): Promise<Engine> {
  const simd = simdSupport();
  const none = { backend: "none", simd: "none", worker: false, name: "", groups: [], itemCount: 0, simulated: false, metrics: {} } as const;
  if (simd === "none") return new Engine(undefined, { ...none, groups: [] });
  const base = new URL(url, globalThis.location?.href).href;
  const bundle = await fetchBundle(base, options.onProgress, options.signal);
  const name = simd === "relaxed" ? "cpu-relaxed" : "cpu";
  const wasmUrl = options.wasmUrl
    ? new URL(`windowshop-${name}.wasm`, new URL(options.wasmUrl, globalThis.location?.href)).href
    : wasmBeside(name);
  const start = async (core: Core) => core.open(bundle, wasmUrl, simd);
  let core: Core = new LocalCore();
  let worker = false;
  try {
    if (options.worker !== false && typeof Worker !== "undefined") {
      core = await startWorker(options.workerUrl);
      worker = true;
    }
    const info = await start(core).catch(async (error: unknown) => {
      // A worker that cannot start is no reason to fail; a bundle that was refused is.
      if (!worker || toError(error).code !== "internal") throw error;
      worker = false;
      core = new LocalCore();
      return start(core);
    });
    throwIfAborted(options.signal);
    return new Engine(core, { ...info, worker });
  } catch (error) {
    await core.close().catch(() => undefined);
    throw toError(error);
  }
}

function wasmBeside(name: "cpu" | "cpu-relaxed"): string {
  // Written out twice: bundlers look for the literal form.
  return name === "cpu"
    ? new URL("./windowshop-cpu.wasm", import.meta.url).href
    : new URL("./windowshop-cpu-relaxed.wasm", import.meta.url).href;
}
