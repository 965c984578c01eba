import { WindowshopError } from "./errors";
import { decode } from "./photo";
import type { WasmAugmenter, WasmChanged } from "./wasm";

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

/** A photo, what to do to it, and in what form it is wanted. */
export interface AugmentCall {
  photo: Blob | ImageBitmap;
  work: Work;
  maxSide?: number;
  /** The file to make of it; pixels if nothing is said. */
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
}

/** Pixels as a canvas has them. */
export type CanvasPixels = Pick<ImageData, "data" | "width" | "height">;

interface Glue {
  new (policy: string, strength: number): WasmAugmenter;
  replay(record: string, rgba: Uint8ClampedArray, width: number, height: number): WasmChanged;
}

/** Image augmentation on whatever thread this runs: a module beside the engine, fetched when it is first needed. */
export class Augmenter {
  #glue: Glue;
  /** The policy that was used last: views of one photo share it. */
  #last: { key: string; augmenter: WasmAugmenter } | undefined;

  private constructor(glue: Glue) {
    this.#glue = glue;
  }

  /** Compiles the module. */
  static async start(wasm: ArrayBuffer): Promise<Augmenter> {
    const { default: init, WasmAugmenter: Glue } = await import("./generated/augment/windowshop_augment_wasm.js");
    await init({ module_or_path: wasm }).catch((reason: unknown) => {
      const hint = "allow 'wasm-unsafe-eval' in the page's content security policy";
      throw new WindowshopError("wasm_unavailable", `windowshop-augment.wasm: augmentation cannot start (${String(reason)}): ${hint}`);
    });
    return new Augmenter(Glue as unknown as Glue);
  }

  /** Decodes, changes and, where a file is wanted, encodes. */
  async run({ photo, work, maxSide, file }: AugmentCall): Promise<AugmentAnswer> {
    const image = await decode(photo, maxSide);
    const { record, ...changed } = "record" in work ? this.replay(image, work.record) : this.draw(image, work);
    const { data: pixels, width, height } = changed;
    return file ? { width, height, file: await encode(changed, file), record } : { width, height, pixels, record };
  }

  /** Draws from a policy and does it. */
  draw(image: CanvasPixels, { policy, strength, seed, sample, epoch }: Draw) {
    const key = `${strength} ${policy}`;
    if (this.#last?.key !== key) {
      const augmenter = new this.#glue(policy, strength);
      this.#last?.augmenter.free();
      this.#last = { key, augmenter };
    }
    return taken(this.#last.augmenter.apply(image.data, image.width, image.height, seed, sample, epoch));
  }

  /** Does again what a record says. */
  replay(image: CanvasPixels, record: string) {
    return taken(this.#glue.replay(record, image.data, image.width, image.height));
  }
}

function taken(changed: WasmChanged) {
  const [width, height, record] = [changed.width(), changed.height(), changed.record()];
  // The last call frees the picture on the other side.
  return { width, height, record, data: new Uint8ClampedArray(changed.pixels().buffer) };
}

async function encode({ data, width, height }: { data: Uint8ClampedArray<ArrayBuffer>; width: number; height: number }, options: { type: string; quality?: number }): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d")?.putImageData(new ImageData(data, width, height), 0, 0);
  return canvas.convertToBlob(options);
}
