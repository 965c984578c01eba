import { expect, test, vi } from "vitest";
import type { FetchedNetwork } from "../src/bundle";
import { Engine } from "../src/engine";
import { WindowshopError } from "../src/errors";
import { fakeCore, report } from "./fake-core";

const setUp = () => {
  const { core, opened, rows, asked } = fakeCore();
  const fetched: FetchedNetwork = { bytes: new Uint8Array(3), keep: vi.fn(async () => {}), drop: vi.fn(async () => {}) };
  const fetchNetwork = vi.fn(async () => fetched);
  return { core, opened, rows, asked, fetched, fetchNetwork, engine: new Engine(core, { ...report, groups: [], networks: ["sentiment"] }, fetchNetwork) };
};
const codeOf = (promise: Promise<unknown>) => promise.then(() => "no error", (error: WindowshopError) => error.code);

test("a network is downloaded by the first call that needs it and cached", async () => {
  const { engine, opened, fetched, fetchNetwork } = setUp();
  expect(fetchNetwork).not.toHaveBeenCalled();
  const [first] = await Promise.all([engine.sentiment(["fine"]), engine.sentiment([])]);
  await engine.sentiment(["fine"]);
  expect(first).toEqual([{ label: "positive", score: 0.75, probabilities: { negative: 0.25, positive: 0.75 } }]);
  expect(opened).toEqual(["sentiment"]);
  expect(fetchNetwork).toHaveBeenCalledTimes(1);
  expect(fetched.keep).toHaveBeenCalledTimes(1);
});

test("a rejected file is removed, and the next call tries again", async () => {
  const { engine, core, fetched, fetchNetwork } = setUp();
  const openNetwork = core.openNetwork;
  core.openNetwork = async () => { throw new WindowshopError("bundle_corrupt", "altered"); };
  expect(await codeOf(engine.sentiment(["fine"]))).toBe("bundle_corrupt");
  expect(fetched.drop).toHaveBeenCalledTimes(1);
  core.openNetwork = openNetwork;
  expect(await codeOf(engine.sentiment(["fine"]))).toBe("no error");
  expect(fetchNetwork).toHaveBeenCalledTimes(2);
});

test("values that are no strings are an error before any download", async () => {
  const { engine, fetchNetwork } = setUp();
  expect(await codeOf(engine.sentiment("fine" as never))).toBe("invalid_argument");
  await expect(engine.sentiment(["fine", 7 as never])).rejects.toThrow("texts[1]: found 7");
  expect(fetchNetwork).not.toHaveBeenCalled();
});

test("missing cells are not sent, and an invalid cell is an error with its column", async () => {
  const { engine, rows } = setUp();
  const { label, score } = await engine.intent({ pages: 3, browser: "fox", weekend: true, region: null, month: undefined });
  expect([label, score]).toEqual(["yes", 0.75]);
  expect(rows).toEqual([{ pages: 3, browser: "fox", weekend: true }]);
  await expect(engine.intent({ pages: [3] as never })).rejects.toThrow('row["pages"]');
});

test("without a row the current visit is predicted, at the page's time", async () => {
  const { engine, opened, rows, asked } = setUp();
  expect(await codeOf(engine.intent())).toBe("intent_empty_visit");
  await engine.track({ type: "cart", itemId: "mug" });
  vi.spyOn(Date, "now").mockReturnValueOnce(1234);
  expect(await engine.intent()).toEqual({ label: "no purchase", score: 0.75, probabilities: { "no purchase": 0.75, purchase: 0.25 } });
  expect([asked, rows, opened]).toEqual([[1234], [], ["intent"]]);
  expect((await engine.intent({})).label).toBe("yes");
  expect(await codeOf(engine.intent(null as never))).toBe("invalid_argument");
});

test("recommendations are best first, at most topN, without excluded items", async () => {
  const { engine } = setUp();
  expect(await engine.recommend({ topN: 1, exclude: ["mug"] })).toEqual([{ id: "hat", score: 0.5 }]);
  expect(await engine.recommend()).toHaveLength(3);
  expect(await codeOf(engine.recommend({ topN: -1 }))).toBe("invalid_argument");
  expect(await codeOf(engine.recommend({ exclude: "mug" as never }))).toBe("invalid_argument");
});

test("a generated image is marked and has its seed", async () => {
  vi.stubGlobal("ImageData", class { constructor(readonly data: Uint8ClampedArray, readonly width: number, readonly height: number) {} });
  const { engine, opened } = setUp();
  expect(await engine.generatorLabels()).toEqual(["mug", "hat"]);
  const { image, ...rest } = await engine.generate({ label: "mug", seed: 7 });
  expect([[...image.data], image.width, image.height]).toEqual([[7, 7, 7, 255], 1, 1]);
  expect(rest).toEqual({ label: "mug", seed: 7, generated: true });
  expect(opened).toEqual(["generator"]);
  vi.unstubAllGlobals();
});

test("an invalid seed and an unknown category are errors", async () => {
  const { engine, fetchNetwork } = setUp();
  for (const seed of [-1, 0.5, 2 ** 53, NaN, "1" as never]) await expect(engine.generate({ label: "mug", seed })).rejects.toThrow("seed: found");
  await expect(engine.generate({ label: 7 as never, seed: 1 })).rejects.toThrow("label: found 7");
  expect(fetchNetwork).not.toHaveBeenCalled();
  await expect(engine.generate({ label: "hut", seed: 1 })).rejects.toThrow("expected one of mug, hat");
});

test("an undecodable photo is an error", async () => {
  vi.stubGlobal("createImageBitmap", async () => { throw new DOMException("not an image", "InvalidStateError"); });
  expect(await codeOf(setUp().engine.embedImage(new Blob(["text"])))).toBe("image_unreadable");
  vi.unstubAllGlobals();
});

test("without wasm SIMD a network call is an error", async () => {
  const engine = new Engine(undefined, report);
  expect(await codeOf(engine.sentiment(["fine"]))).toBe("wasm_unavailable");
});
