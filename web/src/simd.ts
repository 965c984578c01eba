// Minimal modules with one instruction of each feature. A browser that validates one supports the feature.
const HEADER = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10];
/** i32.const 0, i8x16.splat */
const SIMD128 = [...HEADER, 8, 1, 6, 0, 65, 0, 253, 15, 11];
/** Two splats as above, i8x16.relaxed_swizzle */
const RELAXED = [...HEADER, 15, 1, 13, 0, 65, 0, 253, 15, 65, 0, 253, 15, 253, 128, 2, 11];

/** The best build that this browser supports. */
export function simdSupport(): "relaxed" | "simd128" | "none" {
  if (typeof WebAssembly === "undefined") return "none";
  const valid = (bytes: number[]) => WebAssembly.validate(new Uint8Array(bytes));
  if (valid(RELAXED)) return "relaxed";
  return valid(SIMD128) ? "simd128" : "none";
}
