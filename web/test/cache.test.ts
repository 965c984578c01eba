import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FileCache } from "../src/cache";

const FOLDER = "http://localhost/models/shop/";
let stored: Map<string, Response>;

beforeEach(() => {
  stored = new Map();
  const cache = {
    match: async (key: string) => stored.get(key)?.clone(),
    put: async (key: string, response: Response) => void stored.set(key, response),
    delete: async (key: string) => stored.delete(key),
    keys: async () => [...stored.keys()].map((url) => ({ url })),
  };
  vi.stubGlobal("caches", { open: async () => cache });
});
afterEach(() => vi.unstubAllGlobals());

const file = (sha256: string, byte: number) => ({ file: "ranker", sha256, bytes: new Uint8Array([byte]) });

test("a file is found only by its checksum", async () => {
  await new FileCache(FOLDER).put(file("aa", 7));
  const cache = new FileCache(FOLDER);
  expect(await cache.get("ranker", "aa")).toEqual(new Uint8Array([7]));
  expect(await cache.get("ranker", "bb")).toBeUndefined();
});

test("a new bundle replaces the old one and no other", async () => {
  await new FileCache("http://localhost/models/other/").put(file("aa", 1));
  await new FileCache(FOLDER).put(file("aa", 1));
  const next = new FileCache(FOLDER);
  await next.retain([file("bb", 2)]);
  await next.put(file("bb", 2));
  expect([...stored.keys()]).toEqual(["http://localhost/models/other/ranker?sha256=aa", `${FOLDER}ranker?sha256=bb`]);
});

test("a corrupt file is removed alone", async () => {
  const cache = new FileCache(FOLDER);
  await cache.put(file("aa", 7));
  await cache.put({ ...file("bb", 8), file: "sentiment" });
  await cache.forget(file("aa", 7));
  expect([...stored.keys()]).toEqual([`${FOLDER}sentiment?sha256=bb`]);
});

test("without the Cache API nothing is cached and nothing fails", async () => {
  vi.stubGlobal("caches", undefined);
  const cache = new FileCache(FOLDER);
  await cache.put(file("aa", 7));
  expect(await cache.get("ranker", "aa")).toBeUndefined();
});

test("a full disk is no error", async () => {
  vi.stubGlobal("caches", { open: async () => ({ keys: async () => [], match: async () => undefined, put: () => Promise.reject(new Error("full")) }) });
  await expect(new FileCache(FOLDER).put(file("aa", 7))).resolves.toBeUndefined();
});
