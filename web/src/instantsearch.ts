import type { Engine } from "./engine";
import type { Item, RerankRequest } from "./types";

/** Converts a search hit to an item. */
export type ToItem<Hit> = (hit: Hit) => Item;

/**
 * Re-ranks a page of hits. On an error the hits stay in the shop's order and `onError` receives the error.
 */
export async function rerankHits<Hit>(
  engine: Engine,
  hits: Hit[],
  toItem: ToItem<Hit>,
  options: Omit<RerankRequest, "items" | "topN"> & { onError?: (error: unknown) => void } = {},
): Promise<Hit[]> {
  const { onError, ...request } = options;
  try {
    const { results } = await engine.rerank({ ...request, items: hits.map(toItem) });
    return results.map(({ index }) => hits[index]!);
  } catch (error) {
    onError?.(error);
    return hits;
  }
}

interface SearchResponse<Hit> {
  results: { hits?: Hit[]; query?: string }[];
}

/**
 * An InstantSearch search client that re-ranks its responses. InstantSearch's `transformItems` is synchronous, so re-ranking runs
 * in the client. Apply the shop's pinned and hidden items after it, in `transformItems`.
 */
export function rerankingClient<Hit, Client extends { search(requests: never): Promise<SearchResponse<Hit>> }>(
  client: Client,
  engine: Engine,
  toItem: ToItem<Hit>,
): Client {
  const search = async (requests: never) => {
    const response = await client.search(requests);
    const reranked = response.results.map(async (result) => {
      if (!result.hits) return result;
      return { ...result, hits: await rerankHits(engine, result.hits, toItem, { query: result.query ?? "" }) };
    });
    return { ...response, results: await Promise.all(reranked) };
  };
  return { ...client, search };
}
