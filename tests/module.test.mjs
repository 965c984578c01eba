// The npm module alone in Chromium, with the content security policy of its README.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { BUNDLE, WITHOUT_RELAXED_SIMD, openSite, skip } from "./site.mjs";

let site;
before(async () => {
  if (!skip) site = await openSite();
});
after(() => site?.close());

/** What `body` returns in a page that has the module as `windowshop`. */
const inPage = async (body, argument, options) => (await site.inModule(body, argument, options)).value;

/** Re-ranks made-up items; `how` are the options of `load`. */
const ranking = async (how) => {
  const engine = await windowshop.load("/store/bundle/", how);
  await engine.track({ type: "click", itemId: "made-up-3" });
  const { results } = await engine.rerank({ query: "red mug", items: someItems(200) });
  return { report: engine.backendReport(), results };
};

test("the worker and the page's thread give equal results", { skip }, async () => {
  const [worker, own] = [await inPage(ranking, { worker: true }), await inPage(ranking, { worker: false })];
  assert.deepEqual([worker.report.worker, own.report.worker], [true, false]);
  assert.deepEqual(worker.results, own.results);
});

test("the build with relaxed SIMD agrees with the plain one", { skip }, async () => {
  const [relaxed, plain] = [await inPage(ranking, {}), await inPage(ranking, {}, { script: WITHOUT_RELAXED_SIMD })];
  assert.deepEqual([relaxed.report.simd, plain.report.simd], ["relaxed", "simd128"]);
  const scores = ({ results }) => new Map(results.map(({ id, relevanceScore }) => [id, relevanceScore]));
  const expected = scores(plain);
  for (const [id, score] of scores(relaxed)) assert.ok(Math.abs(score - expected.get(id)) < 1e-4, id);
});

test("without wasm SIMD the engine returns the shop's order", { skip }, async () => {
  const { report, results } = await inPage(ranking, {}, { script: "WebAssembly.validate = () => false" });
  assert.deepEqual([report.backend, report.simd], ["none", "none"]);
  assert.deepEqual(results.map(({ index }) => index), Array.from({ length: 200 }, (_, i) => i));
});

test("without WebGPU the CPU engine is used", { skip }, async () => {
  // This removes WebGPU from the page's thread only, not from a worker.
  const script = "delete Navigator.prototype.gpu";
  const { report, results } = await inPage(ranking, { backend: "auto", worker: false }, { script });
  assert.equal(report.backend, "cpu");
  assert.equal(results.length, 200);
});

test("if no worker can start, the engine runs on the page's thread", { skip }, async () => {
  const { report } = await inPage(ranking, { workerUrl: "/nowhere/worker.js" });
  assert.equal(report.worker, false);
});

test("the report has the manifest's metrics and that the behaviour was simulated", { skip }, async () => {
  const { report } = await inPage(ranking, {});
  const { ranker } = JSON.parse(await readFile(join(BUNDLE, "manifest.json"), "utf8"));
  assert.equal(report.simulated, ranker.card.simulated);
  assert.deepEqual(report.groups, ranker.groups);
  assert.deepEqual(report.metrics, ranker.metrics);
});

const codes = {
  "a bundle behind a 404": ["bundle_not_found", () => codeOf(windowshop.load("/nowhere/"))],
  "a page of HTML in place of a manifest": ["bundle_corrupt", () => codeOf(windowshop.load("/pages/module.html?"))],
  "a truncated file": ["bundle_corrupt", () => codeOf(windowshop.load("/broken/"))],
  "a truncated file on the page's own thread": ["bundle_corrupt", () => codeOf(windowshop.load("/broken/", { worker: false }))],
  "wasm files that are not served": ["wasm_unavailable", () => codeOf(windowshop.load("/store/bundle/", { wasmUrl: "/nowhere/" }))],
  "a load that was given up before": ["aborted", () => codeOf(windowshop.load("/store/bundle/", { signal: AbortSignal.abort() }))],
  "a load that is given up on the way": [
    "aborted",
    () => {
      const abort = new AbortController();
      return codeOf(windowshop.load("/store/bundle/", { signal: abort.signal, onProgress: () => abort.abort() }));
    },
  ],
  "a request that is given up on the way": [
    "aborted",
    async () => {
      const engine = await windowshop.load("/store/bundle/");
      const abort = new AbortController();
      const request = engine.rerank({ items: someItems(5000), signal: abort.signal });
      abort.abort();
      return codeOf(request);
    },
  ],
  "10,001 items": ["too_many_items", async () => codeOf((await windowshop.load("/store/bundle/")).rerank({ items: someItems(10_001) }))],
  "10,000 items": ["no error", async () => codeOf((await windowshop.load("/store/bundle/")).rerank({ items: someItems(10_000) }))],
  "a request after the end": [
    "disposed",
    async () => {
      const engine = await windowshop.load("/store/bundle/");
      await engine.dispose();
      return codeOf(engine.rerank({ items: [] }));
    },
  ],
};
for (const [name, [code, body]] of Object.entries(codes)) {
  test(`${name} gives ${code}`, { skip }, async () => assert.equal(await inPage(body), code));
}

test("unusual queries are no error and an empty query counts as none", { skip }, async () => {
  const [none, ...others] = await inPage(async () => {
    const engine = await windowshop.load("/store/bundle/");
    const orders = [];
    for (const query of [undefined, "", " ", "🎸🔥", "红".repeat(50_000), "tea ".repeat(25_000)]) {
      const { results } = await engine.rerank({ ...(query !== undefined && { query }), items: someItems(50) });
      orders.push(results.map(({ index }) => index));
    }
    return orders;
  });
  assert.deepEqual(others.slice(0, 2), [none, none]);
  for (const order of others) assert.deepEqual([...order].sort((a, b) => a - b), Array.from({ length: 50 }, (_, i) => i));
});

test("a query of 100 kB takes milliseconds", { skip }, async () => {
  const times = await inPage(async () => {
    const engine = await windowshop.load("/store/bundle/");
    const times = {};
    for (const part of ["red mug ", "红", "🎸", "e\u0301\u0301", "\u0301", "&amp;", "x1"]) {
      const request = { query: part.repeat(100_000 / part.length), items: someItems(200) };
      const runs = [];
      for (let i = 0; i < 4; i++) runs.push((await engine.rerank(request)).timing.totalMs);
      times[part] = Math.min(...runs);
    }
    return times;
  });
  // Only 2,000 characters are read, which takes a few milliseconds; the bound allows for a busy machine.
  for (const [part, ms] of Object.entries(times)) assert.ok(ms < 1000, `${part}: ${ms} ms`);
});

test("a latency budget of 0 returns the shop's order", { skip }, async () => {
  const { backend, timing, results } = await inPage(async () =>
    (await windowshop.load("/store/bundle/")).rerank({ items: someItems(3000), latencyBudgetMs: 0 }),
  );
  assert.deepEqual([backend, timing.fallback], ["none", "latency_budget"]);
  assert.deepEqual(results.map(({ index }) => index), Array.from({ length: 3000 }, (_, i) => i));
});

test("progress ends at the manifest's total, and a second visit downloads the manifest only", { skip }, async () => {
  const { page, close } = await site.module();
  const visit = () =>
    page.evaluate(async () => {
      let last;
      await (await windowshop.load("/store/bundle/", { onProgress: (progress) => (last = progress) })).dispose();
      return last;
    });
  const first = await visit();
  assert.ok(first.totalBytes > 0);
  assert.equal(first.loadedBytes, first.totalBytes);
  await page.waitForFunction(async () => (await (await caches.open("windowshop-bundles")).keys()).length > 0);
  const asked = [];
  page.on("request", (request) => request.url().includes("/store/bundle/") && asked.push(new URL(request.url()).pathname));
  const second = await visit();
  assert.equal(second.loadedBytes, second.totalBytes);
  assert.deepEqual(asked, ["/store/bundle/manifest.json"]);
  await close();
});
