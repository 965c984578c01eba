import { AugmentAccelerator, type AugmentBackend, type AugmentRace } from "./augment-accelerator";
import { WindowshopError } from "./errors";
import { decode } from "./photo";
import type { WasmAugmenter, WasmChanged, WasmSteps } from "./wasm";

export type { AugmentBackend, AugmentRace } from "./augment-accelerator";

/** A drawing from a policy. */
export interface Draw {
  /** A policy, or the name of a preset, in JSON. */
  policy: string;
  strength: number;
  seed: number;
  sample: number;
  epoch: number;
}

/** What is to be done to a photo: something new, or what a record says, in JSON. */
export type Work = Draw | { record: string };

/** A photo, what to do to it and where, and in what form it is wanted. */
export interface AugmentCall {
  photo: Blob | ImageBitmap;
  work: Work;
  maxSide?: number;
  backend: AugmentBackend;
  /** Where the file for GPUs is served. */
  gpuUrl: string;
  /** The file to make of it; pixels by default. */
  file?: { type: string; quality?: number };
}

/** A changed photo: its pixels or its file. */
export interface AugmentAnswer {
  width: number;
  height: number;
  pixels?: Uint8ClampedArray<ArrayBuffer>;
  file?: Blob;
  /** In JSON. */
  record: string;
  backend: "cpu" | "gpu";
  race?: AugmentRace;
}

/** Pixels as a canvas has them. */
export type CanvasPixels = Pick<ImageData, "data" | "width" | "height">;

/** Changed pixels, and what was done, in JSON. */
export type Changed = { width: number; height: number; data: Uint8ClampedArray<ArrayBuffer>; record: string };

interface Glue {
  WasmAugmenter: {
    new (policy: string, strength: number): WasmAugmenter;
    replay(record: string, rgba: Uint8ClampedArray, width: number, height: number): WasmChanged;
  };
  WasmSteps: {
    new (record: string, width: number, height: number): WasmSteps;
    shaders(): string;
  };
}

/** Image augmentation on whatever thread this runs: a module beside the engine, fetched when it is first needed. */
export class Augmenter {
  #glue: Glue;
  /** The policy that was used last: views of one photo share it. */
  #last: { key: string; augmenter: WasmAugmenter } | undefined;
  #accelerator = new AugmentAccelerator(this);

  private constructor(glue: Glue) {
    this.#glue = glue;
  }

  /** Compiles the module. */
  static async start(wasm: ArrayBuffer): Promise<Augmenter> {
    const { default: init, ...glue } = await import("./generated/augment/windowshop_augment_wasm.js");
    await init({ module_or_path: wasm }).catch((reason: unknown) => {
      const hint = "allow 'wasm-unsafe-eval' in the page's content security policy";
      throw new WindowshopError("wasm_unavailable", `windowshop-augment.wasm: augmentation cannot start (${String(reason)}): ${hint}`);
    });
    return new Augmenter(glue as unknown as Glue);
  }

  /** Decodes, changes and, where a file is wanted, encodes. */
  async run({ photo, work, maxSide, backend, gpuUrl, file }: AugmentCall): Promise<AugmentAnswer> {
    const image = await decode(photo, maxSide);
    const { data: pixels, width, height, ...done } = await this.#accelerator.change(image, work, backend, gpuUrl);
    return file ? { width, height, file: await encode({ data: pixels, width, height }, file), ...done } : { width, height, pixels, ...done };
  }

  /** Draws from a policy and does it. */
  draw(image: CanvasPixels, work: Draw): Changed {
    return taken(this.#augmenter(work).apply(image.data, image.width, image.height, work.seed, work.sample, work.epoch));
  }

  /** Does again what a record says. */
  replay(image: CanvasPixels, record: string): Changed {
    return taken(this.#glue.WasmAugmenter.replay(record, image.data, image.width, image.height));
  }

  /** The record of what is to be done. */
  recordOf({ width, height }: CanvasPixels, work: Work): string {
    return "record" in work ? work.record : this.#augmenter(work).draw(width, height, work.seed, work.sample, work.epoch);
  }

  /** The parts of a record, each for a GPU or for `replay`, and the names of shaders by their numbers. */
  stepsOf({ width, height }: CanvasPixels, record: string): { steps: WasmSteps; shaders: string[] } {
    return { steps: new this.#glue.WasmSteps(record, width, height), shaders: this.#glue.WasmSteps.shaders().split(" ") };
  }

  /** Frees the GPU, if one is open. */
  close(): void {
    this.#accelerator.close();
  }

  #augmenter({ policy, strength }: Draw): WasmAugmenter {
    const key = `${strength} ${policy}`;
    if (this.#last?.key !== key) {
      const augmenter = new this.#glue.WasmAugmenter(policy, strength);
      this.#last?.augmenter.free();
      this.#last = { key, augmenter };
    }
    return this.#last.augmenter;
  }
}

function taken(changed: WasmChanged): Changed {
  const [width, height, record] = [changed.width(), changed.height(), changed.record()];
  // The last call frees the image on the other side.
  return { width, height, record, data: new Uint8ClampedArray(changed.pixels().buffer) };
}

async function encode({ data, width, height }: { data: Uint8ClampedArray<ArrayBuffer>; width: number; height: number }, options: { type: string; quality?: number }): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d")?.putImageData(new ImageData(data, width, height), 0, 0);
  return canvas.convertToBlob(options);
}
