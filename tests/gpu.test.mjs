// The GPU build in Chromium, on a software WebGPU adapter.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { SOFTWARE_WEBGPU } from "./chromium.mjs";
import { GPU, RANKED, openSite, skip as unbuilt } from "./site.mjs";

const skip = unbuilt || (!existsSync(GPU) && `${GPU} is missing: cargo xtask wasm --gpu && npm run build:web`);

/** Relative tolerance of f32 sums on a GPU. */
const TOLERANCE = 1e-3;

/** Lists of each dataset; a software GPU takes about a second per list. */
const LISTS = 25;

let site, plain;
before(async () => {
  if (skip) return;
  [site, plain] = [await openSite(SOFTWARE_WEBGPU), await openSite()];
});
after(async () => {
  await site?.close();
  await plain?.close();
});

/** Runs `body` in a page that has the module as `windowshop`; returns its result and the page's requests. */
async function inPage(body, argument, { at = site, ...options } = {}) {
  const { value, requests } = await at.inModule(body, argument, options);
  return { ...value, requests };
}

const ofGpu = (requests) => requests.filter((path) => path.includes("windowshop-gpu"));

/** The same request to engines on both backends, with a query and a session. */
const compare = async ({ bundle, lists }) => {
  const engines = [await windowshop.load(bundle, { backend: "cpu" }), await windowshop.load(bundle, { backend: "gpu" })];
  const answers = [];
  for (const { query, items, session } of lists) {
    const pair = [];
    for (const engine of engines) {
      await engine.profile.clear();
      for (const [i, { type, itemId }] of session.entries()) await engine.track({ type, itemId, timestampMs: i });
      const { results, backend } = await engine.rerank({ items, ...(query && { query }) });
      const scores = new Array(items.length);
      for (const { index, relevanceScore } of results) scores[index] = relevanceScore;
      pair.push({ backend, scores, order: results.map(({ index }) => index), reasons: results.map(({ reasons }) => reasons) });
    }
    answers.push(pair);
  }
  return { answers, report: engines[1].backendReport() };
};

/** Equal scores; an order that differs only where scores are equal; equal contributions. */
function assertEqual([cpu, gpu]) {
  assert.deepEqual([cpu.backend, gpu.backend], ["cpu", "gpu"]);
  const near = (a, b) => Math.abs(a - b) <= TOLERANCE * (1 + Math.abs(b));
  for (const [i, score] of cpu.scores.entries()) assert.ok(near(gpu.scores[i], score), `item ${i}: ${gpu.scores[i]} on the GPU, ${score} on the CPU`);
  for (const [place, index] of cpu.order.entries()) assert.ok(near(cpu.scores[gpu.order[place]], cpu.scores[index]), `place ${place}`);
}

test("WebGPU gives the CPU's scores, order and reasons", { skip }, async () => {
  const items = Array.from({ length: 200 }, (_, i) => ({ id: `item-${i}`, title: ["Red mug", "Blue hat", "绿色 茶壶"][i % 3] + ` ${i}`, price: 1 + i }));
  const session = [{ type: "click", itemId: "item-3" }, { type: "cart", itemId: "item-7" }];
  const lists = [{ query: "red mug", items, session }, { items, session }, { query: "茶壶", items, session: [] }, { items: items.slice(0, 1), session: [] }];
  const { answers, report, requests } = await inPage(compare, { bundle: "/store/bundle/", lists });
  answers.forEach(assertEqual);
  const [cpu, gpu] = answers[0].map(({ reasons }) => new Map(reasons[0].map(({ group, contribution }) => [group, contribution])));
  for (const [group, contribution] of cpu) assert.ok(Math.abs(gpu.get(group) - contribution) < 1e-2, group);
  assert.deepEqual([report.backend, report.gpu.state], ["gpu", "used"]);
  assert.equal(ofGpu(requests).length, 2, "the GPU build is two files");
});

for (const name of ["search-relevance", "rerank-games"]) {
  const file = join(RANKED, name, "lists.jsonl");
  const missing = skip || (existsSync(file) ? false : `${file} is missing: npm test -- "real bundles" writes it`);
  test(`${name}: WebGPU gives the CPU's scores on its lists`, { skip: missing }, async () => {
    const lists = (await readFile(file, "utf8")).trim().split("\n").slice(0, LISTS).map((line) => JSON.parse(line));
    const { answers } = await inPage(compare, { bundle: `/lists/${name}/bundle/`, lists });
    assert.equal(answers.length, LISTS);
    answers.forEach(assertEqual);
  });
}

test("WebGPU makes the CPU's pictures", { skip }, async () => {
  const { pictures, labels, backend } = await inPage(async () => {
    const engines = [await windowshop.load("/store/bundle/", { backend: "cpu" }), await windowshop.load("/store/bundle/", { backend: "gpu" })];
    const labels = await engines[1].generatorLabels();
    const pictures = [];
    for (const [seed, label] of labels.slice(0, 3).entries()) {
      const pair = [];
      for (const engine of engines) {
        const started = performance.now();
        const { image } = await engine.generate({ label, seed });
        pair.push({ pixels: [...image.data], ms: performance.now() - started });
      }
      pictures.push(pair);
    }
    return { pictures, labels, backend: engines[1].backendReport().backend };
  });
  assert.equal(backend, "gpu");
  for (const [i, [cpu, gpu]] of pictures.entries()) {
    const off = cpu.pixels.map((value, at) => Math.abs(value - gpu.pixels[at]));
    assert.ok(Math.max(...off) <= 1, `${labels[i]}: off by ${Math.max(...off)}`);
    console.log(`${labels[i]}: ${gpu.ms.toFixed(0)} ms on the software GPU, ${cpu.ms.toFixed(1)} ms on the CPU`);
  }
});

test("a GPU that is lost in the middle of a request is replaced by the CPU, and the request answered", { skip }, async () => {
  // Keeps the device that the engine opens, so that the test can take it away.
  const script = `{
    const { requestDevice } = GPUAdapter.prototype;
    GPUAdapter.prototype.requestDevice = async function (...how) {
      return (globalThis.device = await requestDevice.apply(this, how));
    };
  }`;
  const { expected, before, during, next, report } = await inPage(
    async () => {
      const engine = await windowshop.load("/store/bundle/", { backend: "gpu", worker: false });
      const request = { query: "red mug", items: someItems(100) };
      const brief = ({ backend, results }) => ({ backend, ids: results.map(({ id }) => id) });
      const expected = brief(await (await windowshop.load("/store/bundle/", { backend: "cpu" })).rerank(request));
      const before = brief(await engine.rerank(request));
      const pending = engine.rerank({ ...request, items: someItems(3000) });
      globalThis.device.destroy();
      const during = brief(await pending);
      return { expected, before, during, next: brief(await engine.rerank(request)), report: engine.backendReport() };
    },
    undefined,
    { script },
  );
  assert.equal(before.backend, "gpu");
  assert.deepEqual([during.backend, during.ids.length], ["cpu", 3000]);
  assert.deepEqual(next, expected);
  assert.deepEqual([report.backend, report.gpu.state], ["cpu", "lost"]);
  assert.ok(report.gpu.reason.length > 0);
});

test("a race is run once a device and bundle, and what it found is kept", { skip }, async () => {
  const { page, close } = await site.module();
  const requests = [];
  page.on("request", (request) => requests.push(new URL(request.url()).pathname));
  const visit = (backend) =>
    page.evaluate(async (backend) => (await windowshop.load("/store/bundle/", { backend })).backendReport(), backend);
  const first = await visit("race");
  assert.ok(["used", "slower"].includes(first.gpu.state));
  assert.equal(first.gpu.state === "used", first.gpu.race.gpuMs < first.gpu.race.cpuMs);
  const downloaded = ofGpu(requests).length;
  for (const backend of ["race", "auto"]) assert.deepEqual((await visit(backend)).gpu.race, first.gpu.race);
  if (first.gpu.state === "slower") assert.equal(ofGpu(requests).length, downloaded, "a loser is not downloaded again");
  await close();
});

for (const backend of ["auto", "cpu"]) {
  test(`${backend} does not download the GPU build`, { skip }, async () => {
    const { report, requests } = await inPage(async (backend) => ({ report: (await windowshop.load("/store/bundle/", { backend })).backendReport() }), backend);
    assert.deepEqual([report.backend, report.gpu.state], ["cpu", "unused"]);
    assert.deepEqual(ofGpu(requests), []);
  });
}

test("a page without WebGPU refuses the GPU by code, and every other choice runs on the CPU", { skip }, async () => {
  const script = "delete Navigator.prototype.gpu";
  const asked = async () => {
    const codes = {};
    const states = {};
    codes.gpu = await codeOf(windowshop.load("/store/bundle/", { backend: "gpu" }));
    for (const backend of ["race", "auto", "cpu"]) {
      const { backend: used, gpu } = (await windowshop.load("/store/bundle/", { backend, worker: false })).backendReport();
      states[backend] = [used, gpu.state];
    }
    return { codes, states };
  };
  const { codes, states } = await inPage(asked, undefined, { at: plain, script });
  assert.equal(codes.gpu, "gpu_unavailable");
  assert.deepEqual(states, { race: ["cpu", "unavailable"], auto: ["cpu", "unused"], cpu: ["cpu", "unused"] });
});
