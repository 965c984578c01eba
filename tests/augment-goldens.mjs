// Goldens of image augmentation: the pictures that they are made of, and how their results are told apart.
import { readFile } from "node:fs/promises";

/** A file of fixtures/augment. */
export const fixture = (name) => readFile(new URL(`../fixtures/augment/${name}`, import.meta.url));

/** FNV-1a of a picture's colours, as fixtures/augment/golden.json has it. */
export function hash(rgba) {
  let hash = 0xcbf29ce484222325n;
  for (const [i, byte] of rgba.entries()) {
    if (i % 4 < 3) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, "0");
}

/** The picture of crates/augment/tests/common, as a canvas has it. */
export function photo(width, height) {
  const pixels = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const margin = Math.min(x, width - 1 - x, y, height - 1 - y);
      for (const channel of [0, 1, 2]) {
        const level = x * (11 - 3 * channel) + y * (3 + 5 * channel) + ((x * y * channel) % 41) + (Math.floor(x / 6) % 2) * 70;
        pixels.push(margin < 2 ? 255 : margin === 2 ? 235 : level & 255);
      }
      pixels.push(255);
    }
  }
  return { pixels, width, height };
}
