import type { AugmentAnswer, AugmentBackend, AugmentRace, Work } from "./augmenter";
import type { Core } from "./core";
import { WindowshopError, throwIfAborted, unlessAborted } from "./errors";
import { invalid } from "./items";
import { portable } from "./photo";
import type { AugmentPolicy, AugmentRecord, PresetName } from "./policy";

const FILE_TYPES = ["image/png", "image/jpeg", "image/webp"] as const;
const BACKENDS: readonly AugmentBackend[] = ["auto", "cpu", "gpu", "race"];
const MAX_EPOCH = 2 ** 32 - 1;

export type { AugmentBackend, AugmentRace } from "./augmenter";

/** The form in which a changed photo is wanted. */
export type ImageType = "imagedata" | "blob";

/** That form's type. */
export type ImageOf<T extends ImageType> = T extends "blob" ? Blob : ImageData;

/** How a changed photo is wanted. */
export interface ReplayOptions<T extends ImageType = "imagedata"> {
  /** `imagedata`, the default, for a canvas or a network; `blob` for an image element or an upload. */
  type?: T;
  /** Of a blob; `image/png`, which loses nothing, by default. */
  fileType?: (typeof FILE_TYPES)[number];
  /** Of a JPEG or WebP blob, 0 to 1. */
  quality?: number;
  /** A photo with a longer side is made smaller first. */
  maxSide?: number;
  /**
   * The pixels are the same wherever they are computed. `auto`, the default: the CPU, unless the GPU won a race in this page on
   * such a photo. `race`: times both on this photo; a GPU that is a program on the CPU does not take part. `gpu`: the GPU
   * wherever it can, or an error with code `gpu_unavailable`.
   */
  backend?: AugmentBackend;
  signal?: AbortSignal;
}

/** The same, and what is drawn. */
export interface AugmentOptions<T extends ImageType = "imagedata"> extends ReplayOptions<T> {
  /** Scales every strength of the policy, 0 to 1; at 0 it changes nothing. */
  strength?: number;
  /** Number of the photo among others that share the seed; 0 by default. */
  sample?: number;
  /** How often it was changed before: another number, other changes; 0 by default. */
  epoch?: number;
}

/** A changed photo. */
export interface Augmented<T extends ImageType = "imagedata"> {
  image: ImageOf<T>;
  /** What was done: `replay` does it again. */
  record: AugmentRecord;
  /** `gpu`: some of it was done there. */
  backend: "cpu" | "gpu";
  /** Medians, where a race was run. */
  race?: AugmentRace;
}

/** Image augmentation as a page calls it. */
export class Augmentation {
  #core: Core;
  #wasmUrl: string;
  #gpuUrl: string;
  #starting: Promise<void> | undefined;

  constructor(core: Core, wasmUrl: string, gpuUrl: string) {
    this.#core = core;
    this.#wasmUrl = wasmUrl;
    this.#gpuUrl = gpuUrl;
  }

  /** Fetches the module, once; a failure is forgotten, so that the next call tries again. */
  start(): Promise<void> {
    this.#starting ??= this.#start().catch((error: unknown) => {
      this.#starting = undefined;
      throw error;
    });
    return this.#starting;
  }

  /** The page fetches, and not the worker: so the page's own list of requests has it. */
  async #start(): Promise<void> {
    const unavailable = (reason: string) => new WindowshopError("wasm_unavailable", `${this.#wasmUrl}: augmentation cannot start (${reason}): serve the file`);
    const response = await fetch(this.#wasmUrl).catch((reason: unknown) => {
      throw unavailable(String(reason));
    });
    if (!response.ok) throw unavailable(`the server answered ${response.status}`);
    await this.#core.startAugmenter(await response.arrayBuffer());
  }

  async augment<T extends ImageType = "imagedata">(photo: ImageBitmapSource, policy: AugmentPolicy | PresetName, seed: number, options: AugmentOptions<T> = {}): Promise<Augmented<T>> {
    return this.#run(photo, drawOf(policy, seed, options), options);
  }

  async replay<T extends ImageType = "imagedata">(photo: ImageBitmapSource, record: AugmentRecord, options: ReplayOptions<T> = {}): Promise<Augmented<T>> {
    if (!isObject(record)) throw invalid("record", record, "what `augment` returned as `record`");
    return this.#run(photo, { record: JSON.stringify(record) }, options);
  }

  async #run<T extends ImageType>(photo: ImageBitmapSource, work: Work, options: ReplayOptions<T>): Promise<Augmented<T>> {
    const { type = "imagedata", fileType = "image/png", quality, maxSide, backend = "auto", signal } = options;
    throwIfAborted(signal);
    if (type !== "imagedata" && type !== "blob") throw invalid("type", type, "imagedata or blob");
    if (!FILE_TYPES.includes(fileType)) throw invalid("fileType", fileType, `one of ${FILE_TYPES.join(", ")}`);
    if (quality !== undefined && !(quality >= 0 && quality <= 1)) throw invalid("quality", quality, "0 to 1");
    if (maxSide !== undefined && !(Number.isInteger(maxSide) && maxSide > 0)) throw invalid("maxSide", maxSide, "a whole number of pixels above zero");
    if (!BACKENDS.includes(backend)) throw invalid("backend", backend, `one of ${BACKENDS.join(", ")}`);
    const answer = Promise.all([portable(photo), this.start()]).then(([photo]) =>
      this.#core.augment({
        photo,
        work,
        backend,
        gpuUrl: this.#gpuUrl,
        ...(maxSide !== undefined && { maxSide }),
        ...(type === "blob" && { file: { type: fileType, ...(quality !== undefined && { quality }) } }),
      }),
    );
    const changed = await unlessAborted(answer, signal);
    const { record, backend: used, race } = changed;
    return { image: imageOf(changed) as ImageOf<T>, record: JSON.parse(record) as AugmentRecord, backend: used, ...(race && { race }) };
  }
}

/** A checked request for a drawing. */
export function drawOf(policy: AugmentPolicy | PresetName, seed: number, { strength = 1, sample = 0, epoch = 0 }: Pick<AugmentOptions, "strength" | "sample" | "epoch"> = {}) {
  if (typeof policy !== "string" && !isObject(policy)) throw invalid("policy", policy, "a policy, or the name of a preset");
  for (const [name, value] of Object.entries({ seed, sample, epoch })) {
    if (!(Number.isSafeInteger(value) && value >= 0)) throw invalid(name, value, "a whole number, zero or above");
  }
  if (epoch > MAX_EPOCH) throw invalid("epoch", epoch, `at most ${MAX_EPOCH}`);
  if (!(strength >= 0 && strength <= 1)) throw invalid("strength", strength, "0 to 1");
  return { policy: JSON.stringify(policy), strength, seed, sample, epoch };
}

function imageOf({ file, pixels, width, height }: AugmentAnswer): Blob | ImageData {
  if (file) return file;
  if (!pixels) throw new WindowshopError("internal", "augmentation gave neither pixels nor a file");
  return new ImageData(pixels, width, height);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
