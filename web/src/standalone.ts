import { augmentAddress, augmentGpuAddress } from "./addresses";
import { type AugmentOptions, Augmentation, type Augmented, type ImageType, type ReplayOptions } from "./augment";
import { WindowshopError, throwIfAborted, unlessAborted } from "./errors";
import type { AugmentPolicy, AugmentRecord, PresetName } from "./policy";
import { simdSupport } from "./simd";
import { startCore } from "./start";
import type { ThreadOptions } from "./types";

/** One worker for all calls that ask for the same place, for as long as the page lives. */
const started = new Map<string, Promise<Augmentation>>();

/**
 * Changes a photo by a policy or a preset; the same photo, policy and seed give the same pixels in every browser and in the
 * trainer. Needs no bundle; `engine.augment` does the same in an engine's worker.
 */
export async function augment<T extends ImageType = "imagedata">(
  photo: ImageBitmapSource,
  policy: AugmentPolicy | PresetName,
  seed: number,
  options: AugmentOptions<T> & ThreadOptions = {},
): Promise<Augmented<T>> {
  return (await augmentation(options)).augment(photo, policy, seed, options);
}

/** Does again what `augment` recorded: to the same photo, or to another of the same size. */
export async function replay<T extends ImageType = "imagedata">(photo: ImageBitmapSource, record: AugmentRecord, options: ReplayOptions<T> & ThreadOptions = {}): Promise<Augmented<T>> {
  return (await augmentation(options)).replay(photo, record, options);
}

async function augmentation({ worker, workerUrl, wasmUrl, signal }: ThreadOptions & { signal?: AbortSignal }): Promise<Augmentation> {
  throwIfAborted(signal);
  if (simdSupport() === "none") throw new WindowshopError("wasm_unavailable", "augmentation: this browser has no WebAssembly with SIMD");
  const place = `${worker !== false} ${workerUrl ?? ""} ${wasmUrl ?? ""}`;
  let starting = started.get(place);
  if (!starting) {
    starting = start({ ...(worker !== undefined && { worker }), ...(workerUrl && { workerUrl }) }, augmentAddress(wasmUrl), augmentGpuAddress(wasmUrl));
    started.set(place, starting);
    starting.catch(() => started.delete(place));
  }
  return unlessAborted(starting, signal);
}

async function start(where: ThreadOptions, wasmUrl: string, gpuUrl: string): Promise<Augmentation> {
  let augmentation: Augmentation | undefined;
  await startCore((core) => (augmentation = new Augmentation(core, wasmUrl, gpuUrl)).start(), where);
  return augmentation!;
}
