import type { BackendReport } from "windowshop";
import { make } from "./dom";
import type { Words } from "./text";

/** Where the engine runs and how good its model was, as terms and values. */
export function reportRows({ backend, simd, worker, name, metrics }: BackendReport, words: Words): Node[] {
  const quality = metrics["ndcg@10"];
  const rows: [string, string][] = [[words.runsOn, backend === "none" ? words.none : `${backend} ${simd}${worker ? " worker" : ""}`]];
  if (name) rows.push([words.model, name]);
  if (quality) rows.push([words.quality, `${quality.value.toFixed(3)} (${quality.ci95.map((bound) => bound.toFixed(3)).join(" – ")})`]);
  return rows.flatMap(([term, value]) => [make("dt", "", term), make("dd", "", value)]);
}
