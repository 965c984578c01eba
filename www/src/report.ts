import type { BackendReport } from "windowshop";
import { make } from "./dom";
import type { Words } from "./text";

/** Backend and test metrics of the engine, as terms and values. */
export function reportRows({ backend, simd, worker, gpu, name, metrics }: BackendReport, words: Words): Node[] {
  const quality = metrics["ndcg@10"];
  const rows: [string, string][] = [[words.runsOn, backend === "none" ? words.none : `${backend} ${simd}${worker ? " worker" : ""}`]];
  rows.push([words.gpu, words.gpuStates[gpu.state]]);
  if (gpu.race) rows.push(["", words.race(gpu.race.gpuMs.toFixed(1), gpu.race.cpuMs.toFixed(1))]);
  if (name) rows.push([words.model, name]);
  if (quality) rows.push([words.quality, `${quality.value.toFixed(3)} (${quality.ci95.map((bound) => bound.toFixed(3)).join(" – ")})`]);
  return rows.flatMap(([term, value]) => [make("dt", "", term), make("dd", "", value)]);
}
