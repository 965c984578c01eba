import { afterEach, expect, test, vi } from "vitest";
import { simdSupport } from "../src/simd";

afterEach(() => vi.unstubAllGlobals());

test("the plain probe is valid wasm in this Node, and both differ from nonsense", () => {
  expect(simdSupport()).not.toBe("none");
});

test("a browser that knows no relaxed instruction gets the plain build", () => {
  const { validate } = WebAssembly;
  vi.stubGlobal("WebAssembly", { validate: (bytes: Uint8Array) => !bytes.includes(128) && validate(bytes as never) });
  expect(simdSupport()).toBe("simd128");
});

test("a browser without SIMD, or without WebAssembly, gets none", () => {
  vi.stubGlobal("WebAssembly", { validate: () => false });
  expect(simdSupport()).toBe("none");
  vi.stubGlobal("WebAssembly", undefined);
  expect(simdSupport()).toBe("none");
});
