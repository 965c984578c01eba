import { WindowshopError, toError } from "./errors";
import type { PictureArrays } from "./core";
import type { PreparedList, WasmEngine, WasmGpu } from "./wasm";

/** Where the GPU build is served: its JavaScript and its wasm file. */
export interface GpuFiles {
  glue: string;
  wasm: string;
}

/** Scores as the network gives them, before order and calibration. */
export interface RawScores {
  scores: Float32Array;
  contributions: Float32Array;
}

/** The network on the GPU. Everything else stays with the engine, so that losing the GPU loses nothing. */
export class Accelerator {
  #gpu: WasmGpu;
  /** Never resolves; rejects when the device goes away. */
  #lost: Promise<never>;
  #manifest: string;

  private constructor(gpu: WasmGpu, lost: Promise<never>, manifest: string) {
    this.#gpu = gpu;
    this.#lost = lost;
    this.#manifest = manifest;
  }

  /** Downloads the GPU build, opens the device and moves a bundle's weights there. */
  static async start({ glue, wasm }: GpuFiles, manifest: string, ranker: Uint8Array): Promise<Accelerator> {
    const unavailable = (reason: unknown) => new WindowshopError("gpu_unavailable", `no GPU for the engine: ${String(reason)}`);
    if (!("gpu" in navigator)) throw unavailable("this browser has no WebGPU; use backend \"auto\"");
    let lose: (error: Error) => void = () => undefined;
    const lost = new Promise<never>((_, reject) => {
      lose = reject;
    });
    lost.catch(() => undefined);
    try {
      // The address is absolute and known at run time only; bundlers must leave it alone.
      const { default: init, WasmGpu: Gpu } = await import(/* @vite-ignore */ /* webpackIgnore: true */ glue);
      await init({ module_or_path: wasm });
      const onLost = (message: string) => lose(new WindowshopError("gpu_lost", `the GPU was lost: ${message}`));
      return new Accelerator(await Gpu.load(manifest, ranker, onLost), lost, manifest);
    } catch (error) {
      // What the bundle is to blame for keeps its code.
      throw toError(error).code === "internal" ? unavailable((error as Error)?.message ?? error) : toError(error);
    }
  }

  /** What the browser calls the GPU; may be empty. */
  get adapter(): string {
    return this.#gpu.adapter();
  }

  /** Scores a list that `engine` prepared; rejects with code `gpu_lost` when the device goes away meanwhile. */
  async score(engine: WasmEngine, list: PreparedList): Promise<RawScores> {
    const parts = list.parts();
    for (const handles of [parts.items, parts.session]) {
      const missing = this.#gpu.missing(handles);
      if (missing.length > 0) this.#gpu.add(missing, engine.itemInputs(missing));
    }
    return Promise.race([this.#gpu.score(parts), this.#lost]);
  }

  /** Moves the bundle's generator there. */
  openGenerator(bytes: Uint8Array): void {
    this.#gpu.openGenerator(this.#manifest, bytes);
  }

  /** Makes a picture of the category at this place; rejects with code `gpu_lost` when the device goes away meanwhile. */
  async generate(label: number, seed: number): Promise<PictureArrays> {
    return Promise.race([this.#gpu.generate(label, seed), this.#lost]);
  }

  /** Frees what it holds. */
  close(): void {
    this.#gpu.free();
  }
}
