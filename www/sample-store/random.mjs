// Randomness as an argument: a stream is named by its key, so a value never depends on what was drawn elsewhere.

/** A stream of numbers in [0, 1) for this key. */
export function stream(...key) {
  let state = hash(key.join("\u0000"));
  return () => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A normal draw with mean 0 and deviation 1 (Box-Muller). */
export function normal(next) {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

/** One of the values, each with its weight; equal weights when none are given. */
export function pick(next, values, weight = () => 1) {
  const weights = values.map(weight);
  let left = next() * weights.reduce((sum, each) => sum + each, 0);
  const index = weights.findIndex((each) => (left -= each) < 0);
  return values[index < 0 ? values.length - 1 : index];
}

/** The values in a random order. */
export function shuffled(next, values) {
  const out = [...values];
  for (let last = out.length - 1; last > 0; last--) {
    const other = Math.floor(next() * (last + 1));
    [out[last], out[other]] = [out[other], out[last]];
  }
  return out;
}

/** FNV-1a over UTF-16 units, then mixed. */
function hash(text) {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
}
