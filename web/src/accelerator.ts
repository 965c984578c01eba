import { WindowshopError, toError } from "./errors";
import type { ImageArrays } from "./core";
import type { PreparedList, WasmEngine, WasmGpu } from "./wasm";

/** Addresses of the GPU build: JavaScript and wasm. */
export interface GpuFiles {
  glue: string;
  wasm: string;
}

/** Raw scores, before ordering and calibration. */
export interface RawScores {
  scores: Float32Array;
  contributions: Float32Array;
}

/** Ranker and generator on the GPU. The engine keeps all state, so a lost device loses no data. */
export class Accelerator {
  #gpu: WasmGpu;
  /** Never resolves; rejects when the device is lost. */
  #lost: Promise<never>;
  #manifest: string;

  private constructor(gpu: WasmGpu, lost: Promise<never>, manifest: string) {
    this.#gpu = gpu;
    this.#lost = lost;
    this.#manifest = manifest;
  }

  /** Downloads the GPU build, opens the device and uploads a bundle's weights. */
  static async start({ glue, wasm }: GpuFiles, manifest: string, ranker: Uint8Array): Promise<Accelerator> {
    const unavailable = (reason: unknown) => new WindowshopError("gpu_unavailable", `gpu: unavailable: ${String(reason)}`);
    if (!("gpu" in navigator)) throw unavailable("this browser has no WebGPU; use backend \"auto\"");
    let lose: (error: Error) => void = () => undefined;
    const lost = new Promise<never>((_, reject) => {
      lose = reject;
    });
    lost.catch(() => undefined);
    try {
      // The address is known only at run time, so bundlers must not resolve it.
      const { default: init, WasmGpu: Gpu } = await import(/* @vite-ignore */ /* webpackIgnore: true */ glue);
      await init({ module_or_path: wasm });
      const onLost = (message: string) => lose(new WindowshopError("gpu_lost", `gpu: the device was lost: ${message}`));
      return new Accelerator(await Gpu.load(manifest, ranker, onLost), lost, manifest);
    } catch (error) {
      // Errors of the bundle keep their code.
      throw toError(error).code === "internal" ? unavailable((error as Error)?.message ?? error) : toError(error);
    }
  }

  /** The browser's name of the GPU; may be empty. */
  get adapter(): string {
    return this.#gpu.adapter();
  }

  /** Scores a list that `engine` prepared. Rejects with code `gpu_lost` if the device is lost. */
  async score(engine: WasmEngine, list: PreparedList): Promise<RawScores> {
    const tensors = list.tensors();
    for (const handles of [tensors.items, tensors.session]) {
      const missing = this.#gpu.missing(handles);
      if (missing.length > 0) this.#gpu.add(missing, engine.itemInputs(missing));
    }
    return Promise.race([this.#gpu.score(tensors), this.#lost]);
  }

  /** Uploads the bundle's generator. */
  openGenerator(bytes: Uint8Array): void {
    this.#gpu.openGenerator(this.#manifest, bytes);
  }

  /** Generates an image of the category with index `label`. Rejects with code `gpu_lost` if the device is lost. */
  async generate(label: number, seed: number): Promise<ImageArrays> {
    return Promise.race([this.#gpu.generate(label, seed), this.#lost]);
  }

  /** Frees the GPU's memory. */
  close(): void {
    this.#gpu.free();
  }
}
