import type { Engine } from "./engine";
import type { Item, RerankRequest } from "./types";

/** How a hit of the shop's search becomes an item. */
export type ToItem<Hit> = (hit: Hit) => Item;

/**
 * Re-ranks a page of hits: the same hits, in Windowshop's order. Any failure leaves the shop's order, for a search page
 * must not break; give `onError` to hear of it.
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
 * An InstantSearch search client whose answers are re-ranked. InstantSearch's own `transformItems` is synchronous; a client
 * is the place where one may wait. Pins and hides of the shop belong after it, in `transformItems`.
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
