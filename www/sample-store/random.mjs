// Keyed random streams: a stream depends on its key only, never on other draws.

/** A stream of uniform numbers in [0, 1) for this key (mulberry32). */
export function stream(...key) {
  let state = hash(key.join("\u0000"));
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A standard normal draw (Box-Muller). */
export function normal(next) {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

/** A weighted choice among the values; equal weights by default. */
export function pick(next, values, weight = () => 1) {
  const weights = values.map(weight);
  let left = next() * weights.reduce((sum, each) => sum + each, 0);
  const index = weights.findIndex((each) => (left -= each) < 0);
  return values[index < 0 ? values.length - 1 : index];
}

/** The values in random order (Fisher-Yates). */
export function shuffled(next, values) {
  const out = [...values];
  for (let last = out.length - 1; last > 0; last--) {
    const other = Math.floor(next() * (last + 1));
    [out[last], out[other]] = [out[other], out[last]];
  }
  return out;
}

/** FNV-1a over UTF-16 units, with a final mix. */
function hash(text) {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
}
