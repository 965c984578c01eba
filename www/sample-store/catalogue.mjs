// The catalogue: every product of products.txt in several colours or qualities, with prices, ratings and search words.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { COLOURS } from "./colours.mjs";
import { normal, pick, shuffled, stream } from "./random.mjs";

const COLOURS_A_PRODUCT = 3;
/** Categories with more colours per product. */
const COLOURFUL = { Clothing: 5, Shoes: 5, Bags: 5 };
const LINE = /^(?<code>[0-9A-F]{4,5}) (?<price>\d+)(?: \| (?<title>[^|]+) \| (?<titleZh>[^|]+))?$/;
const HEADING = /^## (?<category>[^|]+) \| (?<categoryZh>[^|]+) \| (?<kind>colour|plain)$/;
const QUALITIES = [
  { name: "Basic", zh: "基础款", factor: 0.68, weight: 3 },
  { name: "", zh: "", factor: 1, weight: 4 },
  { name: "Premium", zh: "高级", factor: 1.65, weight: 3 },
];
const ORGANIC = { name: "Organic", zh: "有机", factor: 1.5 };
const EDIBLE = ["Fruit & Vegetables", "Bakery & Sweets", "Meals & Snacks", "Drinks"];

/** The products of products.txt, with the emoji's names and tags. */
export async function products() {
  const require = createRequire(import.meta.url);
  const named = (language) => new Map(require(`emojibase-data/${language}/data.json`).map((emoji) => [emoji.hexcode, emoji]));
  const [english, chinese] = [named("en"), named("zh")];
  const text = await readFile(new URL("products.txt", import.meta.url), "utf8");
  let heading;
  const out = [];
  for (const line of text.split("\n")) {
    heading = HEADING.exec(line)?.groups ?? heading;
    if (line === "" || line.startsWith("#")) continue;
    const product = LINE.exec(line)?.groups;
    if (!product) throw new Error(`products.txt: \`${line}\`: expected a code, a price and optionally two titles`);
    const [en, zh] = [english.get(product.code), chinese.get(product.code)];
    out.push({
      ...heading,
      code: product.code,
      price: Number(product.price),
      title: (product.title ?? capitalised(en.label)).trim(),
      titleZh: product.titleZh ?? zh.label,
      tags: colourless(en.tags),
      tagsZh: colourless(zh.tags),
    });
  }
  return out;
}

/** The variants (SKUs) of one product. `colour` is undefined for a product without colour variants. */
export function variants(product, seed) {
  const next = stream(seed, "variants", product.code);
  if (product.kind === "plain") {
    const better = EDIBLE.includes(product.category) ? ORGANIC : QUALITIES[2];
    return [sku(product, undefined, QUALITIES[1], seed), sku(product, undefined, better, seed)];
  }
  return shuffled(next, COLOURS)
    .slice(0, COLOURFUL[product.category] ?? COLOURS_A_PRODUCT)
    .map((colour) => sku(product, colour, pick(next, QUALITIES, (quality) => quality.weight), seed));
}

function sku(product, colour, quality, seed) {
  const title = [quality.name, colour?.name, product.title].filter(Boolean).join(" ");
  const next = stream(seed, "sku", title);
  const merit = normal(next);
  const noise = Math.exp(0.08 * normal(next));
  const boost = fakeReviewBoost(stream(seed, "praise", title));
  const apparent = merit + boost;
  return {
    id: title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, ""),
    title,
    titleZh: [quality.zh, colour?.zh, product.titleZh].filter(Boolean).join(""),
    text: [...product.tags, product.category, ...product.tagsZh, product.categoryZh].join(" "),
    category: product.category,
    categoryZh: product.categoryZh,
    price: retailPrice(product.price * quality.factor * noise),
    rating: Number(Math.min(5, Math.max(2.6, 4.1 + 0.2 * apparent + 0.25 * normal(next))).toFixed(1)),
    ratingCount: Math.round(Math.exp(3.4 + 0.4 * apparent + 0.9 * normal(next))),
    product,
    colour,
    merit,
    boost,
  };
}

/** How much fake reviews raise an item's apparent merit; 0 for four sellers in five. */
function fakeReviewBoost(next) {
  return next() < 0.2 ? 0.8 + 0.8 * next() : 0;
}

/** Rounds to a common retail price, such as 12.95, 129 or 1,889. */
function retailPrice(price) {
  if (price < 20) return Number((Math.max(1, Math.round(price * 2) / 2) - 0.05).toFixed(2));
  if (price < 100) return Math.round(price) - 0.05;
  return Math.round(price / 10) * 10 - 1;
}

/** Removes colour words: the variant's colour differs from the emoji's. */
function colourless(tags = []) {
  const named = (tag, { name, zh }) => tag.split(" ").includes(name.toLowerCase()) || tag.includes(zh.slice(0, 1));
  return tags.filter((tag) => !COLOURS.some((colour) => named(tag, colour)));
}

function capitalised(words) {
  return words.replace(/(^|[\s-])\p{Ll}/gu, (start) => start.toUpperCase());
}
