// The generator of the sample store, without its photos.
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { firstStage, indexedTerms, queryTerms } from "../www/src/first-stage.mjs";
import { products, variants } from "../www/sample-store/catalogue.mjs";
import { COLOURS, fromHsl, toHsl } from "../www/sample-store/colours.mjs";
import { simulate } from "../www/sample-store/events.mjs";
import { TITLES } from "../www/sample-store/hues.mjs";
import { colorDescriptor } from "../www/sample-store/color-descriptor.mjs";
import { reviews } from "../www/sample-store/reviews.mjs";

const SEED = "test";
let skus;
let events;
before(async () => {
  skus = (await products()).flatMap((product) => variants(product, SEED));
  events = simulate(SEED, skus, 40);
});

test("the same seed gives the same visitors, whatever their number", () => {
  assert.deepEqual(simulate(SEED, skus, 40), events);
  const eventsOf = (log, user) => log.filter((event) => event.user === user).map(({ id, ...rest }) => rest);
  assert.deepEqual(eventsOf(simulate(SEED, skus, 10), "visitor-3"), eventsOf(events, "visitor-3"));
});

test("every product has both titles, a price, and a rating from 1 to 5", () => {
  for (const { id, title, titleZh, price, rating } of skus) {
    assert.match(id, /^[a-z0-9-]+$/);
    assert.ok(title && /\p{Script=Han}|^[A-Z]/u.test(titleZh), id);
    assert.ok(price > 0 && rating >= 1 && rating <= 5, id);
  }
});

test("every product of the hue photos is in the catalogue", async () => {
  const titles = (await products()).map(({ title }) => title);
  assert.deepEqual(TITLES.filter((title) => !titles.includes(title)), []);
});

test("every event is marked as simulated, and every interaction is with an item of an earlier list", () => {
  const shown = new Map();
  let latest = "";
  for (const { event, id, fields, timestamp, items, ranking, item } of events) {
    assert.ok(fields.some(({ name, value }) => name === "simulated" && value === true));
    assert.ok(timestamp >= latest);
    latest = timestamp;
    if (event === "ranking") shown.set(id, new Set(items.map((each) => each.id)));
    else assert.ok(shown.get(ranking).has(item));
  }
});

test("reviews are marked as simulated and follow the hidden merit, and only boosted items have duplicates and false stars", () => {
  const written = reviews(SEED, skus);
  assert.deepEqual(reviews(SEED, skus), written);
  const byId = new Map(skus.map((sku) => [sku.id, sku]));
  for (const { item, stars, text, simulated } of written) {
    assert.ok(byId.has(item) && [1, 2, 3, 4, 5].includes(stars) && simulated && text.length > 10, item);
  }
  assert.ok(written.some(({ text }) => /\p{Script=Han}/u.test(text)) && written.some(({ text }) => /^[\x20-\x7e]+$/.test(text)));
  const mean = (rows) => rows.reduce((sum, { stars }) => sum + stars, 0) / rows.length;
  const of = (wanted) => written.filter(({ item }) => wanted(byId.get(item)));
  assert.ok(mean(of(({ merit, boost }) => merit > 1 && !boost)) > mean(of(({ merit, boost }) => merit < -1 && !boost)) + 1);
  const duplicates = (rows) => rows.length - new Set(rows.map(({ text }) => text)).size;
  const falseStars = (rows) => rows.filter(({ stars, sentiment }) => stars === 5 && sentiment === "negative").length / rows.length;
  const [honest, boosted] = [of(({ boost }) => !boost), of(({ boost }) => boost > 0)];
  assert.ok(duplicates(boosted) > boosted.length / 10 && duplicates(honest) < honest.length / 1000, `${duplicates(boosted)} and ${duplicates(honest)}`);
  assert.ok(falseStars(boosted) > 5 * falseStars(honest));
});

test("Chinese matches by characters and bigrams, English in singular and plural", () => {
  assert.deepEqual(indexedTerms("Tea 绿茶"), ["tea", "绿", "茶", "绿茶"]);
  assert.deepEqual(queryTerms("红色茶 茶"), ["红色", "色茶", "茶"]);
  const search = firstStage(skus);
  assert.deepEqual(search("bags", 5), search("bag", 5));
  assert.ok(search("跑鞋", 3).every((id) => id.includes("running-shoes")));
});

test("RGB to HSL and back changes no channel by more than 1", () => {
  for (const rgb of [[255, 0, 0], [12, 200, 90], [128, 128, 128], [0, 0, 0], [250, 240, 10]]) {
    fromHsl(...toHsl(...rgb)).forEach((channel, c) => assert.ok(Math.abs(channel - rgb[c]) <= 1));
  }
  assert.equal(new Set(COLOURS.map(({ zh }) => zh)).size, COLOURS.length);
});

test("a colour descriptor is 24 numbers from 0 to 1 and separates red from blue", () => {
  const square = (rgb) => ({ data: Buffer.from(Array.from({ length: 64 }, () => rgb).flat()), width: 8, height: 8 });
  const [red, blue, blank] = [[220, 20, 20], [20, 20, 220], [255, 255, 255]].map((rgb) => colorDescriptor(square(rgb)));
  for (const numbers of [red, blue, blank]) {
    assert.equal(numbers.length, 24);
    assert.ok(numbers.every((value) => value >= 0 && value <= 1));
  }
  assert.equal(red[0], 1);
  assert.equal(blue[8], 1);
  assert.ok(blank.every((value) => value === 0));
});
