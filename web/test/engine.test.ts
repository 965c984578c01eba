import { expect, test } from "vitest";
import { Engine } from "../src/engine";
import type { WindowshopError } from "../src/errors";
import { fakeCore, report } from "./fake-core";

const engineOn = (core: ReturnType<typeof fakeCore>["core"]) => new Engine(core, report);
const failure = (promise: Promise<unknown>) =>
  promise.then(() => { throw new Error("expected a failure"); }, (error: WindowshopError) => error);

test("results are best first, with reasons by absolute contribution", async () => {
  const { results, backend } = await engineOn(fakeCore().core).rerank({ items: [{ id: "a" }, { id: "b" }] });
  expect(backend).toBe("cpu");
  expect(results).toEqual([
    { index: 1, id: "b", relevanceScore: 0, reasons: [{ group: "session", contribution: -2 }, { group: "query_match", contribution: 1 }] },
    { index: 0, id: "a", relevanceScore: 1, reasons: [{ group: "session", contribution: -2 }, { group: "query_match", contribution: 1 }] },
  ]);
});

test("equal items are sent to the engine once", async () => {
  const { core, registered } = fakeCore();
  const engine = engineOn(core);
  const mug = { id: "mug", price: 9 };
  await engine.rerank({ items: [mug, { id: "hat" }] });
  await engine.rerank({ items: [mug, { id: "hat" }, { id: "mug", price: 9 }] });
  expect(registered).toEqual([[{ id: "mug", price: 9 }, { id: "hat" }]]);
});

test("an item whose price changed is sent again", async () => {
  const { core, registered } = fakeCore();
  const engine = engineOn(core);
  const mug = { id: "mug", price: 9 };
  await engine.rerank({ items: [mug] });
  mug.price = 8;
  await engine.rerank({ items: [mug] });
  expect(registered.flat()).toEqual([{ id: "mug", price: 9 }, { id: "mug", price: 8 }]);
});

test("an image embedding has the length of a colour descriptor or of the ranker's embeddings", async () => {
  const { core, registered } = fakeCore();
  const looks = [24, 64].map((length) => ({ id: `mug-${length}`, imageEmbedding: new Array<number>(length).fill(0.5) }));
  await engineOn(core).rerank({ items: looks });
  expect(registered.flat()).toEqual(looks);
});

test("unknown fields are not sent, and null counts as absent", async () => {
  const { core, registered } = fakeCore();
  await engineOn(core).rerank({ items: [{ id: "mug", price: null, secret: "x" } as never] });
  expect(registered.flat()).toEqual([{ id: "mug" }]);
});

test.each([
  [{ id: "mug", price: Number.NaN }, "price"],
  [{ id: "mug", rating: Infinity }, "rating"],
  [{ id: "mug", ratingCount: 1.5 }, "ratingCount"],
  [{ id: "mug", title: 7 }, "title"],
  [{ id: "mug", imageEmbedding: [1, 2] }, "imageEmbedding"],
])("an invalid item is an error with its field: %j", async (item, field) => {
  const { core, registered } = fakeCore();
  const error = await failure(engineOn(core).rerank({ items: [{ id: "hat" }, item as never] }));
  expect(error.code).toBe("invalid_argument");
  expect(error.message).toContain(`items[1] (mug): ${field}`);
  expect(registered).toEqual([]);
});

test.each([[{ items: "mug" }], [{ items: [undefined] }], [{ items: [{}] }], [{ items: [], topN: -1 }], [{ items: [], query: 3 }], [{ items: [], latencyBudgetMs: Number.NaN }]])(
  "a request that cannot be used is refused: %j",
  async (request) => {
    expect((await failure(engineOn(fakeCore().core).rerank(request as never))).code).toBe("invalid_argument");
  },
);

test("an empty list gives empty results", async () => {
  expect((await engineOn(fakeCore().core).rerank({ items: [] })).results).toEqual([]);
});

test("beyond the latency budget the result is the shop's order", async () => {
  const { core } = fakeCore();
  const slow = { ...core, rerank: () => new Promise<never>(() => undefined) };
  const { results, backend, timing } = await engineOn(slow).rerank({ items: [{ id: "a" }, { id: "b" }], latencyBudgetMs: 5 });
  expect(results.map(({ id }) => id)).toEqual(["a", "b"]);
  expect([backend, timing.fallback]).toEqual(["none", "latency_budget"]);
});

test("an abort ends a running request", async () => {
  const { core } = fakeCore();
  const slow = { ...core, rerank: () => new Promise<never>(() => undefined) };
  const abort = new AbortController();
  const request = engineOn(slow).rerank({ items: [{ id: "a" }], signal: abort.signal });
  abort.abort();
  expect((await failure(request)).code).toBe("aborted");
});

test("an unknown kind of event is an error", async () => {
  expect((await failure(engineOn(fakeCore().core).track({ type: "stare" as never, itemId: "mug" }))).code).toBe("invalid_argument");
});
