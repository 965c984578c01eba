// The demo page in Chromium, with the bundle that the trainer exported.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openSite, skip } from "./site.mjs";

let site;
before(async () => {
  if (!skip) site = await openSite();
});
after(() => site?.close());

/** Runs `action`, which makes the page search, and waits for the results. */
async function searchAfter(page, action) {
  const before = await page.getAttribute("body", "data-searches");
  await action();
  await page.waitForFunction((old) => document.body.dataset.searches !== old, before);
}

const search = (page, query) =>
  searchAfter(page, async () => {
    await page.fill("#query", query);
    await page.press("#query", "Enter");
  });
const ids = (page, list) => page.$$eval(`#${list} .card`, (cards) => cards.map(({ dataset }) => dataset.id));
const track = (page, place, type) => searchAfter(page, () => page.click(`#ours .card:nth-child(${place}) .${type}`));
const events = (page) => page.$$eval("#events li:not(.empty)", (rows) => rows.length);

test("the page re-ranks in a worker, gives reasons, and logs no error", { skip }, async () => {
  const { page, errors, close } = await site.demo();
  await search(page, "shoes");
  assert.match(await page.textContent("#report"), /cpu (relaxed|simd128) worker/);
  assert.equal((await ids(page, "ours")).length, 12);
  assert.ok((await page.$$("#ours .reason")).length >= 12);
  assert.deepEqual(errors, []);
  await close();
});

test("the shop's column keeps the shop's order whatever the visitor does", { skip }, async () => {
  const { page, close } = await site.demo("?q=bag");
  const fresh = await ids(page, "shop");
  await track(page, 5, "purchase");
  assert.deepEqual(await ids(page, "shop"), fresh);
  await close();
});

test("the visitor's events change the order and add the session as a reason; deleting them restores the order", { skip }, async () => {
  const { page, close } = await site.demo("?q=shoes");
  const fresh = await ids(page, "ours");
  for (const place of [9, 10, 11]) await track(page, place, "purchase");
  assert.notDeepEqual(await ids(page, "ours"), fresh);
  assert.ok(await page.$("#ours .reason[data-group=session]"), "the session is one of the reasons");
  await searchAfter(page, () => page.click("#clear"));
  assert.deepEqual(await ids(page, "ours"), fresh);
  await close();
});

test("a visitor who prefers a colour sees visual similarity among the reasons", { skip }, async () => {
  const { page, close } = await site.demo("?q=bag");
  await searchAfter(page, () => page.click("#visitors .chip"));
  const title = await page.getAttribute("#ours .reason[data-group=visual]", "title");
  assert.match(title, /how similar it looks to products you liked/);
  await close();
});

test("a product keeps the keyboard focus while it moves", { skip }, async () => {
  const { page, close } = await site.demo("?q=shoes");
  const id = (await ids(page, "ours"))[8];
  await page.focus(`#ours [data-id="${id}"] .purchase`);
  await searchAfter(page, () => page.keyboard.press("Enter"));
  assert.equal(await page.evaluate(() => document.activeElement.closest(".card")?.dataset.id), id);
  await close();
});

test("a Chinese query finds and re-ranks products without a segmenter", { skip }, async () => {
  const { page, close } = await site.demo("?lang=zh");
  await search(page, "粉色连衣裙");
  assert.match(await page.textContent("#shop .title"), /粉色连衣裙/);
  assert.match(await page.textContent("#ours"), /粉色连衣裙/);
  assert.equal(await page.getAttribute("html", "lang"), "zh-CN");
  await close();
});

test("a ready page requests only product photos", { skip }, async () => {
  const { page, close } = await site.demo();
  const requests = [];
  page.on("request", (request) => requests.push(request.url()));
  await search(page, "hat");
  await track(page, 1, "click");
  await track(page, 2, "cart");
  await searchAfter(page, () => page.click("#consent"));
  await searchAfter(page, () => page.click("#visitors .chip"));
  assert.deepEqual(requests.filter((url) => !url.includes("/store/images/")), []);
  assert.equal(await page.textContent("#requests"), "0");
  await close();
});

test("events survive a reload only with consent, and withdrawing consent deletes them", { skip }, async () => {
  const { page, close } = await site.demo();
  const reload = async () => {
    await page.reload();
    await page.waitForSelector("body[data-ready]");
  };
  await track(page, 1, "click");
  assert.equal(await page.evaluate(async () => (await indexedDB.databases()).length), 0);
  await reload();
  assert.equal(await events(page), 0);

  await track(page, 1, "click");
  await searchAfter(page, () => page.click("#consent"));
  await reload();
  assert.equal(await events(page), 1);
  assert.equal(await page.isChecked("#consent"), true);

  await searchAfter(page, () => page.click("#consent"));
  assert.equal(await page.evaluate(async () => (await indexedDB.databases()).length), 0);
  await reload();
  assert.equal(await events(page), 0);
  await close();
});

test("a paused profile records no events", { skip }, async () => {
  const { page, close } = await site.demo();
  await page.click("#pause");
  await track(page, 1, "click");
  assert.equal(await events(page), 0);
  await close();
});

test("the worker and the page's thread return the same order", { skip }, async () => {
  const [worker, thread] = [await site.demo("?q=music"), await site.demo("?q=music&worker=0")];
  assert.deepEqual(await ids(worker.page, "ours"), await ids(thread.page, "ours"));
  assert.doesNotMatch(await thread.page.textContent("#report"), /worker/);
  await worker.close();
  await thread.close();
});

test("without WebAssembly the page shows the shop's order", { skip }, async () => {
  const { page, errors, close } = await site.demo("?q=shoes", { script: "delete globalThis.WebAssembly" });
  assert.deepEqual(await ids(page, "ours"), await ids(page, "shop"));
  assert.deepEqual(errors, []);
  await close();
});

test("eight variants of a photo depend on the seed only, are the photo itself at strength 0, and show their record", { skip }, async () => {
  const { page, errors, close } = await site.demo("?q=shoes");
  const variants = () => page.$$eval("#augment-views canvas", (all) => all.map((canvas) => canvas.toDataURL()));
  const after = async (action) => {
    const shown = await page.getAttribute("#augment", "data-shown");
    await action();
    await page.waitForFunction((old) => document.querySelector("#augment").dataset.shown !== old, shown ?? undefined);
    return variants();
  };
  const first = await after(() => page.click("#augment summary"));
  assert.equal(new Set(first).size, 9);
  assert.equal(await page.textContent("#requests"), "1", "the module is one counted request");
  await page.click("#augment-views li:nth-child(3) .record");
  assert.match(await page.textContent("#augment-record"), /"action":/);
  const other = await after(() => page.fill("#augment-seed", "2").then(() => page.press("#augment-seed", "Tab")));
  assert.equal(other[0], first[0]);
  assert.notDeepEqual(other, first);
  const same = await after(() => page.fill("#augment-seed", "1").then(() => page.press("#augment-seed", "Tab")));
  assert.deepEqual(same, first);
  const none = await after(() => page.fill("#augment-strength", "0"));
  assert.deepEqual(new Set(none).size, 1);
  assert.notEqual((await after(() => page.check("#augment-photos label:nth-child(2) input")))[0], first[0]);
  await page.fill("#augment-seed", "-1");
  await page.press("#augment-seed", "Tab");
  await page.waitForSelector("#augment-status.error");
  assert.match(await page.textContent("#augment-status"), /^seed: found -1/);
  assert.deepEqual(errors, []);
  await close();
});

test("generated images are marked, depend on the seed only, and continue with the next seed", { skip }, async () => {
  const { page, errors, close } = await site.demo("?q=shoes");
  const after = async (action) => {
    const request = await page.getAttribute("#generate", "data-request");
    await action();
    await page.waitForFunction((old) => document.querySelector("#generate").dataset.request !== old, request ?? undefined);
    return page.$$eval("#generate-images li", (all) => all.map((entry) => ({ pixels: entry.querySelector("canvas").toDataURL(), text: entry.textContent })));
  };
  const seeds = (images) => images.map(({ text }) => Number(/^generated, seed (\d+)$/.exec(text)[1]));
  const first = await after(() => page.click("#generate summary"));
  assert.deepEqual(seeds(first), Array.from({ length: 12 }, (_, i) => i + 1));
  assert.equal(new Set(first.map(({ pixels }) => pixels)).size, 12);
  assert.equal(await page.textContent("#requests"), "1", "the network is one counted request");
  assert.match(await page.textContent("#generate-status"), /^12 images generated, [0-9.]+ ms each\.$/);
  const more = await after(() => page.click("#generate-more"));
  assert.deepEqual([more.slice(0, 12), seeds(more).slice(12)], [first, Array.from({ length: 12 }, (_, i) => i + 13)]);
  const labels = await page.$$eval("#generate-label option", (all) => all.map(({ value }) => value));
  assert.ok(labels.includes("Umbrella"), labels.join());
  const other = await after(() => page.selectOption("#generate-label", labels.at(-1)));
  assert.deepEqual(seeds(other), seeds(first));
  assert.ok(other.every(({ pixels }, i) => pixels !== first[i].pixels));
  const again = await after(() => page.selectOption("#generate-label", labels[0]));
  assert.deepEqual(again, first);
  await page.fill("#generate-seed", "0.5");
  await page.press("#generate-seed", "Tab");
  await page.waitForSelector("#generate-status.error");
  assert.match(await page.textContent("#generate-status"), /^seed: found 0.5/);
  assert.deepEqual(errors, []);
  await close();
});

test("unusual queries cause no error", { skip }, async () => {
  const { page, errors, close } = await site.demo();
  for (const query of ["", "   ", "🎸🔥", "\u202e<img src=x onerror=alert(1)>", "𠀀\ud800", "tea ".repeat(25_000)]) await search(page, query);
  assert.deepEqual(errors, []);
  await close();
});

test("a phone shows one list at a time and does not scroll sideways", { skip }, async () => {
  const { page, close } = await site.demo("?q=shoes", { viewport: { width: 390, height: 844 } });
  assert.equal(await page.isVisible("#ours"), true);
  assert.equal(await page.isVisible("#shop"), false);
  await page.click(".tabs label:has([value=shop])");
  assert.equal(await page.isVisible("#shop"), true);
  await page.click(".tabs label:has([value=session])");
  assert.deepEqual([await page.isVisible("#shop"), await page.isVisible("#visitors")], [false, true]);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  await close();
});
