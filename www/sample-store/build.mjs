// Generates the sample store: `node www/sample-store/build.mjs`. The output is the same bytes every time.
//
//   www/public/store/catalogue.json    products of the demo page
//   www/public/store/catalogue.jsonl   the same, one product per line, for the trainer
//   www/public/store/events.jsonl      event log of simulated visitors, for the trainer
//   www/public/store/reviews.jsonl     simulated reviews, for the trainer
//   www/public/store/images/ID.webp    product photos
//   www/public/store/hues/TITLE/HUE.webp    a few products in many hues, for the image generator

import { mkdir, rm, writeFile } from "node:fs/promises";

import { products, variants } from "./catalogue.mjs";
import { simulate } from "./events.mjs";
import { writeHues } from "./hues.mjs";
import { colorDescriptor } from "./color-descriptor.mjs";
import { encoded, onWhite, recoloured, rendering } from "./images.mjs";
import { reviews } from "./reviews.mjs";

const SEED = "windowshop-1";
const VISITORS = 2000;
const OUT = new URL("../public/store/", import.meta.url);
const OUTPUTS = ["catalogue.json", "catalogue.jsonl", "events.jsonl", "reviews.jsonl", "images", "hues"];

/** Writes the photos of one product's variants and adds each variant's colour descriptor. */
async function writePhotos(skus) {
  const plain = await rendering(skus[0].product.code);
  for (const sku of skus) {
    const image = onWhite(sku.colour ? recoloured(plain, sku.colour) : plain);
    sku.imageEmbedding = colorDescriptor(image);
    await writeFile(new URL(`images/${sku.id}.webp`, OUT), await encoded(image));
  }
}

function lines(rows) {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

for (const name of OUTPUTS) await rm(new URL(name, OUT), { recursive: true, force: true });
await mkdir(new URL("images/", OUT), { recursive: true });

const all = await products();
const skus = [];
for (const product of all) {
  const sold = variants(product, SEED);
  await writePhotos(sold);
  skus.push(...sold);
}
const duplicate = skus.find(({ id }, index) => skus.findIndex((other) => other.id === id) !== index);
if (duplicate) throw new Error(`${duplicate.id}: two products have the same title: change one in products.txt`);

const catalogue = skus.map(({ product, colour, merit, boost, ...sku }) => ({ ...sku, image: `images/${sku.id}.webp` }));
await writeFile(new URL("catalogue.json", OUT), `[\n${catalogue.map((sku) => JSON.stringify(sku)).join(",\n")}\n]\n`);
await writeFile(new URL("catalogue.jsonl", OUT), lines(catalogue));

await writeHues(all, new URL("hues/", OUT));

const events = simulate(SEED, skus, VISITORS);
await writeFile(new URL("events.jsonl", OUT), lines(events));
const written = reviews(SEED, skus).map(({ sentiment, ...review }) => review);
await writeFile(new URL("reviews.jsonl", OUT), lines(written));
const rankings = events.filter(({ event }) => event === "ranking").length;
const counts = `${rankings} lists, ${events.length - rankings} interactions and ${written.length} reviews (simulated)`;
console.log(`sample store: ${skus.length} products, ${counts}`);
