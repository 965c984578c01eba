import { afterEach, expect, test, vi } from "vitest";
import { simdSupport } from "../src/simd";

afterEach(() => vi.unstubAllGlobals());

test("the plain probe is valid wasm, and both probes differ from invalid bytes", () => {
  expect(simdSupport()).not.toBe("none");
});

test("without relaxed SIMD the plain build is used", () => {
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
