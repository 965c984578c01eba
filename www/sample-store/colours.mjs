// Colour names and their appearance. `hue` in degrees; without one the colour is a grey of lightness `grey`. `lift`: share of
// the way to white that keeps the colour recognisable (a dark yellow looks olive).

export const COLOURS = [
  { name: "Red", zh: "红色", hue: 358 },
  { name: "Orange", zh: "橙色", hue: 26, lift: 0.08 },
  { name: "Yellow", zh: "黄色", hue: 50, lift: 0.16 },
  { name: "Green", zh: "绿色", hue: 135 },
  { name: "Teal", zh: "青色", hue: 178 },
  { name: "Blue", zh: "蓝色", hue: 215 },
  { name: "Purple", zh: "紫色", hue: 272 },
  { name: "Pink", zh: "粉色", hue: 332, lift: 0.12 },
  { name: "Black", zh: "黑色", grey: 0.22 },
  { name: "White", zh: "白色", grey: 0.93 },
];

/** Hue in degrees, saturation and lightness in [0, 1], of red, green and blue in [0, 255]. */
export function toHsl(red, green, blue) {
  const [r, g, b] = [red / 255, green / 255, blue / 255];
  const max = Math.max(r, g, b);
  const min = Math.min(r, g, b);
  const chroma = max - min;
  const lightness = (max + min) / 2;
  if (chroma === 0) return [0, 0, lightness];
  const sector = max === r ? (g - b) / chroma : max === g ? 2 + (b - r) / chroma : 4 + (r - g) / chroma;
  return [(sector * 60 + 360) % 360, chroma / (1 - Math.abs(2 * lightness - 1)), lightness];
}

/** Red, green and blue in [0, 255]. */
export function fromHsl(hue, saturation, lightness) {
  const spread = saturation * Math.min(lightness, 1 - lightness);
  return [0, 8, 4].map((offset) => {
    const k = (offset + hue / 30) % 12;
    return Math.round(255 * (lightness - spread * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  });
}
