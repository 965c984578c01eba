import type { Core, RankedArrays } from "./core";
import { WindowshopError, throwIfAborted } from "./errors";
import { Profile } from "./profile";
import type { BackendReport, Item, Reason, RerankRequest, RerankResponse, Result, TrackedEvent } from "./types";

/** Most items of one request. */
export const MAX_ITEMS = 10_000;

/** A loaded engine. Without a core it answers with the shop's order. */
export class Engine {
  readonly profile: Profile;
  #core: Core | undefined;
  #report: BackendReport;
  #handles = new WeakMap<Item, number>();
  #disposed = false;

  /** Use `load`. */
  constructor(core: Core | undefined, report: BackendReport) {
    this.#core = core;
    this.#report = report;
    this.profile = new Profile(core);
  }

  /** Where the engine runs and what it loaded. */
  backendReport(): BackendReport {
    return this.#report;
  }

  /** Puts the items in order for this query and this visitor. Nothing is sent anywhere. */
  async rerank(request: RerankRequest): Promise<RerankResponse> {
    const started = performance.now();
    this.#check(request);
    const shopsOrder = (fallback: "latency_budget" | "no_wasm"): RerankResponse => ({
      results: inShopsOrder(request),
      backend: "none",
      timing: { totalMs: performance.now() - started, fallback },
    });
    if (!this.#core) return shopsOrder("no_wasm");
    if (request.items.length === 0) {
      return { results: [], backend: "cpu", timing: { totalMs: performance.now() - started } };
    }
    const scored = this.#score(this.#core, request);
    const budget = request.latencyBudgetMs;
    const list = budget === undefined ? await scored : await Promise.race([scored, delay(budget)]);
    throwIfAborted(request.signal);
    if (!list) {
      // The late answer is dropped; a late failure too.
      scored.catch(() => undefined);
      return shopsOrder("latency_budget");
    }
    return { results: explain(list, request.items), backend: "cpu", timing: { totalMs: performance.now() - started } };
  }

  /** Remembers what the visitor did, in this browser only. */
  async track(event: TrackedEvent): Promise<void> {
    this.#alive();
    await this.profile.track(event);
  }

  /** Frees the engine and its worker. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.#core?.close();
    this.#core = undefined;
  }

  #alive(): void {
    if (this.#disposed) throw new WindowshopError("disposed", "the engine was disposed: load it again");
  }

  #check(request: RerankRequest): void {
    this.#alive();
    throwIfAborted(request.signal);
    if (request.items.length > MAX_ITEMS) {
      const message = `items: ${request.items.length} in one request, at most ${MAX_ITEMS} are allowed: re-rank the first page only`;
      throw new WindowshopError("too_many_items", message);
    }
  }

  async #score(core: Core, request: RerankRequest): Promise<RankedArrays> {
    const missing = request.items.filter((item) => !this.#handles.has(item));
    if (missing.length > 0) {
      const handles = await core.register(missing.map(known));
      missing.forEach((item, i) => this.#handles.set(item, handles[i]!));
    }
    const handles = Uint32Array.from(request.items, (item) => this.#handles.get(item)!);
    const { query, topN, maxDisplacement } = request;
    return core.rerank(handles, {
      ...(query !== undefined && { query }),
      ...(topN !== undefined && { topN }),
      ...(maxDisplacement !== undefined && { maxDisplacement }),
    });
  }
}

/** The fields the engine reads: a page's own fields are no mistake. */
function known({ id, title, text, category, price, rating, ratingCount, look }: Item): Item {
  return {
    id,
    ...(title !== undefined && { title }),
    ...(text !== undefined && { text }),
    ...(category !== undefined && { category }),
    ...(price !== undefined && { price }),
    ...(rating !== undefined && { rating }),
    ...(ratingCount !== undefined && { ratingCount }),
    ...(look !== undefined && { look }),
  };
}

function explain(list: RankedArrays, items: Item[]): Result[] {
  const width = list.groups.length;
  return Array.from(list.order, (index, row) => {
    const reasons: Reason[] = list.groups.map((group, g) => ({ group, contribution: list.contributions[row * width + g]! }));
    reasons.sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
    return { index, id: items[index]!.id, relevanceScore: list.scores[row]!, reasons };
  });
}

function inShopsOrder({ items, topN }: RerankRequest): Result[] {
  return items.slice(0, topN ?? items.length).map(({ id }, index) => ({ index, id, relevanceScore: 0, reasons: [] }));
}

function delay(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms));
}
