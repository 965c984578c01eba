import { type AugmentOptions, type Augmentation, type Augmented, type ImageType, type ReplayOptions, drawOf } from "./augment";
import type { Draw } from "./augmenter";
import type { ClassArrays, Computed, Core, CoreAnswer, CoreOptions, PhotoArrays, RankedArrays, SentimentArrays } from "./core";
import { WindowshopError, throwIfAborted, unlessAborted } from "./errors";
import { ItemRegistry, invalid } from "./items";
import { pixels, portable } from "./photo";
import type { AugmentPolicy, AugmentRecord, PresetName } from "./policy";
import { Profile } from "./profile";
import { type FetchNetwork, Networks } from "./networks";
import type {
  BackendReport, Classification, GenerateRequest, Generated, Item, ImageOptions, NetworkName, Reason, Recommendation, RecommendRequest, RerankRequest, RerankResponse, Result, Row, Sentiment, TrackedEvent,
} from "./types";

/** Most items of one request. */
export const MAX_ITEMS = 10_000;
/** Most views of one photo, and how many a policy by itself makes. */
const MAX_VIEWS = 256;
const POLICY_VIEWS = 8;
const EVENT_TYPES = ["click", "cart", "purchase", "cancel"];

/** A loaded engine. Without a core it answers with the shop's order. */
export class Engine {
  readonly profile: Profile;
  #core: Core | undefined;
  #networks: Networks | undefined;
  #augmentation: Augmentation | undefined;
  #report: BackendReport;
  #items: ItemRegistry;
  #disposed = false;

  /** Use `load`. */
  constructor(core: Core | undefined, report: BackendReport, fetchNetwork?: FetchNetwork, augmentation?: Augmentation) {
    this.#core = core;
    this.#augmentation = augmentation;
    this.#networks = core && fetchNetwork && new Networks(core, fetchNetwork);
    this.#report = report;
    this.#items = new ItemRegistry(report.imageEmbeddingLength);
    this.profile = new Profile(core);
  }

  /** Where the engine runs and what it loaded. */
  backendReport(): BackendReport {
    return structuredClone(this.#report);
  }

  /** Puts the items in order for this query and this visitor. Nothing is sent anywhere. */
  async rerank(request: RerankRequest): Promise<RerankResponse> {
    const started = performance.now();
    const elapsed = () => performance.now() - started;
    this.#alive();
    throwIfAborted(request.signal);
    check(request);
    const { items, signal } = request;
    const core = this.#core;
    if (!core) return { results: inShopsOrder(request), backend: "none", timing: { totalMs: elapsed(), fallback: "no_wasm" } };
    if (items.length === 0) return { results: [], backend: this.#report.backend, timing: { totalMs: elapsed() } };
    const list = await unlessAborted(withinBudget(this.#score(core, request), request.latencyBudgetMs), signal);
    if (!list) return { results: inShopsOrder(request), backend: "none", timing: { totalMs: elapsed(), fallback: "latency_budget" } };
    this.#note(list);
    return { results: explain(list, items), backend: list.backend, timing: { totalMs: elapsed() } };
  }

  /** Reads the sentiment of reviews. The first call fetches the network. */
  async sentiment(texts: string[]): Promise<Sentiment[]> {
    this.#alive();
    if (!Array.isArray(texts)) throw invalid("texts", texts, "an array of texts");
    const odd = texts.findIndex((text) => typeof text !== "string");
    if (odd >= 0) throw invalid(`texts[${odd}]`, texts[odd], "text");
    return sentiments(await (await this.#with("sentiment")).sentiment(texts));
  }

  /**
   * What is likely to come of a visit. Without a row: of the one that is going on, from what was [tracked](Engine.track); for a
   * network that was trained on a shop's events. `row` has what the page knows of a visit, by the columns that the network was
   * trained on; what is not there counts as missing.
   */
  async intent(row?: Row): Promise<Classification> {
    this.#alive();
    if (row === undefined) return classification(await (await this.#with("intent")).visitIntent(Date.now()));
    if (typeof row !== "object" || row === null || Array.isArray(row)) throw invalid("row", row, "an object from column to value");
    const cells = Object.entries(row).filter(([, value]) => value !== null && value !== undefined && value !== "");
    for (const [column, value] of cells) {
      if (!["string", "number", "boolean"].includes(typeof value)) throw invalid(`row["${column}"]`, value, "text, a number, true or false");
    }
    return classification(await (await this.#with("intent")).intent(Object.fromEntries(cells)));
  }

  /** The items that this visitor may want next, from what was [tracked](Engine.track); best first. */
  async recommend({ topN = 20, exclude = [] }: RecommendRequest = {}): Promise<Recommendation[]> {
    this.#alive();
    if (!(Number.isInteger(topN) && topN >= 0)) throw invalid("topN", topN, "a whole number, zero or above");
    if (!Array.isArray(exclude) || exclude.some((id) => typeof id !== "string")) throw invalid("exclude", exclude, "an array of identifiers");
    const { ids, scores } = await (await this.#with("sequence")).recommend(topN, exclude);
    return ids.map((id, i) => ({ id, score: scores[i]! }));
  }

  /** Where a photo is in the space of looks: a vector of length one. What is near looks alike. */
  async embedImage(photo: ImageBitmapSource, options: ImageOptions = {}): Promise<Float32Array> {
    return (await this.#read(photo, options)).embedding;
  }

  /** The category of the product on a photo. */
  async classifyImage(photo: ImageBitmapSource, options: ImageOptions = {}): Promise<Classification> {
    return classification(await this.#read(photo, options));
  }

  /** The categories that `generate` makes pictures of. The first call fetches the network. */
  async generatorLabels(): Promise<string[]> {
    this.#alive();
    return (await this.#with("generator")).generatorLabels();
  }

  /**
   * Makes a picture of a category, which no camera has seen: the same label and seed give the same picture in every browser and in
   * the trainer. The first call fetches the network.
   */
  async generate({ label, seed }: GenerateRequest): Promise<Generated> {
    this.#alive();
    if (typeof label !== "string") throw invalid("label", label, "a category that `generatorLabels` names");
    if (!(Number.isSafeInteger(seed) && seed >= 0)) throw invalid("seed", seed, "a whole number, zero or above");
    const made = await (await this.#with("generator")).generate(label, seed);
    this.#note(made);
    const { side, pixels } = made;
    return { image: new ImageData(pixels, side, side), label, seed, generated: true };
  }

  /**
   * Changes a photo by a policy or a preset: the same photo, policy and seed give the same pixels in every browser and in the
   * trainer. The first call fetches the module for it.
   */
  async augment<T extends ImageType = "imagedata">(photo: ImageBitmapSource, policy: AugmentPolicy | PresetName, seed: number, options: AugmentOptions<T> = {}): Promise<Augmented<T>> {
    return this.#withAugmentation().augment(photo, policy, seed, options);
  }

  /** Does again what `augment` recorded: to the same photo, or to another of the same size. */
  async replay<T extends ImageType = "imagedata">(photo: ImageBitmapSource, record: AugmentRecord, options: ReplayOptions<T> = {}): Promise<Augmented<T>> {
    return this.#withAugmentation().replay(photo, record, options);
  }

  #withAugmentation(): Augmentation {
    this.#alive();
    if (!this.#augmentation) throw new WindowshopError("wasm_unavailable", "augmentation: this browser has no WebAssembly with SIMD");
    return this.#augmentation;
  }

  async #read(photo: ImageBitmapSource, { views = 1, policy = "views", seed = 0, signal }: ImageOptions): Promise<PhotoArrays> {
    this.#alive();
    throwIfAborted(signal);
    const count = typeof views === "number" ? views : POLICY_VIEWS;
    if (!(Number.isInteger(count) && count >= 1 && count <= MAX_VIEWS)) throw invalid("views", views, `a whole number from 1 to ${MAX_VIEWS}, or a policy`);
    const draw = drawOf(typeof views === "number" ? policy : views, seed);
    const looking = count === 1 ? this.#readOnce(photo) : this.#readViews(photo, count, draw);
    return unlessAborted(looking, signal);
  }

  async #readOnce(photo: ImageBitmapSource): Promise<PhotoArrays> {
    const [{ rgb, width, height }, core] = await Promise.all([pixels(photo), this.#with("image")]);
    return core.readImage(rgb, width, height);
  }

  async #readViews(photo: ImageBitmapSource, count: number, draw: Draw): Promise<PhotoArrays> {
    const [bitmap, core] = await Promise.all([portable(photo), this.#with("image"), this.#withAugmentation().start()]);
    return core.readImageViews({ photo: bitmap, count, draw });
  }

  /** Remembers what the visitor did, in this browser only. */
  async track(event: TrackedEvent): Promise<void> {
    this.#alive();
    const { type, itemId, timestampMs } = event;
    if (!EVENT_TYPES.includes(type)) throw invalid("event.type", type, `one of ${EVENT_TYPES.join(", ")}`);
    if (typeof itemId !== "string" || itemId === "") throw invalid("event.itemId", itemId, "an item's identifier");
    await this.profile.track({ type, itemId, ...(timestampMs !== undefined && { timestampMs }) });
  }

  /** Frees the engine and its worker. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.#core?.close();
    this.#core = undefined;
  }

  /** The core, with a network open. */
  async #with(network: NetworkName): Promise<Core> {
    if (!this.#core || !this.#networks) throw new WindowshopError("wasm_unavailable", `${network}: this browser has no WebAssembly with SIMD: only the shop's order is left`);
    await this.#networks.open(network);
    this.#alive();
    return this.#core;
  }

  /** Notes that the GPU was lost, if it was. */
  #note({ gpuLost }: Computed): void {
    if (gpuLost) this.#report = { ...this.#report, backend: "cpu", gpu: { ...this.#report.gpu, state: "lost", reason: gpuLost } };
  }

  #alive(): void {
    if (this.#disposed) throw new WindowshopError("disposed", "the engine was disposed of: load it again");
  }

  async #score(core: Core, { items, query, topN, maxDisplacement }: RerankRequest): Promise<CoreAnswer> {
    const options: CoreOptions = {
      // An empty query is no query: a category page.
      ...(query?.trim() && { query }),
      ...(topN !== undefined && { topN }),
      ...(maxDisplacement !== undefined && { maxDisplacement }),
    };
    return core.rerank(await this.#items.handles(items, (news) => core.register(news)), options);
  }
}

function check({ items, query, topN, maxDisplacement, latencyBudgetMs }: RerankRequest): void {
  if (!Array.isArray(items)) throw invalid("items", items, "an array of items");
  if (items.length > MAX_ITEMS) {
    const message = `items: ${items.length} in one request, at most ${MAX_ITEMS} are allowed: re-rank the first page only`;
    throw new WindowshopError("too_many_items", message);
  }
  if (query !== undefined && typeof query !== "string") throw invalid("query", query, "text");
  for (const [name, value] of Object.entries({ topN, maxDisplacement })) {
    if (value !== undefined && !(Number.isInteger(value) && value >= 0)) throw invalid(name, value, "a whole number, zero or above");
  }
  if (latencyBudgetMs !== undefined && !(latencyBudgetMs >= 0)) throw invalid("latencyBudgetMs", latencyBudgetMs, "milliseconds, zero or above");
}

/** The list, or undefined when it is not there in time; a late answer is dropped, a late failure too. */
async function withinBudget(list: Promise<CoreAnswer>, budgetMs: number | undefined): Promise<CoreAnswer | undefined> {
  if (budgetMs === undefined) return list;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), budgetMs);
  });
  list.catch(() => undefined);
  try {
    return await Promise.race([list, late]);
  } finally {
    clearTimeout(timer);
  }
}

function explain(list: RankedArrays, items: Item[]): Result[] {
  const width = list.groups.length;
  return Array.from(list.order, (index, row) => {
    const reasons: Reason[] = list.groups.map((group, g) => ({ group, contribution: list.contributions[row * width + g]! }));
    reasons.sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
    return { index, id: items[index]!.id, relevanceScore: list.scores[row]!, reasons };
  });
}

function sentiments({ classes, named, probabilities }: SentimentArrays): Sentiment[] {
  return Array.from(named, (place, text) => {
    const row = probabilities.subarray(text * classes.length, (text + 1) * classes.length);
    return {
      label: classes[place]!,
      score: row[place]!,
      probabilities: Object.fromEntries(classes.map((sentiment, i) => [sentiment, row[i]!])),
    };
  });
}

function classification({ classes, named, probabilities }: ClassArrays): Classification {
  return {
    label: classes[named]!,
    score: probabilities[named]!,
    probabilities: Object.fromEntries(classes.map((label, i) => [label, probabilities[i]!])),
  };
}

function inShopsOrder({ items, topN }: RerankRequest): Result[] {
  return items.slice(0, topN ?? items.length).map(({ id }, index) => ({ index, id, relevanceScore: 0, reasons: [] }));
}
