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

test("a network is fetched by the first call that needs it and kept", async () => {
  const { engine, opened, fetched, fetchNetwork } = setUp();
  expect(fetchNetwork).not.toHaveBeenCalled();
  const [first] = await Promise.all([engine.sentiment(["fine"]), engine.sentiment([])]);
  await engine.sentiment(["fine"]);
  expect(first).toEqual([{ label: "positive", score: 0.75, probabilities: { negative: 0.25, positive: 0.75 } }]);
  expect(opened).toEqual(["sentiment"]);
  expect(fetchNetwork).toHaveBeenCalledTimes(1);
  expect(fetched.keep).toHaveBeenCalledTimes(1);
});

test("a file that was refused is forgotten, and the next call tries again", async () => {
  const { engine, core, fetched, fetchNetwork } = setUp();
  const openNetwork = core.openNetwork;
  core.openNetwork = async () => { throw new WindowshopError("bundle_corrupt", "altered"); };
  expect(await codeOf(engine.sentiment(["fine"]))).toBe("bundle_corrupt");
  expect(fetched.drop).toHaveBeenCalledTimes(1);
  core.openNetwork = openNetwork;
  expect(await codeOf(engine.sentiment(["fine"]))).toBe("no error");
  expect(fetchNetwork).toHaveBeenCalledTimes(2);
});

test("what is no text is refused before anything is fetched", async () => {
  const { engine, fetchNetwork } = setUp();
  expect(await codeOf(engine.sentiment("fine" as never))).toBe("invalid_argument");
  await expect(engine.sentiment(["fine", 7 as never])).rejects.toThrow("texts[1]: found 7");
  expect(fetchNetwork).not.toHaveBeenCalled();
});

test("a row goes on without its missing cells, and what is no cell is named", async () => {
  const { engine, rows } = setUp();
  const { label, score } = await engine.intent({ pages: 3, browser: "fox", weekend: true, region: null, month: undefined });
  expect([label, score]).toEqual(["yes", 0.75]);
  expect(rows).toEqual([{ pages: 3, browser: "fox", weekend: true }]);
  await expect(engine.intent({ pages: [3] as never })).rejects.toThrow('row["pages"]');
});

test("without a row the visit that is going on is read, at the page's own time", async () => {
  const { engine, opened, rows, asked } = setUp();
  expect(await codeOf(engine.intent())).toBe("intent_empty_visit");
  await engine.track({ type: "cart", itemId: "mug" });
  vi.spyOn(Date, "now").mockReturnValueOnce(1234);
  expect(await engine.intent()).toEqual({ label: "no purchase", score: 0.75, probabilities: { "no purchase": 0.75, purchase: 0.25 } });
  expect([asked, rows, opened]).toEqual([[1234], [], ["intent"]]);
  expect((await engine.intent({})).label).toBe("yes");
  expect(await codeOf(engine.intent(null as never))).toBe("invalid_argument");
});

test("recommendations are best first, as many as were asked for, without those that are not wanted", async () => {
  const { engine } = setUp();
  expect(await engine.recommend({ topN: 1, exclude: ["mug"] })).toEqual([{ id: "hat", score: 0.5 }]);
  expect(await engine.recommend()).toHaveLength(3);
  expect(await codeOf(engine.recommend({ topN: -1 }))).toBe("invalid_argument");
  expect(await codeOf(engine.recommend({ exclude: "mug" as never }))).toBe("invalid_argument");
});

test("a picture is marked as made, by the seed that was asked for", async () => {
  vi.stubGlobal("ImageData", class { constructor(readonly data: Uint8ClampedArray, readonly width: number, readonly height: number) {} });
  const { engine, opened } = setUp();
  expect(await engine.generatorLabels()).toEqual(["mug", "hat"]);
  const { image, ...rest } = await engine.generate({ label: "mug", seed: 7 });
  expect([[...image.data], image.width, image.height]).toEqual([[7, 7, 7, 255], 1, 1]);
  expect(rest).toEqual({ label: "mug", seed: 7, generated: true });
  expect(opened).toEqual(["generator"]);
  vi.unstubAllGlobals();
});

test("a seed that is none, and a category that is unknown, are refused by name", async () => {
  const { engine, fetchNetwork } = setUp();
  for (const seed of [-1, 0.5, 2 ** 53, NaN, "1" as never]) await expect(engine.generate({ label: "mug", seed })).rejects.toThrow("seed: found");
  await expect(engine.generate({ label: 7 as never, seed: 1 })).rejects.toThrow("label: found 7");
  expect(fetchNetwork).not.toHaveBeenCalled();
  await expect(engine.generate({ label: "hut", seed: 1 })).rejects.toThrow("expected one of mug, hat");
});

test("what the browser cannot decode is no photo", async () => {
  vi.stubGlobal("createImageBitmap", async () => { throw new DOMException("not an image", "InvalidStateError"); });
  expect(await codeOf(setUp().engine.embedImage(new Blob(["text"])))).toBe("image_unreadable");
  vi.unstubAllGlobals();
});

test("a browser without wasm SIMD says that it cannot", async () => {
  const engine = new Engine(undefined, report);
  expect(await codeOf(engine.sentiment(["fine"]))).toBe("wasm_unavailable");
});
