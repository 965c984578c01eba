// A colour descriptor of a product photo on white: 24 numbers in [0, 1].
//   0-11   hue histogram, 30 degrees per bin, weighted by chroma, sums to 1 (all 0 for a grey product)
//   12-19  lightness histogram of the product, sums to 1
//   20-23  mean saturation, mean lightness, edge density, fill ratio

import { toHsl } from "./colours.mjs";

const HUES = 12;
const LIGHTS = 8;
/** A pixel whose channels are all at least this is white background. */
const BACKGROUND = 246;
/** A lightness difference above this is an edge. */
const EDGE = 0.08;

/** The descriptor of RGB pixels. */
export function colorDescriptor({ data, width, height }) {
  const hues = new Array(HUES).fill(0);
  const lights = new Array(LIGHTS).fill(0);
  let [chromas, saturations, lightnesses, edges, pixels] = [0, 0, 0, 0, 0];
  const lightnessAt = (pixel) => (Math.max(...channels(data, pixel)) + Math.min(...channels(data, pixel))) / 510;
  for (let pixel = 0; pixel < width * height; pixel++) {
    const rgb = channels(data, pixel);
    if (Math.min(...rgb) >= BACKGROUND) continue;
    const [hue, saturation, lightness] = toHsl(...rgb);
    const chroma = (Math.max(...rgb) - Math.min(...rgb)) / 255;
    pixels++;
    hues[Math.floor(hue / 30) % HUES] += chroma;
    lights[Math.min(LIGHTS - 1, Math.floor(lightness * LIGHTS))]++;
    chromas += chroma;
    saturations += saturation;
    lightnesses += lightness;
    const right = (pixel + 1) % width ? pixel + 1 : pixel;
    const below = pixel + width < width * height ? pixel + width : pixel;
    if (Math.abs(lightnessAt(right) - lightness) + Math.abs(lightnessAt(below) - lightness) > EDGE) edges++;
  }
  const share = (value, of) => Number((of > 0 ? value / of : 0).toFixed(4));
  return [
    ...hues.map((value) => share(value, chromas)),
    ...lights.map((value) => share(value, pixels)),
    share(saturations, pixels),
    share(lightnesses, pixels),
    share(edges, pixels),
    share(pixels, width * height),
  ];
}

function channels(data, pixel) {
  return data.subarray(pixel * 3, pixel * 3 + 3);
}
