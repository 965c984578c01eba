// CPU or GPU: the pixels are the same, so that only speed decides, and losing the GPU loses nothing.
import type { AugmentGpu } from "./augment-gpu";
import type { Augmenter, CanvasPixels, Changed, Work } from "./augmenter";
import { WindowshopError } from "./errors";

/** What may change a photo. */
export type AugmentBackend = "auto" | "cpu" | "gpu" | "race";

/** Medians of a race. */
export interface AugmentRace {
  cpuMs: number;
  gpuMs: number;
}

type Done = Changed & { backend: "cpu" | "gpu"; race?: AugmentRace };

const ROUNDS = 3;

/** The GPU of an augmenter, if it is asked for; the file for it is fetched then. */
export class AugmentAccelerator {
  #cpu: Augmenter;
  #gpu: Promise<AugmentGpu> | undefined;
  /** What the GPU was faster at. */
  #faster = new Map<string, boolean>();

  constructor(cpu: Augmenter) {
    this.#cpu = cpu;
  }

  async change(image: CanvasPixels, work: Work, backend: AugmentBackend, url: string): Promise<Done> {
    if (backend === "gpu") return this.#onGpu(await this.#open(url), image, work);
    if (backend === "race") return this.#race(image, work, url);
    if (backend === "auto" && this.#faster.get(kindOf(image, work))) {
      const gpu = await this.#open(url).catch(() => undefined);
      if (gpu) return this.#onGpu(gpu, image, work);
    }
    return this.#onCpu(image, work);
  }

  #onCpu(image: CanvasPixels, work: Work): Done {
    const changed = "record" in work ? this.#cpu.replay(image, work.record) : this.#cpu.draw(image, work);
    return { ...changed, backend: "cpu" };
  }

  /** Step by step; what the GPU cannot do, or can no longer do, is the CPU's. */
  async #onGpu(gpu: AugmentGpu, image: CanvasPixels, work: Work): Promise<Done> {
    const record = this.#cpu.recordOf(image, work);
    const { steps, shaders } = this.#cpu.stepsOf(image, record);
    let [changed, backend]: [CanvasPixels, Done["backend"]] = [image, "cpu"];
    try {
      for (let step = 0; step < steps.count(); step++) {
        const passes = steps.passes(step);
        const data = passes && (await gpu.run(changed, passes, shaders));
        const [width, height] = steps.size(step) as unknown as [number, number];
        if (data) backend = "gpu";
        changed = data ? { data, width, height } : this.#cpu.replay(changed, steps.record(step));
      }
    } finally {
      steps.free();
    }
    const { data, width, height } = changed;
    return { data: data as Uint8ClampedArray<ArrayBuffer>, width, height, record, backend };
  }

  /** Both do it, turn by turn; whoever was faster does such photos from now on. */
  async #race(image: CanvasPixels, work: Work, url: string): Promise<Done> {
    const gpu = await this.#open(url).catch(() => undefined);
    // A record without a part for it, or a device that was just lost, shows in what comes back.
    const first = gpu && !gpu.software ? await this.#onGpu(gpu, image, work) : undefined;
    if (!gpu || first?.backend !== "gpu") return this.#onCpu(image, work);
    const times: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      for (const [side, run] of [() => this.#onCpu(image, work), () => this.#onGpu(gpu, image, work)].entries()) {
        const started = performance.now();
        await run();
        times[side]!.push(performance.now() - started);
      }
    }
    const [cpuMs, gpuMs] = times.map((side) => side.sort((a, b) => a - b)[ROUNDS >> 1]!) as [number, number];
    this.#faster.set(kindOf(image, work), gpuMs < cpuMs);
    return { ...first, race: { cpuMs, gpuMs } };
  }

  /** The GPU that is open, or a new one after a loss. */
  async #open(url: string): Promise<AugmentGpu> {
    if ((await this.#gpu?.catch(() => undefined))?.lost) this.#gpu = undefined;
    this.#gpu ??= open(url);
    try {
      return await this.#gpu;
    } catch (reason) {
      this.#gpu = undefined;
      throw new WindowshopError("gpu_unavailable", `no GPU for augmentation: ${(reason as Error)?.message ?? reason}; use backend "auto"`);
    }
  }

  /** Frees the device. */
  close(): void {
    void this.#gpu?.then((gpu) => gpu.close(), () => undefined);
    this.#gpu = undefined;
  }
}

async function open(url: string): Promise<AugmentGpu> {
  // The address is known at run time only; bundlers must leave it alone.
  const { AugmentGpu } = (await import(/* @vite-ignore */ /* webpackIgnore: true */ url)) as typeof import("./augment-gpu");
  return AugmentGpu.open();
}

/** Photos of about one size to which about the same is done. */
function kindOf({ width, height }: CanvasPixels, work: Work): string {
  const what = "record" in work ? [...work.record.matchAll(/"action":"\w+"/g)].join() : `${work.strength} ${work.policy}`;
  return `${Math.round(Math.log2(width * height))} ${what}`;
}
