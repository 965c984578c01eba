import type { GpuFiles } from "./accelerator";
import { type FetchedBundle, fetchBundle } from "./bundle";
import { type Core, LocalCore } from "./core";
import { Engine } from "./engine";
import { throwIfAborted, toError, unlessAborted } from "./errors";
import { LOOK_LENGTH } from "./items";
import { type Race, winners } from "./race";
import { startWorker } from "./remote";
import { simdSupport } from "./simd";
import type { GpuReport, LoadOptions } from "./types";

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
  // The engine compiles while the bundle is on its way.
  const starting = startCore(simd, options);
  starting.catch(() => undefined);
  let bundle: FetchedBundle | undefined;
  try {
    bundle = await fetchBundle(new URL(url, page).href, options.onProgress, options.signal);
    const { core, worker } = await unlessAborted(starting, options.signal);
    const { manifest, files } = bundle;
    const info = await unlessAborted(core.open({ manifest, files }), options.signal);
    const gpu = await unlessAborted(chooseBackend(core, manifest, info.groups.length > 0, options), options.signal);
    void bundle.keep();
    const engine = new Engine(core, { ...info, backend: gpu.state === "used" ? "gpu" : "cpu", worker, gpu }, bundle.part);
    await engine.profile.restore();
    return engine;
  } catch (thrown) {
    const error = toError(thrown);
    void starting.then(({ core }) => core.close()).catch(() => undefined);
    // A cached file that went bad must not stay.
    if (error.code.startsWith("bundle_")) await bundle?.drop();
    throw error;
  }
}

function withoutWasm(): Engine {
  return new Engine(undefined, {
    backend: "none", simd: "none", worker: false, gpu: { state: "unused" }, name: "", groups: [], parts: [], itemCount: 0, lookLength: LOOK_LENGTH, simulated: false, metrics: {},
  });
}

/** In a worker if one can start, else on this thread. */
async function startCore(simd: Simd, options: LoadOptions): Promise<{ core: Core; worker: boolean }> {
  const start = async (core: Core, worker: boolean) => {
    try {
      await core.start(wasmAddress(simd, options.wasmUrl));
      return { core, worker };
    } catch (error) {
      await core.close();
      throw error;
    }
  };
  if (options.worker !== false && typeof Worker !== "undefined") {
    try {
      return await start(await startWorker(options.workerUrl), true);
    } catch (error) {
      // A worker that cannot start is no reason to fail; an engine that cannot start here cannot start there.
      if (toError(error).code !== "internal") throw error;
    }
  }
  return start(new LocalCore(), false);
}

/** Has the GPU score where it was asked for or is known to be faster. */
async function chooseBackend(core: Core, manifest: string, ranks: boolean, options: LoadOptions): Promise<GpuReport> {
  const { backend = "auto", wasmUrl } = options;
  // Only a ranker runs there.
  if (backend === "cpu" || (backend !== "gpu" && !ranks)) return { state: "unused" };
  const known = backend === "gpu" ? undefined : winners.get(manifest);
  const outcome = ({ adapter, cpuMs, gpuMs }: Race): GpuReport => ({ state: gpuMs < cpuMs ? "used" : "slower", adapter, race: { cpuMs, gpuMs } });
  try {
    if (backend === "gpu") return { state: "used", adapter: await core.accelerate(gpuAddresses(wasmUrl)) };
    if (known) {
      if (known.gpuMs < known.cpuMs) await core.accelerate(gpuAddresses(wasmUrl));
      return outcome(known);
    }
    if (backend === "auto") return { state: "unused" };
    const result = await core.race(gpuAddresses(wasmUrl));
    winners.set(manifest, result);
    return outcome(result);
  } catch (thrown) {
    const error = toError(thrown);
    if (backend === "gpu" || !error.code.startsWith("gpu_")) throw error;
    winners.set(manifest, undefined);
    return { state: "unavailable", reason: error.message };
  }
}

/** Beside the module, unless the page says where. Bundlers copy only what they see written out, and this build is optional. */
function gpuAddresses(folder: string | URL | undefined): GpuFiles {
  const base = folder ? new URL(`${folder}`.replace(/\/?$/, "/"), globalThis.location?.href) : import.meta.url;
  const at = (name: string) => new URL(name, base).href;
  return { glue: at("windowshop-gpu.js"), wasm: at("windowshop-gpu.wasm") };
}

function wasmAddress(simd: Simd, folder: string | URL | undefined): string {
  const name = simd === "relaxed" ? "windowshop-cpu-relaxed.wasm" : "windowshop-cpu.wasm";
  if (folder) return new URL(name, new URL(`${folder}`.replace(/\/?$/, "/"), globalThis.location?.href)).href;
  // Written out: bundlers look for the literal form.
  return simd === "relaxed"
    ? new URL("./windowshop-cpu-relaxed.wasm", import.meta.url).href
    : new URL("./windowshop-cpu.wasm", import.meta.url).href;
}
