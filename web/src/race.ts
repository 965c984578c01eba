// Measures CPU and GPU on this device and this bundle. The name of a GPU predicts little, and small models are often faster on
// the CPU.
import type { Accelerator } from "./accelerator";
import type { WasmEngine } from "./wasm";

/** Result of a race: median times for a list of `ITEMS` items with cached representations. */
export interface Race {
  adapter: string;
  cpuMs: number;
  gpuMs: number;
}

const ITEMS = 1000;
const WARM_UP = 3;
const ROUNDS = 9;

/** Scores one synthetic list on both, alternating. */
export async function race(engine: WasmEngine, accelerator: Accelerator): Promise<Race> {
  // The time depends on the number of items only.
  const items = Array.from({ length: ITEMS }, (_, i) => ({ id: `windowshop-race-${i}`, title: `item ${i}` }));
  const list = engine.prepare(engine.registerItems(items), { query: "item" });
  const times: [number[], number[]] = [[], []];
  try {
    for (let round = -WARM_UP; round < ROUNDS; round++) {
      for (const [side, run] of [() => engine.score(list), () => accelerator.score(engine, list)].entries()) {
        const started = performance.now();
        await run();
        if (round >= 0) times[side]!.push(performance.now() - started);
      }
    }
  } finally {
    list.free();
  }
  return { adapter: accelerator.adapter, cpuMs: median(times[0]), gpuMs: median(times[1]) };
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** Race results in `localStorage`, by the checksum of the bundle's manifest. */
export const winners = {
  get(manifest: string): Race | undefined {
    try {
      return JSON.parse(localStorage.getItem(key(manifest)) ?? "null") ?? undefined;
    } catch {
      return undefined;
    }
  },
  set(manifest: string, result: Race | undefined): void {
    try {
      if (result) localStorage.setItem(key(manifest), JSON.stringify(result));
      else localStorage.removeItem(key(manifest));
    } catch {
      // Without storage the next page races again.
    }
  },
};

function key(manifest: string): string {
  return `windowshop-race:${(JSON.parse(manifest) as { checksum: string }).checksum}`;
}
