// Lists re-ranked in Chromium: scores and metrics equal the trainer's native ones.
// `npm test` trains the bundles and writes the lists; see scripts/stages.mjs.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { ndcg, pairwise, squaredErrors } from "./metrics.mjs";
import { RANKED, openSite, skip } from "./site.mjs";

/** Weights are rounded to f16 in the bundle and are not in the run; scores lie on the scale of the grades, or are probabilities. */
const SCORE_TOLERANCE = 0.01;
/** Near ties may change places. */
const METRIC_TOLERANCE = 0.002;

let site;
before(async () => {
  if (!skip) site = await openSite();
});
after(() => site?.close());

/** Why a store's lists cannot be compared, or false. */
function missing(name) {
  const file = join(RANKED, name, "lists.jsonl");
  return skip || (existsSync(file) ? false : `${file} is missing: npm test -- "sample bundle" "real bundles" writes it`);
}

/** Scores in the order of each list's items, as the page got them. */
async function inChromium(name, lists) {
  const { page, close } = await site.module();
  await page.evaluate(async (url) => (globalThis.engine = await windowshop.load(url)), `/lists/${name}/bundle/`);
  const all = [];
  for (const { query, items, session } of lists) {
    all.push(
      await page.evaluate(
        async ({ query, items, session }) => {
          await engine.profile.clear();
          for (const [i, { type, itemId }] of session.entries()) await engine.track({ type, itemId, timestampMs: i });
          const { results, backend } = await engine.rerank({ items, ...(query && { query }) });
          if (backend !== "cpu") throw new Error(`the engine did not answer: ${backend}`);
          const order = results.map(({ index }) => index);
          const scores = new Array(items.length);
          for (const { index, relevanceScore } of results) scores[index] = relevanceScore;
          return { order, scores };
        },
        { query, items, session },
      ),
    );
  }
  await close();
  return all;
}

async function read(name) {
  const text = (file) => readFile(join(RANKED, name, file), "utf8");
  return {
    lists: (await text("lists.jsonl")).trim().split("\n").map((line) => JSON.parse(line)),
    native: JSON.parse(await text("metrics.json")),
    ranker: JSON.parse(await text("bundle/manifest.json")).ranker,
  };
}

const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;

function near(found, expected, name) {
  assert.ok(Math.abs(found - expected) <= METRIC_TOLERANCE, `${name}: ${found} in Chromium, ${expected} natively`);
}

/** Are the scores that the page got those that the trainer gave, as probabilities? */
function sameProbabilities(found, lists, { slope, intercept }) {
  for (const [i, { scores }] of lists.entries()) {
    for (const [item, score] of scores.entries()) {
      const expected = 1 / (1 + Math.exp(-(slope * score + intercept)));
      assert.ok(Math.abs(found[i].scores[item] - expected) <= SCORE_TOLERANCE, `list ${i}, item ${item}: ${found[i].scores[item]}, natively ${expected}`);
    }
  }
}

const simulated = "sample";
test(`${simulated}: Chromium has the trainer's review features of each item`, { skip: missing(simulated) }, async () => {
  const { lists, ranker } = await read(simulated);
  assert.ok(ranker.groups.includes("reviews"));
  // Of the session's other items this page has only the titles; the trainer has the prices, too.
  const fresh = lists.filter(({ session }) => session.length === 0);
  assert.ok(fresh.length > 30, `${fresh.length} lists`);
  sameProbabilities(await inChromium(simulated, fresh), fresh, ranker.calibration);
});

const networks = "groups";
test(`${networks}: Chromium has the trainer's image embeddings and purchase intent`, { skip: missing(networks) }, async () => {
  const { lists, ranker } = await read(networks);
  assert.deepEqual(["visual", "intent"].filter((group) => !ranker.groups.includes(group)), []);
  const known = new Map(lists.flatMap(({ items }) => items.map((item) => [item.id, item])));
  const visited = lists.filter(({ visit }) => visit?.events.every(({ itemId }) => known.has(itemId)));
  assert.ok(visited.length > 10, `${visited.length} lists`);
  const { page, close } = await site.module();
  const found = await page.evaluate(
    async ([url, known, lists]) => {
      // On the page's thread: the engine reads the page's clock, which is set to the time of each list.
      const engine = await windowshop.load(url, { worker: false });
      await engine.rerank({ items: known });
      const out = [];
      const now = Date.now;
      for (const { query, items, visit } of lists) {
        await engine.profile.clear();
        for (const event of visit.events) await engine.track(event);
        Date.now = () => visit.nowMs;
        const { results } = await engine.rerank({ items, ...(query && { query }) });
        const { probabilities } = await engine.intent();
        Date.now = now;
        const scores = new Array(items.length);
        const spread = Object.fromEntries(["visual", "intent"].map((group) => [group, 0]));
        for (const { index, relevanceScore, reasons } of results) {
          scores[index] = relevanceScore;
          for (const { group, contribution } of reasons) if (group in spread) spread[group] += Math.abs(contribution);
        }
        out.push({ scores, spread, purchase: probabilities.purchase });
      }
      const fetched = performance.getEntriesByType("resource").map(({ name }) => name.split("/").pop());
      return { out, fetched: fetched.filter((name) => name.endsWith(".safetensors")).sort() };
    },
    [`/lists/${networks}/bundle/`, [...known.values()], visited],
  );
  await close();
  assert.deepEqual(found.fetched, ["intent.safetensors", "ranker.safetensors", "statistics.safetensors"], "each once, and no image network");
  sameProbabilities(found.out, visited, ranker.calibration);
  for (const [i, { visit }] of visited.entries()) {
    assert.ok(Math.abs(found.out[i].purchase - visit.purchase) < SCORE_TOLERANCE, `list ${i}: ${found.out[i].purchase}, natively ${visit.purchase}`);
  }
  for (const group of ["visual", "intent"]) assert.ok(found.out.some(({ spread }) => spread[group] > 1e-3), `${group} says nothing`);
});

const graded = "search-relevance";
test(`${graded}: Chromium reproduces the trainer's RMSE, pairwise accuracy and NDCG@10`, { skip: missing(graded) }, async () => {
  const { lists, native, ranker } = await read(graded);
  const { min, max } = ranker.calibration.scale;
  const found = await inChromium(graded, lists);
  for (const [i, { scores }] of lists.entries()) {
    for (const [item, score] of scores.entries()) {
      const expected = Math.min(Math.max(score, min), max);
      assert.ok(Math.abs(found[i].scores[item] - expected) <= SCORE_TOLERANCE, `list ${i}, item ${item}: ${found[i].scores[item]}, natively ${expected}`);
    }
  }
  const rows = lists.map(({ grades, scores }, i) => ({ grades, native: scores, ...found[i] }));
  near(Math.sqrt(mean(rows.flatMap(squaredErrors))), native.rmse, "rmse");
  const pairs = rows.map(pairwise);
  const sum = (key) => pairs.reduce((total, pair) => total + pair[key], 0);
  near(sum("correct") / sum("all"), native.pairwise_accuracy, "pairwise accuracy");
  const large = rows.filter(({ grades }) => grades.length >= 5 && new Set(grades).size > 1);
  assert.equal(large.length, native.n - native.n_skipped);
  near(mean(large.map(({ grades, order, native: scores }) => ndcg(grades.map((grade) => grade - min), order, scores))), native["ndcg@10"], "NDCG@10");
});

const clicked = "rerank-games";
test(`${clicked}: Chromium reproduces the trainer's NDCG@10 and lift`, { skip: missing(clicked) }, async () => {
  const { lists, native, ranker } = await read(clicked);
  const found = await inChromium(clicked, lists);
  sameProbabilities(found, lists, ranker.calibration);
  const ours = mean(lists.map(({ grades, scores }, i) => ndcg(grades, found[i].order, scores)));
  const shop = mean(lists.map(({ grades }) => ndcg(grades, [...grades.keys()])));
  near(ours, native["ndcg@10"], "NDCG@10");
  near(ours - shop, native["ndcg@10_lift"], "lift");
});
