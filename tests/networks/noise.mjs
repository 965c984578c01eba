// Pseudo-random numbers for synthetic shops.

/** A pseudo-random number in [0, 1), a function of `i`. */
export function noise(i) {
  const x = Math.sin(i * 12.9898 + 4.1414) * 43758.5453;
  return x - Math.floor(x);
}

/** One of the values, chosen by `i`. */
export const pick = (values, i) => values[Math.floor(noise(i) * values.length)];
