// Product photos: an emoji rendering on white, in the colour of the variant.

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import sharp from "sharp";

import { fromHsl, toHsl } from "./colours.mjs";

const SIZE = 160;
const MARGIN = 12;
const ASSETS = join(dirname(createRequire(import.meta.url).resolve("@lobehub/fluent-emoji-3d/package.json")), "assets");
/** Below this chroma (largest minus smallest channel, of 255) a pixel has no hue worth keeping. */
const GREY_CHROMA = 24;
/** Minimum mean saturation of the coloured pixels, so that the colour is recognisable. */
const VIVID = 0.66;

/** The rendering as SIZE x SIZE RGBA. */
export async function rendering(code) {
  const names = [code, `${code}-fe0f`].map((name) => join(ASSETS, `${name.toLowerCase()}.webp`));
  const file = names.find(existsSync);
  if (!file) throw new Error(`${code}: no such emoji in @lobehub/fluent-emoji-3d`);
  const inner = SIZE - 2 * MARGIN;
  const clear = { r: 0, g: 0, b: 0, alpha: 0 };
  const image = sharp(await sharp(file).trim({ background: clear, threshold: 1 }).toBuffer())
    .resize(inner, inner, { fit: "contain", background: clear })
    .extend({ top: MARGIN, bottom: MARGIN, left: MARGIN, right: MARGIN, background: clear });
  return image.ensureAlpha().raw().toBuffer();
}

/** A recoloured copy: rotates all hues so that the main hue becomes the colour's; shading stays. */
export function recoloured(rgba, colour) {
  const out = Buffer.from(rgba);
  const main = mainColour(rgba);
  for (let at = 0; at < rgba.length; at += 4) {
    const [hue, saturation, lightness] = toHsl(rgba[at], rgba[at + 1], rgba[at + 2]);
    out.set(repaint(hue, saturation, lightness, main, colour), at);
  }
  return out;
}

function repaint(hue, saturation, lightness, main, colour) {
  if (colour.hue === undefined) {
    const towards = colour.grey < 0.5 ? lightness * 0.5 + 0.02 : 0.62 + lightness * 0.36;
    return fromHsl(hue, saturation * 0.12, towards);
  }
  const lifted = lightness + (1 - lightness) * (colour.lift ?? 0);
  // A mostly grey image is tinted; another one has its hues rotated.
  if (!main) return fromHsl(colour.hue, Math.max(saturation, VIVID), 0.12 + lifted * 0.72);
  const rotated = (hue + colour.hue - main.hue + 360) % 360;
  return fromHsl(rotated, Math.min(1, saturation * Math.max(1, VIVID / main.saturation)), lifted);
}

/** The hue bin with the largest sum of chroma, in degrees, and the mean saturation; undefined for a mostly grey image. */
function mainColour(rgba) {
  const bins = new Float64Array(36);
  let [solid, coloured, saturations] = [0, 0, 0];
  for (let at = 0; at < rgba.length; at += 4) {
    if (rgba[at + 3] < 128) continue;
    const channels = [rgba[at], rgba[at + 1], rgba[at + 2]];
    const chroma = Math.max(...channels) - Math.min(...channels);
    solid++;
    if (chroma < GREY_CHROMA) continue;
    const [hue, saturation] = toHsl(...channels);
    coloured++;
    saturations += saturation;
    bins[Math.floor(hue / 10) % 36] += chroma;
  }
  if (coloured < solid * 0.25) return undefined;
  return { hue: bins.indexOf(Math.max(...bins)) * 10 + 5, saturation: saturations / coloured };
}

/** The image composited on white, SIZE x SIZE RGB. */
export function onWhite(rgba) {
  const rgb = Buffer.alloc((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    const alpha = rgba[from + 3] / 255;
    for (let c = 0; c < 3; c++) rgb[to + c] = Math.round(rgba[from + c] * alpha + 255 * (1 - alpha));
  }
  return { data: rgb, width: SIZE, height: SIZE };
}

/** The image as WebP bytes. */
export function encoded({ data, width, height }) {
  return sharp(data, { raw: { width, height, channels: 3 } }).webp({ quality: 80 }).toBuffer();
}
