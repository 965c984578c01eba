import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Augmentation } from "../src/augment";
import { Engine } from "../src/engine";
import { WindowshopError } from "../src/errors";
import { meanOf } from "../src/views";
import { fakeCore, report } from "./fake-core";

beforeEach(() => {
  vi.stubGlobal("fetch", async (url: string) => new Response(url));
  vi.stubGlobal("ImageData", class {
    constructor(readonly data: Uint8ClampedArray, readonly width: number, readonly height: number) {}
  });
});
afterEach(() => vi.unstubAllGlobals());

const photo = new Blob(["photo"]);
const setUp = () => {
  const fake = fakeCore();
  const fetchNetwork = async () => ({ bytes: new Uint8Array(3), keep: async () => {}, drop: async () => {} });
  return { ...fake, engine: new Engine(fake.core, report, fetchNetwork, new Augmentation(fake.core, "augment.wasm", "augment-gpu.js")) };
};
const failure = (promise: Promise<unknown>) => promise.then(() => { throw new Error("expected a failure"); }, (error: WindowshopError) => error);

test("the module is fetched by the first call that needs it, once", async () => {
  const { engine, fetched, works } = setUp();
  expect(fetched).toEqual([]);
  await Promise.all([engine.augment(photo, "product", 1), engine.augment(photo, { transforms: [{ operator: "rotate" }] }, 2, { epoch: 3, strength: 0.5 })]);
  expect(fetched).toEqual(["augment.wasm"]);
  expect(works).toEqual([
    { policy: '"product"', strength: 1, seed: 1, sample: 0, epoch: 0 },
    { policy: '{"transforms":[{"operator":"rotate"}]}', strength: 0.5, seed: 2, sample: 0, epoch: 3 },
  ]);
});

test("a module that could not be fetched is tried again", async () => {
  const { engine, fetched } = setUp();
  const answers = [() => Promise.reject(new TypeError("offline")), async () => new Response("", { status: 404 }), async () => new Response("served")];
  vi.stubGlobal("fetch", () => answers.shift()!());
  for (const _ of [1, 2]) expect((await failure(engine.augment(photo, "product", 1))).code).toBe("wasm_unavailable");
  expect(fetched).toEqual([]);
  expect((await engine.augment(photo, "product", 1)).record.actions).toEqual([]);
});

test("the picture comes as pixels or as a file, and its record can be replayed", async () => {
  const { engine, works } = setUp();
  const { image, record } = await engine.augment(photo, "views", 1);
  expect([image.width, image.height, image.data.length]).toEqual([1, 1, 4]);
  const file = await engine.replay(photo, record, { type: "blob", fileType: "image/webp", quality: 0.8 });
  expect([file.image.type, file.image.size]).toEqual(["image/webp", 4]);
  expect(works[1]).toEqual({ record: JSON.stringify(record) });
});

test.each([
  [{ seed: -1 }, "seed"], [{ seed: 0.5 }, "seed"], [{ seed: 2 ** 53 }, "seed"], [{ policy: 7 }, "policy"], [{ policy: null }, "policy"],
  [{ strength: 2 }, "strength"], [{ epoch: 2 ** 32 }, "epoch"], [{ type: "png" }, "type"], [{ type: "blob", fileType: "image/gif" }, "fileType"],
  [{ maxSide: 0 }, "maxSide"], [{ quality: 80 }, "quality"], [{ backend: "webgl" }, "backend"],
])("a call that cannot be used is refused before anything is fetched: %j", async (call, culprit) => {
  const { engine, fetched } = setUp();
  const { policy = "product", seed = 1, ...options } = call as { policy?: never; seed?: number };
  const error = await failure(engine.augment(photo, policy, seed, options));
  expect(error.code).toBe("invalid_argument");
  expect(error.message).toMatch(new RegExp(`^${culprit}: found`));
  expect(fetched).toEqual([]);
});

test("an abort ends a call that is under way, and one that has not begun", async () => {
  const { engine, core } = setUp();
  core.augment = () => new Promise<never>(() => undefined);
  const abort = new AbortController();
  const call = engine.augment(photo, "product", 1, { signal: abort.signal });
  abort.abort();
  expect((await failure(call)).code).toBe("aborted");
  expect((await failure(engine.augment(photo, "product", 1, { signal: abort.signal }))).code).toBe("aborted");
});

test("a photo that the browser cannot decode is named", async () => {
  vi.stubGlobal("createImageBitmap", async () => { throw new DOMException("no", "InvalidStateError"); });
  expect((await failure(setUp().engine.augment({} as ImageBitmapSource, "product", 1))).code).toBe("image_unreadable");
});

test("without wasm SIMD augmentation says that it cannot", async () => {
  expect((await failure(new Engine(undefined, report).augment(photo, "product", 1))).code).toBe("wasm_unavailable");
});

test("views are counted or made by a policy, and are within reason", async () => {
  const { engine, fetched } = setUp();
  expect((await engine.embedImage(photo, { views: 5 }))[0]).toBe(5);
  expect((await engine.embedImage(photo, { views: "product" }))[0]).toBe(8);
  expect((await engine.embedImage(photo, { views: { transforms: [] } }))[0]).toBe(8);
  expect(fetched).toHaveLength(1);
  for (const views of [0, 1.5, 1000]) expect((await failure(engine.embedImage(photo, { views }))).code).toBe("invalid_argument");
});

test("the mean of views has length one, and its name is that of the mean", () => {
  const view = (embedding: number[], probabilities: number[]) => ({
    classes: ["a", "b"], predicted: 0, embedding: Float32Array.from(embedding), probabilities: Float32Array.from(probabilities),
  });
  const mean = meanOf([view([1, 0], [0.6, 0.4]), view([0, 1], [0.2, 0.8])]);
  expect([...mean.embedding].map((value) => value.toFixed(6))).toEqual(["0.707107", "0.707107"]);
  expect([...mean.probabilities].map((value) => value.toFixed(6))).toEqual(["0.400000", "0.600000"]);
  expect(mean.predicted).toBe(1);
});
