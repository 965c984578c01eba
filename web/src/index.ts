import { type FetchedBundle, fetchBundle } from "./bundle";
import { type Core, LocalCore } from "./core";
import { Engine } from "./engine";
import { throwIfAborted, toError, unlessAborted } from "./errors";
import { startWorker } from "./remote";
import { simdSupport } from "./simd";
import type { BackendReport, LoadOptions } from "./types";

export { Engine, MAX_ITEMS } from "./engine";
export { type ErrorCode, WindowshopError } from "./errors";
export type { Profile } from "./profile";
export type * from "./types";

type Simd = "relaxed" | "simd128";

/** Downloads a bundle and an engine for this browser. A browser without wasm SIMD gets an engine that keeps the shop's order. */
export async function load(url: string | URL, options: LoadOptions = {}): Promise<Engine> {
  throwIfAborted(options.signal);
  const simd = simdSupport();
  if (simd === "none") return withoutWasm();
  const page = globalThis.location?.href;
  const bundle = await fetchBundle(new URL(url, page).href, options.onProgress, options.signal);
  try {
    const { core, report } = await unlessAborted(start(bundle, simd, options), options.signal);
    void bundle.keep();
    const engine = new Engine(core, report);
    await engine.profile.restore();
    return engine;
  } catch (error) {
    // A cached file that went bad must not stay.
    if (toError(error).code.startsWith("bundle_")) await bundle.drop();
    throw toError(error);
  }
}

function withoutWasm(): Engine {
  return new Engine(undefined, {
    backend: "none", simd: "none", worker: false, name: "", groups: [], itemCount: 0, simulated: false, metrics: {},
  });
}

/** In a worker if one can start, else on this thread. */
async function start(bundle: FetchedBundle, simd: Simd, options: LoadOptions): Promise<{ core: Core; report: BackendReport }> {
  const { manifest, files } = bundle;
  const open = async (core: Core, worker: boolean) => {
    try {
      const info = await core.open({ manifest, files }, wasmAddress(simd, options.wasmUrl), simd);
      throwIfAborted(options.signal);
      return { core, report: { ...info, worker } };
    } catch (error) {
      await core.close();
      throw error;
    }
  };
  if (options.worker !== false && typeof Worker !== "undefined") {
    try {
      return await open(await startWorker(options.workerUrl), true);
    } catch (error) {
      // A worker that cannot start is no reason to fail; a bundle that was refused is.
      if (toError(error).code !== "internal") throw error;
    }
  }
  return open(new LocalCore(), false);
}

function wasmAddress(simd: Simd, folder: string | URL | undefined): string {
  const name = simd === "relaxed" ? "windowshop-cpu-relaxed.wasm" : "windowshop-cpu.wasm";
  if (folder) return new URL(name, new URL(`${folder}`.replace(/\/?$/, "/"), globalThis.location?.href)).href;
  // Written out: bundlers look for the literal form.
  return simd === "relaxed"
    ? new URL("./windowshop-cpu-relaxed.wasm", import.meta.url).href
    : new URL("./windowshop-cpu.wasm", import.meta.url).href;
}
