// In the page: scores the same lists with every runtime in alternation, so that noise of the machine affects all equally.
import { forward, heads, inputs } from "./network.js";
import { model } from "./onnx.mjs";
import * as ortWasm from "./ort-wasm.js";
import * as ortWebgpu from "./ort-webgpu.js";
import { NETWORK_FILES } from "../../web/src/schema";
import { parse } from "./safetensors.js";
import * as tfjs from "./tfjs.js";

/** Tolerance for f32 sums in another order, relative. */
const TOLERANCE = 1e-3;
const QUERY = "red mug";
/** The visitor's clicks, as indices of the list's items. */
const CLICKED = [3, 1, 4, 15, 9];

const bytes = async (url) => (await fetch(url)).arrayBuffer();

/** The engine without the npm module. */
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
      throw new Error(`${engine} does not compute the same function: item ${i} scores ${found[i]}, expected ${score}`);
    }
  }
}

/** A list as the engine's prepared input and as plain tensors, and its expected scores. */
function prepare(engine, catalogue, items) {
  for (const [i, index] of CLICKED.entries()) engine.track({ type: "click", itemId: catalogue[index].id, timestampMs: i }, i);
  const shown = Array.from({ length: items }, (_, i) => ({ ...catalogue[i % catalogue.length], id: i < catalogue.length ? catalogue[i].id : `copy-${i}` }));
  const handles = engine.registerItems(shown);
  const prepared = engine.prepare(handles, { query: QUERY });
  const expected = engine.score(prepared);
  const parts = prepared.tensors();
  const tensors = { ...parts, items: engine.itemInputs(handles), encoded: engine.representations(handles) };
  return { handles, prepared, expected, parts, tensors };
}

/** Every measurement on the CPU as `{ engine, simd, scope, items, cold, before, run }`; `before` is not timed. */
async function cpuCells({ catalogue, bundle, sizes, weights, manifest }) {
  const list = [];
  const models = {};
  await tfjs.start("/tfjs/");
  for (const simd of ["simd128", "relaxed"]) {
    const engine = await openEngine(simd === "relaxed" ? "cpu-relaxed" : "cpu", bundle);
    for (const items of sizes) {
      const { handles, prepared, expected, tensors } = prepare(engine, catalogue, items);
      for (const cold of [true, false]) {
        const before = cold ? () => engine.clearRepresentations() : () => {};
        const row = { engine: "windowshop-cpu", simd, items, cold };
        list.push({ ...row, scope: "network", before, run: () => engine.score(prepared) });
        list.push({ ...row, scope: "request", before, run: () => engine.rerank(handles, { query: QUERY }) });
      }
      if (simd === "relaxed") continue;
      for (const cold of [true, false]) {
        const how = { cold, present: tensors.present, heads: heads(manifest.ranker, weights) };
        const given = inputs(tensors, handles, weights, how);
        const written = model(forward, weights, given, how);
        const runs = {
          "ort-wasm": ortWasm.runner(await ortWasm.open(written, "/ort/"), given),
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
  return { list, models };
}

/** Every measurement on the GPU. Reading the result back is part of it. */
async function gpuCells({ catalogue, bundle, sizes, weights, manifest: { ranker } }) {
  const list = [];
  const engine = await openEngine("cpu", bundle);
  const { default: init, WasmGpu } = await import("/glue/gpu/windowshop_engine_gpu.js");
  await init({ module_or_path: "/glue/gpu/windowshop_engine_gpu_bg.wasm" });
  const manifest = await (await fetch(`${bundle}manifest.json`)).text();
  const gpu = await WasmGpu.load(manifest, new Uint8Array(await bytes(`${bundle}ranker.safetensors`)), () => {});
  for (const items of sizes) {
    const { handles, expected, parts, tensors } = prepare(engine, catalogue, items);
    for (const cold of [true, false]) {
      const before = cold ? () => gpu.clearRepresentations() : () => {};
      const width = tensors.items.length / handles.length;
      const run = async () => {
        const missing = gpu.missing(handles);
        // Those of a shorter list are there already; handles were given out in the order of the list.
        if (missing.length > 0) gpu.add(missing, tensors.items.subarray((handles.length - missing.length) * width));
        return (await gpu.score(parts)).scores;
      };
      equal(await run(), expected, "windowshop-gpu");
      list.push({ engine: "windowshop-gpu", simd: "webgpu", scope: "network", items, cold, before, run });
      const how = { cold, present: tensors.present, heads: heads(ranker, weights) };
      const given = inputs(tensors, handles, weights, how);
      const written = model(forward, weights, given, how);
      const ortRun = ortWebgpu.runner(await ortWebgpu.open(written, "/ort/"), given);
      equal(await ortRun(), expected, "ort-webgpu");
      list.push({ engine: "ort-webgpu", simd: "webgpu", scope: "network", items, cold, before: () => {}, run: ortRun });
    }
  }
  return { list, models: {}, adapter: gpu.adapter() };
}

/** Times every cell `rounds` times after `warmUp` untimed rounds; all of one round, then the next. */
globalThis.compare = async ({ catalogue, bundle, sizes, rounds, warmUp, gpu }) => {
  if (!crossOriginIsolated) throw new Error("the page is not isolated: its clock would be coarse");
  const manifest = await (await fetch(`${bundle}manifest.json`)).json();
  const weights = parse(await bytes(`${bundle}${Object.keys(manifest.files).find((name) => name.startsWith("ranker"))}`));
  const { list, models, adapter } = await (gpu ? gpuCells : cpuCells)({ catalogue, bundle, sizes, weights, manifest });
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
  const timed = list.map(({ engine, simd, scope, items, cold }, c) => ({ engine, simd, scope, items, cold, times: times[c] }));
  if (gpu) return { cells: timed, adapter };
  const plain = (value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);
  const json = (named) => Object.fromEntries(Object.entries(named).map(([name, { shape, data }]) => [name, { shape, data: plain(data), integers: data instanceof Int32Array }]));
  const { onnx, given, how } = models[`cold-${sizes[0]}`];
  return {
    cells: timed,
    load: { onnx: plain(onnx), inputs: json(given), weights: json(weights), how },
  };
};

/** Milliseconds of `run` with a network open, for each SIMD build, in alternation. */
async function alternate({ bundle, rounds, warmUp }, network, open, run) {
  const engines = {};
  for (const simd of ["simd128", "relaxed"]) {
    engines[simd] = await openEngine(simd === "relaxed" ? "cpu-relaxed" : "cpu", bundle);
    engines[simd].openNetwork(network, new Uint8Array(await bytes(`${bundle}${NETWORK_FILES[network]}`)));
    open(engines[simd]);
  }
  const times = Object.fromEntries(Object.keys(engines).map((simd) => [simd, []]));
  for (let round = -warmUp; round < rounds; round++) {
    for (const [simd, engine] of Object.entries(engines)) {
      const started = performance.now();
      run(engine, round);
      if (round >= 0) times[simd].push(performance.now() - started);
    }
  }
  return times;
}

/** Times the recommendation of next items after five clicks, among all items of the bundle's network. */
globalThis.recommend = async ({ topN, ...how }) => {
  const open = (engine) => CLICKED.forEach((index, i) => engine.track({ type: "click", itemId: `i${index}`, timestampMs: i }, i));
  return alternate(how, "sequence", open, (engine) => {
    const { ids } = engine.recommend(topN, []);
    if (ids.length !== topN) throw new Error(`${ids.length} items recommended, expected ${topN}`);
  });
};

/** Times the generation of an image. */
globalThis.generate = async (how) => {
  let labels;
  return alternate(how, "generator", (engine) => (labels = engine.generatorLabels()), (engine, round) => {
    const seed = round + how.warmUp;
    const { side, pixels } = engine.generate(labels[seed % labels.length], seed);
    if (pixels.length !== side * side * 4) throw new Error(`${pixels.length} numbers, expected an image of ${side} x ${side}`);
  });
};

document.documentElement.dataset.ready = "true";
