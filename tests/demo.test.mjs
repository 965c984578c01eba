// The demo page in real Chromium, on the bundle that the trainer exported.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch } from "./chromium.mjs";
import { serve } from "./serve.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const BUNDLE = process.env.WINDOWSHOP_BUNDLE ? join(ROOT, process.env.WINDOWSHOP_BUNDLE) : join(ROOT, "www/public/store/bundle");
const skip = existsSync(join(BUNDLE, "manifest.json")) ? false : `no bundle at ${BUNDLE}`;
let browser;
let site;

before(async () => {
  if (skip) return;
  const broken = await mkdtemp(join(tmpdir(), "windowshop-"));
  await cp(BUNDLE, broken, { recursive: true });
  await truncate(join(broken, "ranker.safetensors"), 100);
  site = await serve(join(ROOT, "www/dist"), { mounts: { "/store/bundle/": BUNDLE, "/broken/": `${broken}/`, "/module/": join(ROOT, "web/dist/") } });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  site?.close();
});

async function open(path = "") {
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(site.url + path);
  await page.waitForSelector("body[data-ready]", { timeout: 30_000 });
  return { page, context, errors };
}

const search = async (page, query) => {
  await page.fill("#query", query);
  const before = await page.textContent("#status");
  await page.press("#query", "Enter");
  await page.waitForFunction((old) => document.querySelector("#status").textContent !== old, before);
};
const ids = (page, list) => page.$$eval(`#${list} .card`, (cards) => cards.map((card) => card.dataset.id));

/** Runs `body` in a page with the module as `windowshop` and says which error code came back. */
async function inPage(body, argument) {
  const { page, context } = await open();
  const value = await page.evaluate(
    async ([source, argument]) => {
      const windowshop = await import("/module/index.js");
      const run = Object.getPrototypeOf(async () => {}).constructor;
      return new run("windowshop", "argument", source)(windowshop, argument).catch((error) => `${error.code}`);
    },
    [body, argument],
  ).catch((error) => { throw error; });
  await context.close();
  return value;
}

test("the page re-ranks with the CPU engine in a worker and shows reasons", { skip }, async () => {
  const { page, context, errors } = await open();
  await search(page, "shirt");
  assert.match(await page.textContent("#status"), /cpu (relaxed|simd128) worker/);
  assert.ok((await ids(page, "ours")).length > 3);
  assert.ok((await page.$$("#ours .reason")).length > 0);
  assert.deepEqual(errors, []);
  await context.close();
});

test("a click moves similar products up, and clearing the session undoes it", { skip }, async () => {
  const { page, context } = await open();
  const fresh = await ids(page, "ours");
  await page.click("#ours .card:nth-child(9) .purchase");
  await page.waitForSelector("#events .purchase");
  assert.notDeepEqual(await ids(page, "ours"), fresh);
  assert.ok(await page.$("#ours .reason[data-group=session]"), "the session gives a reason");
  await page.click("#clear");
  await page.waitForSelector("#events .empty");
  assert.deepEqual(await ids(page, "ours"), fresh);
  await context.close();
});

test("a Chinese query finds products without a segmenter", { skip }, async () => {
  const { page, context } = await open();
  await search(page, "红色");
  assert.ok((await ids(page, "ours")).length > 0);
  await context.close();
});

test("no request leaves the page once it is ready", { skip }, async () => {
  const { page, context } = await open();
  const asked = [];
  page.on("request", (request) => request.resourceType() !== "image" && asked.push(request.url()));
  await search(page, "hat");
  await page.click("#ours .card:nth-child(1) .click");
  await page.waitForSelector("#events .click");
  assert.deepEqual(asked, []);
  assert.equal(await page.textContent("#requests"), "0");
  await context.close();
});

test("nothing is kept before consent, and a profile comes back after it", { skip }, async () => {
  const { page, context } = await open();
  await page.click("#ours .card:nth-child(1) .click");
  await page.waitForSelector("#events .click");
  await page.reload();
  await page.waitForSelector("body[data-ready]");
  assert.ok(await page.$("#events .empty"), "forgotten without consent");
  await page.click("#ours .card:nth-child(1) .click");
  await page.waitForSelector("#events .click");
  await page.click("#consent");
  await page.waitForTimeout(300);
  await page.reload();
  await page.waitForSelector("body[data-ready]");
  await page.click("#consent");
  await page.waitForSelector("#events .click");
  await context.close();
});

test("the worker and the page's own thread give the same order and scores", { skip }, async () => {
  const [withWorker, without] = [await open(), await open("?worker=0")];
  for (const { page } of [withWorker, without]) await search(page, "music");
  assert.deepEqual(await ids(withWorker.page, "ours"), await ids(without.page, "ours"));
  assert.doesNotMatch(await without.page.textContent("#status"), /worker/);
  await withWorker.context.close();
  await without.context.close();
});

test("what the page shows is what the trainer's own test metrics promise: the manifest is read, not retyped", { skip }, async () => {
  const manifest = JSON.parse(await readFile(join(BUNDLE, "manifest.json"), "utf8"));
  assert.equal(manifest.card.simulated, true, "the sample store says that it is simulated");
  assert.ok(manifest.metrics["ndcg@10"].value > 0);
});

export { inPage };
