import { afterEach, expect, test, vi } from "vitest";
import { fetchBundle } from "../src/bundle";
import { Engine } from "../src/engine";
import { WindowshopError } from "../src/errors";
import { simdSupport } from "../src/simd";
import type { BackendReport } from "../src/types";

afterEach(() => vi.unstubAllGlobals());

const none: BackendReport = { backend: "none", simd: "none", worker: false, gpu: { state: "unused" }, name: "", groups: [], networks: [], itemCount: 0, imageEmbeddingLength: 64, simulated: false, metrics: {} };
const shopOnly = () => new Engine(undefined, none);
const codeOf = (promise: Promise<unknown>) => promise.then(() => "no error", (error: WindowshopError) => error.code);

test("importing the module outside a browser has no side effects", async () => {
  const before = Object.keys(globalThis);
  await import("../src/index");
  expect(Object.keys(globalThis)).toEqual(before);
});

test("the probes are valid wasm where SIMD is supported", () => {
  expect(["relaxed", "simd128"]).toContain(simdSupport());
});

test("without wasm the engine returns the shop's order", async () => {
  const { results, backend, timing } = await shopOnly().rerank({ query: "tea", items: [{ id: "b" }, { id: "a" }, { id: "c" }], topN: 2 });
  expect(results.map((r) => r.id)).toEqual(["b", "a"]);
  expect([backend, timing.fallback]).toEqual(["none", "no_wasm"]);
});

test("10,001 items are an error before anything is computed", async () => {
  const items = Array.from({ length: 10_001 }, (_, i) => ({ id: String(i) }));
  expect(await codeOf(shopOnly().rerank({ items }))).toBe("too_many_items");
});

test("an aborted request has code aborted", async () => {
  expect(await codeOf(shopOnly().rerank({ items: [], signal: AbortSignal.abort() }))).toBe("aborted");
});

test("a disposed engine has code disposed", async () => {
  const engine = shopOnly();
  await engine.dispose();
  expect(await codeOf(engine.rerank({ items: [] }))).toBe("disposed");
});

test("a 404 and a page of HTML are different errors", async () => {
  vi.stubGlobal("fetch", async () => new Response("no", { status: 404 }));
  expect(await codeOf(fetchBundle("http://localhost/models/", undefined, undefined))).toBe("bundle_not_found");
  vi.stubGlobal("fetch", async () => new Response("<!doctype html>"));
  expect(await codeOf(fetchBundle("http://localhost/models/", undefined, undefined))).toBe("bundle_corrupt");
});

test("a ranker with the group intent downloads its intent network, once", async () => {
  const names = ["image", "intent", "ranker", "statistics"].map((name) => `${name}.safetensors`);
  const files = Object.fromEntries(names.map((name) => [name, { sha256: "00", size_bytes: 5 }]));
  const asked: string[] = [];
  const loaded = async (groups: string[]) => {
    vi.stubGlobal("fetch", async (url: string) => {
      asked.push(url.split("/").pop()!);
      return new Response(url.endsWith("json") ? JSON.stringify({ ranker: { groups }, files }) : "12345");
    });
    return fetchBundle("http://localhost/m", undefined, undefined);
  };
  expect(Object.keys((await loaded(["visual"])).files).sort()).toEqual(names.slice(2));
  const bundle = await loaded(["visual", "intent"]);
  expect(Object.keys(bundle.files).sort()).toEqual(names.slice(1));
  const before = asked.length;
  expect((await bundle.network("intent")).bytes).toEqual(bundle.files["intent.safetensors"]);
  expect(asked.length).toBe(before);
});

test("progress counts bytes up to the manifest's total", async () => {
  const manifest = JSON.stringify({ files: { "ranker.safetensors": { sha256: "00", size_bytes: 5 } } });
  vi.stubGlobal("fetch", async (url: string) => new Response(url.endsWith("json") ? manifest : "12345"));
  const seen: number[] = [];
  await fetchBundle("http://localhost/m", ({ loadedBytes, totalBytes }) => seen.push(loadedBytes / totalBytes), undefined);
  expect(seen.at(-1)).toBe(1);
});
