// In the page: the same lists through every runtime, turn by turn, so that noise of the machine hits all alike.
import { forward, inputs } from "./network.js";
import { model } from "./onnx.mjs";
import * as ort from "./ort.js";
import { parse } from "./safetensors.js";
import * as tfjs from "./tfjs.js";

/** What f32 sums in another order may differ by. */
const TOLERANCE = 1e-3;
const QUERY = "red mug";
/** What the visitor did before: items of the list, by place. */
const CLICKED = [3, 1, 4, 15, 9];

const bytes = async (url) => (await fetch(url)).arrayBuffer();

/** Our engine without the module around it. */
async function openEngine(build, bundle) {
  const { default: init, WasmEngine } = await import(`/glue/${build}/windowshop_engine.js`);
  await init({ module_or_path: `/glue/${build}/windowshop_engine_bg.wasm` });
  const manifest = await (await fetch(`${bundle}manifest.json`)).text();
  const files = {};
  for (const name of Object.keys(JSON.parse(manifest).files)) files[name] = new Uint8Array(await bytes(bundle + name));
  return WasmEngine.load(manifest, files);
}

function equal(found, expected, engine) {
  if (found.length !== expected.length) throw new Error(`${engine}: ${found.length} scores, expected ${expected.length}`);
  for (const [i, score] of expected.entries()) {
    if (!(Math.abs(found[i] - score) <= TOLERANCE * (1 + Math.abs(score)))) {
      throw new Error(`${engine} does not compute the same function: item ${i} scores ${found[i]}, windowshop says ${score}`);
    }
  }
}

/** Every measurement as `{ engine, simd, scope, items, cold, before, run }`; `before` is not timed. */
async function cells(catalogue, bundle, sizes) {
  const list = [];
  const models = {};
  const manifest = await (await fetch(`${bundle}manifest.json`)).json();
  const weights = parse(await bytes(`${bundle}${Object.keys(manifest.files).find((name) => name.startsWith("ranker"))}`));
  await tfjs.start("/tfjs/");
  for (const simd of ["simd128", "relaxed"]) {
    const engine = await openEngine(simd === "relaxed" ? "cpu-relaxed" : "cpu", bundle);
    for (const [i, place] of CLICKED.entries()) engine.track({ type: "click", itemId: catalogue[place].id, timestampMs: i }, i);
    for (const items of sizes) {
      const shown = Array.from({ length: items }, (_, i) => ({ ...catalogue[i % catalogue.length], id: i < catalogue.length ? catalogue[i].id : `copy-${i}` }));
      const handles = engine.registerItems(shown);
      const options = { query: QUERY };
      const prepared = engine.prepare(handles, options);
      const expected = engine.score(prepared);
      for (const cold of [true, false]) {
        const before = cold ? () => engine.forgetRepresentations() : () => {};
        const row = { engine: "windowshop-cpu", simd, items, cold };
        list.push({ ...row, scope: "network", before, run: () => engine.score(prepared) });
        list.push({ ...row, scope: "request", before, run: () => engine.rerank(handles, options) });
      }
      if (simd === "relaxed") continue;
      const tensors = engine.tensors(prepared);
      for (const cold of [true, false]) {
        const given = inputs(tensors, handles, weights, cold);
        const how = { cold, present: tensors.present };
        const written = model(forward, weights, given, how);
        const runs = {
          "ort-wasm": ort.runner(await ort.open(written, "/ort/"), given),
          "tfjs-wasm": tfjs.runner(forward, weights, given, how),
        };
        for (const [name, run] of Object.entries(runs)) {
          equal(await run(), expected, name);
          list.push({ engine: name, simd, items, cold, scope: "network", before: () => {}, run });
        }
        models[`${cold ? "cold" : "warm"}-${items}`] = { onnx: written, given, how };
      }
    }
  }
  return { list, models, weights };
}

/** Times every cell `rounds` times after `warmUp` untimed rounds; all of one round, then the next. */
globalThis.compare = async ({ catalogue, bundle, sizes, rounds, warmUp }) => {
  if (!crossOriginIsolated) throw new Error("the page is not isolated: its clock would be coarse");
  const { list, models, weights } = await cells(catalogue, bundle, sizes);
  const times = list.map(() => []);
  for (let round = -warmUp; round < rounds; round++) {
    for (const [c, { before, run }] of list.entries()) {
      before();
      const started = performance.now();
      await run();
      const ms = performance.now() - started;
      if (round >= 0) times[c].push(ms);
    }
  }
  const plain = (value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);
  const json = (named) => Object.fromEntries(Object.entries(named).map(([name, { shape, data }]) => [name, { shape, data: plain(data), integers: data instanceof Int32Array }]));
  const { onnx, given, how } = models[`cold-${sizes[0]}`];
  return {
    cells: list.map(({ engine, simd, scope, items, cold }, c) => ({ engine, simd, scope, items, cold, times: times[c] })),
    load: { onnx: plain(onnx), inputs: json(given), weights: json(weights), how },
  };
};
document.documentElement.dataset.ready = "true";
