import { augmentAddress, augmentGpuAddress, engineAddress, gpuAddresses } from "./addresses";
import { Augmentation } from "./augment";
import { type FetchedBundle, fetchBundle } from "./bundle";
import type { Core } from "./core";
import { Engine } from "./engine";
import { throwIfAborted, toError, unlessAborted } from "./errors";
import { type Race, winners } from "./race";
import { COLOR_DESCRIPTOR_DIM } from "./schema";
import { simdSupport } from "./simd";
import { startCore } from "./start";
import type { GpuReport, LoadOptions } from "./types";

export type { AugmentBackend, AugmentOptions, AugmentRace, Augmented, ImageOf, ImageType, ReplayOptions } from "./augment";
export { Engine } from "./engine";
export { type ErrorCode, WindowshopError } from "./errors";
export type { AugmentPolicy, AugmentRecord, PresetName, Transform } from "./policy";
export type { Profile } from "./profile";
export { MAX_ITEMS } from "./schema";
export { augment, replay } from "./standalone";
export type * from "./types";

/** Downloads a bundle and an engine. In a browser without wasm SIMD the engine returns the shop's order. */
export async function load(url: string | URL, options: LoadOptions = {}): Promise<Engine> {
  throwIfAborted(options.signal);
  const simd = simdSupport();
  if (simd === "none") return withoutWasm();
  const page = globalThis.location?.href;
  // The engine compiles while the bundle downloads.
  const starting = startCore((core) => core.start(engineAddress(simd, options.wasmUrl)), options);
  starting.catch(() => undefined);
  let bundle: FetchedBundle | undefined;
  try {
    bundle = await fetchBundle(new URL(url, page).href, options.onProgress, options.signal);
    const { core, worker } = await unlessAborted(starting, options.signal);
    const { manifest, files } = bundle;
    const info = await unlessAborted(core.open({ manifest, files }), options.signal);
    const gpu = await unlessAborted(chooseBackend(core, manifest, info.groups.length > 0, options), options.signal);
    void bundle.keep();
    const report = { ...info, backend: gpu.state === "used" ? "gpu" : "cpu", worker, gpu } as const;
    const engine = new Engine(core, report, bundle.network, new Augmentation(core, augmentAddress(options.wasmUrl), augmentGpuAddress(options.wasmUrl)));
    await engine.profile.restore();
    return engine;
  } catch (thrown) {
    const error = toError(thrown);
    void starting.then(({ core }) => core.close()).catch(() => undefined);
    // A corrupt file must not stay in the cache.
    if (error.code.startsWith("bundle_")) await bundle?.drop();
    throw error;
  }
}

function withoutWasm(): Engine {
  return new Engine(undefined, {
    backend: "none", simd: "none", worker: false, gpu: { state: "unused" }, name: "", groups: [], networks: [], itemCount: 0, imageEmbeddingLength: COLOR_DESCRIPTOR_DIM, simulated: false, metrics: {},
  });
}

/** Scores on the GPU if it was requested or is known to be faster. */
async function chooseBackend(core: Core, manifest: string, ranks: boolean, options: LoadOptions): Promise<GpuReport> {
  const { backend = "auto", wasmUrl } = options;
  // Without a ranker there is nothing to race.
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
