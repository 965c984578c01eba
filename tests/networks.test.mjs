// The networks other than the ranker in Chromium: predictions equal the trainer's native ones for the same reviews, visits,
// sessions and photos. `npm test` generates the shop, trains and exports; see scripts/stages.mjs.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { NETWORKS, WITHOUT_RELAXED_SIMD, openSite, skip } from "./site.mjs";

const TOLERANCE = 1e-4;

const missing = skip || (existsSync(join(NETWORKS, "bundle")) ? false : `${NETWORKS} is missing: npm test -- "networks bundle" writes it`);

let site;
before(async () => {
  if (!missing) site = await openSite();
});
after(() => site?.close());

const lines = async (name) => (await readFile(join(NETWORKS, name), "utf8")).trim().split("\n");
const json = async (name) => JSON.parse(await readFile(join(NETWORKS, name), "utf8"));

/** What `body` returns in a page that has a bundle's engine as `engine`. */
async function inPage(body, argument, bundle = "/networks/bundle/", options = {}) {
  const { page, close } = await site.module(options);
  try {
    await page.evaluate(async (bundle) => (globalThis.engine = await windowshop.load(bundle)), bundle);
    return await page.evaluate(body, argument);
  } finally {
    await close();
  }
}

function assertNear(found, expected, name) {
  for (const [label, value] of Object.entries(expected)) {
    assert.ok(Math.abs(found.probabilities[label] - value) < TOLERANCE, `${name}: ${JSON.stringify(found)}, natively ${JSON.stringify(expected)}`);
  }
}

test("a bundle without a ranker lists its networks and downloads them on first use", { skip: missing }, async () => {
  const { networks, groups, before, after, again, code } = await inPage(async () => {
    const files = () => performance.getEntriesByType("resource").map(({ name }) => name.split("/").pop()).filter((name) => name.endsWith(".safetensors"));
    const before = files();
    await engine.sentiment(["good"]);
    const after = files();
    await engine.sentiment(["bad"]);
    const code = await engine.rerank({ items: [{ id: "a" }] }).then(() => "no error", ({ code }) => code);
    return { ...engine.backendReport(), before, after, again: files(), code };
  });
  assert.deepEqual([networks, groups], [["sentiment", "intent", "sequence", "image", "generator"], []]);
  assert.deepEqual([before, after, again], [[], ["sentiment.safetensors"], ["sentiment.safetensors"]]);
  assert.equal(code, "network_missing");
});

test("sentiment predictions equal the trainer's", { skip: missing }, async () => {
  const native = (await lines("sentiment.jsonl")).map((line) => JSON.parse(line));
  const found = await inPage((texts) => engine.sentiment(texts), native.map(({ text }) => text));
  for (const [i, { text, named, probabilities }] of native.entries()) {
    assertNear(found[i], probabilities, text);
    assert.equal(found[i].label, named, text);
  }
});

test("intent predictions of rows equal the trainer's", { skip: missing }, async () => {
  const native = (await lines("intent.jsonl")).map((line) => JSON.parse(line));
  const found = await inPage(async (rows) => {
    const out = [];
    for (const row of rows) out.push(await engine.intent(row));
    return out;
  }, native.map(({ cells }) => cells));
  for (const [i, { cells, named, probabilities }] of native.entries()) {
    assertNear(found[i], probabilities, JSON.stringify(cells));
    assert.equal(found[i].label, named);
  }
  const empty = await inPage(() => engine.intent({}));
  assert.ok(Math.abs(Object.values(empty.probabilities).reduce((a, b) => a + b) - 1) < TOLERANCE);
});

test("an intent network that reads rows rejects a call without a row", { skip: missing }, async () => {
  const { code, message } = await inPage(() => engine.intent().catch(({ code, message }) => ({ code, message })));
  assert.equal(code, "intent_needs_row");
  assert.match(message, /pass a row with pages, seconds, browser, weekend/);
});

test("intent predictions of tracked events equal the trainer's and store nothing", { skip: missing }, async () => {
  const native = (await lines("visits/intent.jsonl")).map((line) => JSON.parse(line)).slice(0, 80);
  const { found, databases, codes } = await inPage(async (visits) => {
    const code = (promise) => promise.then(() => "no error", ({ code }) => code);
    const codes = [await code(engine.intent())];
    const found = [];
    for (const events of visits) {
      await engine.profile.clear();
      for (const event of events) await engine.track(event);
      // The page's clock is set to a minute after the last event.
      const now = Date.now;
      Date.now = () => events.at(-1).timestampMs + 60_000;
      found.push(await engine.intent());
      Date.now = now;
    }
    codes.push(await code(engine.intent()));
    await engine.track({ type: "purchase", itemId: "i0" });
    codes.push(await code(engine.intent()));
    return { found, codes, databases: await indexedDB.databases() };
  }, native.map(({ events }) => events), "/networks/visits/bundle/");
  for (const [i, { events, named, probabilities }] of native.entries()) {
    assertNear(found[i], probabilities, JSON.stringify(events));
    assert.equal(found[i].label, named);
  }
  assert.deepEqual(codes, ["intent_empty_visit", "intent_empty_visit", "intent_empty_visit"], "before, long after, and right after a purchase");
  assert.deepEqual(databases, [], "nothing is stored before consent");
  const { auc } = await json("visits/intent.json");
  assert.ok(auc > 0.72, `there is something to learn: ${auc}`);
});

test("recommendations equal the trainer's", { skip: missing }, async () => {
  const sessions = (await lines("shop/next.tsv")).map((line) => line.split("\t")).map(([items, next]) => ({ items: items.split(" "), next }));
  const ranks = await inPage(async (sessions) => {
    const out = [];
    for (const { items, next } of sessions) {
      await engine.profile.clear();
      for (const [timestampMs, itemId] of items.entries()) await engine.track({ type: "click", itemId, timestampMs });
      const found = await engine.recommend({ topN: 20 });
      out.push(found.findIndex(({ id }) => id === next) + 1);
    }
    return out;
  }, sessions);
  const metrics = await json("sequence.json");
  const mean = (value) => ranks.reduce((sum, rank) => sum + value(rank), 0) / ranks.length;
  assert.ok(Math.abs(mean((rank) => Number(rank > 0)) - metrics["p@20"]) < 1e-3, `p@20 ${mean((rank) => Number(rank > 0))}, natively ${metrics["p@20"]}`);
  assert.ok(Math.abs(mean((rank) => (rank ? 1 / rank : 0)) - metrics["mrr@20"]) < 1e-3);
  assert.ok(metrics["mrr@20"] > 0.5, "there is an order to learn");
});

test("image predictions equal the trainer's", { skip: missing }, async () => {
  const [images, labels] = await Promise.all(["test-images.idx3-ubyte", "test-labels.idx1-ubyte"].map((name) => readFile(join(NETWORKS, "shop", name))));
  const pixels = Array.from({ length: labels.length - 8 }, (_, i) => [...images.subarray(16 + i * 784, 16 + (i + 1) * 784)]);
  const found = await inPage(async (pixels) => {
    const out = [];
    for (const grey of pixels) {
      const photo = new ImageData(28, 28);
      grey.forEach((value, i) => photo.data.set([value, value, value, 255], 4 * i));
      const embedding = await engine.embedImage(photo);
      out.push({ ...(await engine.classifyImage(photo)), length: Math.hypot(...embedding) });
    }
    return out;
  }, pixels);
  const names = ["bars", "disc", "stripes"];
  const right = found.filter(({ label }, i) => label === names[labels[8 + i]]).length / found.length;
  const { accuracy } = await json("image.json");
  assert.equal(right, accuracy);
  assert.ok(accuracy > 0.9, `${accuracy}`);
  for (const { length } of found) assert.ok(Math.abs(length - 1) < 1e-3);
});

/** The red channel of pictures of these labels and seeds, and what `generatorLabels` says. */
const generated = async (wanted) => {
  const pictures = [];
  for (const { label, seed } of wanted) {
    const { image, ...mark } = await engine.generate({ label, seed });
    pictures.push({ red: [...image.data].filter((_, i) => i % 4 === 0), side: [image.width, image.height], opaque: [...image.data].every((value, i) => i % 4 < 3 || value === 255), mark });
  }
  return { pictures, labels: await engine.generatorLabels(), simd: engine.backendReport().simd };
};

for (const [simd, script] of [["relaxed", undefined], ["simd128", WITHOUT_RELAXED_SIMD]]) {
  test(`generated images equal the trainer's for the same seeds (${simd})`, { skip: missing }, async () => {
    const native = (await lines("gan.jsonl")).map((line) => JSON.parse(line));
    const found = await inPage(generated, native, "/networks/bundle/", { script });
    assert.deepEqual([found.simd, found.labels], [simd, ["bars", "disc", "stripes"]]);
    for (const [i, { label, seed, pixels }] of native.entries()) {
      const { red, side, opaque, mark } = found.pictures[i];
      assert.deepEqual([side, opaque, mark], [[28, 28], true, { label, seed, generated: true }]);
      // A sum in another order may round to the adjacent value.
      const off = red.map((value, at) => Math.abs(value - pixels[at]));
      assert.ok(Math.max(...off) <= 1, `${label}, seed ${seed}: off by ${Math.max(...off)}`);
      assert.ok(off.filter(Boolean).length <= off.length / 50, `${label}, seed ${seed}: ${off.filter(Boolean).length} of ${off.length} differ`);
    }
    const again = await inPage(generated, native, "/networks/bundle/", { script });
    assert.deepEqual(again, found);
    assert.equal(new Set(found.pictures.map(({ red }) => red.join())).size, native.length, "every label and seed has a picture of its own");
  });
}

test("an unknown category is an error that lists the known ones", { skip: missing }, async () => {
  const { code, message } = await inPage(() => engine.generate({ label: "Strip", seed: 1 }).catch(({ code, message }) => ({ code, message })));
  assert.equal(code, "invalid_argument");
  assert.equal(message, "label: found `Strip`, expected one of bars, disc, stripes (did you mean stripes?)");
});

test("an undecodable photo is an error", { skip: missing }, async () => {
  const code = await inPage(() => engine.embedImage(new Blob(["not a picture"])).then(() => "no error", ({ code }) => code));
  assert.equal(code, "image_unreadable");
});
