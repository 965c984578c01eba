import { type AugmentOptions, type Augmentation, type Augmented, type ImageType, type ReplayOptions, drawOf } from "./augment";
import type { Draw } from "./augmenter";
import type { Computed, Core, CoreAnswer, CoreOptions, ImagePredictionArrays, PredictionArrays, RankedArrays, SentimentArrays } from "./core";
import { WindowshopError, throwIfAborted, unlessAborted } from "./errors";
import { ItemRegistry, invalid } from "./items";
import { pixels, portable } from "./photo";
import type { AugmentPolicy, AugmentRecord, PresetName } from "./policy";
import { Profile } from "./profile";
import { type FetchNetwork, Networks } from "./networks";
import { INTERACTION_KINDS, type Item, MAX_ITEMS, type NetworkKind, type Ranked, type Reason, type TrackedEvent } from "./schema";
import type {
  BackendReport, Classification, GenerateRequest, GeneratedImage, ImageOptions, Recommendation, RecommendRequest, RerankRequest, RerankResponse, Row, Sentiment,
} from "./types";

/** Largest number of views of one photo. */
const MAX_VIEWS = 256;
/** Number of views if only a policy is given. */
const POLICY_VIEWS = 8;

/** A loaded engine. Without a core it returns the shop's order. */
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

  /** The loaded bundle and where it runs. */
  backendReport(): BackendReport {
    return structuredClone(this.#report);
  }

  /** Re-ranks items for a query and the visitor's session. No data leave the browser. */
  async rerank(request: RerankRequest): Promise<RerankResponse> {
    const started = performance.now();
    const elapsed = () => performance.now() - started;
    this.#alive();
    throwIfAborted(request.signal);
    check(request);
    const { items, signal } = request;
    const core = this.#core;
    if (!core) return { results: inShopOrder(request), backend: "none", timing: { totalMs: elapsed(), fallback: "no_wasm" } };
    if (items.length === 0) return { results: [], backend: this.#report.backend, timing: { totalMs: elapsed() } };
    const list = await unlessAborted(withinBudget(this.#score(core, request), request.latencyBudgetMs), signal);
    if (!list) return { results: inShopOrder(request), backend: "none", timing: { totalMs: elapsed(), fallback: "latency_budget" } };
    this.#note(list);
    return { results: explain(list, items), backend: list.backend, timing: { totalMs: elapsed() } };
  }

  /** Predicts the sentiment of texts. The first call downloads the network. */
  async sentiment(texts: string[]): Promise<Sentiment[]> {
    this.#alive();
    if (!Array.isArray(texts)) throw invalid("texts", texts, "an array of strings");
    const wrong = texts.findIndex((text) => typeof text !== "string");
    if (wrong >= 0) throw invalid(`texts[${wrong}]`, texts[wrong], "a string");
    return sentiments(await (await this.#with("sentiment")).sentiment(texts));
  }

  /**
   * Predicts purchase intent. Without a row: of the current visit, from the [tracked](Engine.track) events, with a network that
   * was trained on a shop's events. With a row: from its cells, by the columns that the network was trained on; other columns
   * are missing values.
   */
  async intent(row?: Row): Promise<Classification> {
    this.#alive();
    if (row === undefined) return classification(await (await this.#with("intent")).visitIntent(Date.now()));
    if (typeof row !== "object" || row === null || Array.isArray(row)) throw invalid("row", row, "an object of cells by column");
    const cells = Object.entries(row).filter(([, value]) => value !== null && value !== undefined && value !== "");
    for (const [column, value] of cells) {
      if (!["string", "number", "boolean"].includes(typeof value)) throw invalid(`row["${column}"]`, value, "a string, a number or a boolean");
    }
    return classification(await (await this.#with("intent")).intent(Object.fromEntries(cells)));
  }

  /** Recommends next items from the [tracked](Engine.track) events, best first. */
  async recommend({ topN = 20, exclude = [] }: RecommendRequest = {}): Promise<Recommendation[]> {
    this.#alive();
    if (!(Number.isInteger(topN) && topN >= 0)) throw invalid("topN", topN, "an integer, 0 or above");
    if (!Array.isArray(exclude) || exclude.some((id) => typeof id !== "string")) throw invalid("exclude", exclude, "an array of item identifiers");
    const { ids, scores } = await (await this.#with("sequence")).recommend(topN, exclude);
    return ids.map((id, i) => ({ id, score: scores[i]! }));
  }

  /** Returns the L2-normalised image embedding of a photo. Similar photos have a high dot product. */
  async embedImage(photo: ImageBitmapSource, options: ImageOptions = {}): Promise<Float32Array> {
    return (await this.#predictImage(photo, options)).embedding;
  }

  /** Predicts the category of the product in a photo. */
  async classifyImage(photo: ImageBitmapSource, options: ImageOptions = {}): Promise<Classification> {
    return classification(await this.#predictImage(photo, options));
  }

  /** The categories that `generate` supports. The first call downloads the network. */
  async generatorLabels(): Promise<string[]> {
    this.#alive();
    return (await this.#with("generator")).generatorLabels();
  }

  /**
   * Generates an image of a category. The same label and seed give the same image in every browser and in the trainer. The first
   * call downloads the network.
   */
  async generate({ label, seed }: GenerateRequest): Promise<GeneratedImage> {
    this.#alive();
    if (typeof label !== "string") throw invalid("label", label, "a category that `generatorLabels` returns");
    if (!(Number.isSafeInteger(seed) && seed >= 0)) throw invalid("seed", seed, "an integer, 0 or above");
    const generated = await (await this.#with("generator")).generate(label, seed);
    this.#note(generated);
    const { side, pixels } = generated;
    return { image: new ImageData(pixels, side, side), label, seed, generated: true };
  }

  /**
   * Augments a photo by a policy or a preset. The same photo, policy and seed give the same pixels in every browser and in the
   * trainer. The first call downloads the augmentation module.
   */
  async augment<T extends ImageType = "imagedata">(photo: ImageBitmapSource, policy: AugmentPolicy | PresetName, seed: number, options: AugmentOptions<T> = {}): Promise<Augmented<T>> {
    return this.#withAugmentation().augment(photo, policy, seed, options);
  }

  /** Applies a record of `augment` again, to the same photo or another of the same size. */
  async replay<T extends ImageType = "imagedata">(photo: ImageBitmapSource, record: AugmentRecord, options: ReplayOptions<T> = {}): Promise<Augmented<T>> {
    return this.#withAugmentation().replay(photo, record, options);
  }

  #withAugmentation(): Augmentation {
    this.#alive();
    if (!this.#augmentation) throw new WindowshopError("wasm_unavailable", "augmentation: this browser has no WebAssembly with SIMD");
    return this.#augmentation;
  }

  async #predictImage(photo: ImageBitmapSource, { views = 1, policy = "views", seed = 0, signal }: ImageOptions): Promise<ImagePredictionArrays> {
    this.#alive();
    throwIfAborted(signal);
    const count = typeof views === "number" ? views : POLICY_VIEWS;
    if (!(Number.isInteger(count) && count >= 1 && count <= MAX_VIEWS)) throw invalid("views", views, `an integer from 1 to ${MAX_VIEWS}, or a policy`);
    const draw = drawOf(typeof views === "number" ? policy : views, seed);
    const predicting = count === 1 ? this.#predictOnce(photo) : this.#predictViews(photo, count, draw);
    return unlessAborted(predicting, signal);
  }

  async #predictOnce(photo: ImageBitmapSource): Promise<ImagePredictionArrays> {
    const [{ rgb, width, height }, core] = await Promise.all([pixels(photo), this.#with("image")]);
    return core.predictImage(rgb, width, height);
  }

  async #predictViews(photo: ImageBitmapSource, count: number, draw: Draw): Promise<ImagePredictionArrays> {
    const [bitmap, core] = await Promise.all([portable(photo), this.#with("image"), this.#withAugmentation().start()]);
    return core.predictImageViews({ photo: bitmap, count, draw });
  }

  /** Adds an event to the visitor's profile, which stays in this browser. */
  async track(event: TrackedEvent): Promise<void> {
    this.#alive();
    const { type, itemId, timestampMs } = event;
    if (!INTERACTION_KINDS.includes(type)) throw invalid("event.type", type, `one of ${INTERACTION_KINDS.join(", ")}`);
    if (typeof itemId !== "string" || itemId === "") throw invalid("event.itemId", itemId, "an item's identifier");
    await this.profile.track({ type, itemId, ...(timestampMs !== undefined && { timestampMs }) });
  }

  /** Frees the engine and its worker. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.#core?.close();
    this.#core = undefined;
  }

  /** The core with the network open. */
  async #with(network: NetworkKind): Promise<Core> {
    if (!this.#core || !this.#networks) throw new WindowshopError("wasm_unavailable", `${network}: this browser has no WebAssembly with SIMD: only re-ranking in the shop's order is available`);
    await this.#networks.open(network);
    this.#alive();
    return this.#core;
  }

  /** Updates the report if the GPU was lost. */
  #note({ gpuLost }: Computed): void {
    if (gpuLost) this.#report = { ...this.#report, backend: "cpu", gpu: { ...this.#report.gpu, state: "lost", reason: gpuLost } };
  }

  #alive(): void {
    if (this.#disposed) throw new WindowshopError("disposed", "the engine is disposed: load it again");
  }

  async #score(core: Core, { items, query, topN, maxDisplacement }: RerankRequest): Promise<CoreAnswer> {
    const options: CoreOptions = {
      // An empty query means a category page.
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
    const message = `items: ${items.length} in one request, at most ${MAX_ITEMS} are allowed: re-rank the first page of results only`;
    throw new WindowshopError("too_many_items", message);
  }
  if (query !== undefined && typeof query !== "string") throw invalid("query", query, "a string");
  for (const [name, value] of Object.entries({ topN, maxDisplacement })) {
    if (value !== undefined && !(Number.isInteger(value) && value >= 0)) throw invalid(name, value, "an integer, 0 or above");
  }
  if (latencyBudgetMs !== undefined && !(latencyBudgetMs >= 0)) throw invalid("latencyBudgetMs", latencyBudgetMs, "milliseconds, 0 or above");
}

/** The list, or undefined if it takes longer than the budget. A late result or error is dropped. */
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

function explain(list: RankedArrays, items: Item[]): Ranked[] {
  const width = list.groups.length;
  return Array.from(list.order, (index, row) => {
    const reasons: Reason[] = list.groups.map((group, g) => ({ group, contribution: list.contributions[row * width + g]! }));
    reasons.sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
    return { index, id: items[index]!.id, relevanceScore: list.scores[row]!, reasons };
  });
}

function sentiments({ classes, predicted, probabilities }: SentimentArrays): Sentiment[] {
  return Array.from(predicted, (label, text) => {
    const row = probabilities.subarray(text * classes.length, (text + 1) * classes.length);
    return {
      label: classes[label]!,
      score: row[label]!,
      probabilities: Object.fromEntries(classes.map((sentiment, i) => [sentiment, row[i]!])),
    };
  });
}

function classification({ classes, predicted, probabilities }: PredictionArrays): Classification {
  return {
    label: classes[predicted]!,
    score: probabilities[predicted]!,
    probabilities: Object.fromEntries(classes.map((label, i) => [label, probabilities[i]!])),
  };
}

function inShopOrder({ items, topN }: RerankRequest): Ranked[] {
  return items.slice(0, topN ?? items.length).map(({ id }, index) => ({ index, id, relevanceScore: 0, reasons: [] }));
}
