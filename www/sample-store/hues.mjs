// Training photos of the image generator: a few products, each in many hues. The catalogue has too few colours to train on.

import { mkdir, writeFile } from "node:fs/promises";

import { encoded, onWhite, recoloured, rendering } from "./images.mjs";

/** Titles of the products in products.txt. */
export const TITLES = ["T-Shirt", "Dress", "Sun Hat", "Leather Boots", "High Heels", "Handbag", "Backpack", "Umbrella"];
/** Degrees between hues. */
const STEP = 12;

/** Writes one folder per product below `out`, one photo per hue. */
export async function writeHues(products, out) {
  for (const title of TITLES) {
    const product = products.find((candidate) => candidate.title === title);
    if (!product) throw new Error(`${title}: no such product in products.txt: change the titles in hues.mjs`);
    const folder = new URL(`${encodeURIComponent(title)}/`, out);
    await mkdir(folder, { recursive: true });
    const plain = await rendering(product.code);
    for (let hue = 0; hue < 360; hue += STEP) {
      await writeFile(new URL(`${String(hue).padStart(3, "0")}.webp`, folder), await encoded(onWhite(recoloured(plain, { hue }))));
    }
  }
}
