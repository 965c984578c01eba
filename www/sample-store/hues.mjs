// What a network that makes pictures learns from: a few products, each photographed in many hues. The colours of the catalogue
// are too few to learn what a colour is, and what it leaves alone.

import { mkdir, writeFile } from "node:fs/promises";

import { encoded, onWhite, recoloured, rendering } from "./pictures.mjs";

/** Titles of the products, as in products.txt. */
export const TITLES = ["T-Shirt", "Dress", "Sun Hat", "Leather Boots", "High Heels", "Handbag", "Backpack", "Umbrella"];
/** Degrees from one hue to the next. */
const STEP = 12;

/** Writes a folder a product below `out`, a photo a hue. */
export async function writeHues(products, out) {
  for (const title of TITLES) {
    const product = products.find((each) => each.title === title);
    if (!product) throw new Error(`${title}: no such product in products.txt: change the titles in hues.mjs`);
    const folder = new URL(`${encodeURIComponent(title)}/`, out);
    await mkdir(folder, { recursive: true });
    const plain = await rendering(product.code);
    for (let hue = 0; hue < 360; hue += STEP) {
      await writeFile(new URL(`${String(hue).padStart(3, "0")}.webp`, folder), await encoded(onWhite(recoloured(plain, { hue }))));
    }
  }
}
