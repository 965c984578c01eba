// Numbers for made-up shops.

/** A repeatable number in [0, 1). */
export function noise(i) {
  const x = Math.sin(i * 12.9898 + 4.1414) * 43758.5453;
  return x - Math.floor(x);
}

/** One of some values. */
export const pick = (values, i) => values[Math.floor(noise(i) * values.length)];
