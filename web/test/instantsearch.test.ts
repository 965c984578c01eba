import { expect, test } from "vitest";
import { Engine } from "../src/engine";
import { rerankHits, rerankingClient } from "../src/instantsearch";
import { fakeCore, report } from "./fake-core";

const engine = () => new Engine(fakeCore().core, report);
const hits = [{ objectID: "a" }, { objectID: "b" }];
const toItem = ({ objectID }: { objectID: string }) => ({ id: objectID });

test("a search client returns re-ranked hits", async () => {
  const client = { search: async () => ({ results: [{ hits, query: "tea", page: 0 }, { facetHits: [] }] }) };
  const { results } = await rerankingClient(client, engine(), toItem).search();
  expect(results).toEqual([{ hits: [hits[1], hits[0]], query: "tea", page: 0 }, { facetHits: [] }]);
});

test("an error leaves the shop's order and is reported", async () => {
  const disposed = engine();
  await disposed.dispose();
  const errors: unknown[] = [];
  expect(await rerankHits(disposed, hits, toItem, { onError: (error) => errors.push(error) })).toEqual(hits);
  expect(errors).toHaveLength(1);
});
