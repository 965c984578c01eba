import { type Engine, type Item, load, type TrackedEvent } from "windowshop";
import { AugmentPanel } from "./augment-panel";
import { card, type Locale, type Ranked, place, setPlace, shopRow } from "./card";
import { type Product, fetchCatalogue, itemOf } from "./catalogue";
import { button, element } from "./dom";
import { firstStage } from "./first-stage.mjs";
import { GeneratePanel } from "./generate-panel";
import { KeyedList } from "./keyed-list";
import { reportRows } from "./report";
import { countRequests } from "./requests";
import { SessionPanel } from "./session-panel";
import { WORDS } from "./text";

/** Products that the shop's search returns, and how many of them the page shows. */
const CANDIDATES = 60;
const SHOWN = 12;
const BACKENDS = ["auto", "cpu", "gpu", "race"] as const;

const parameters = new URLSearchParams(location.search);
const query = element<HTMLInputElement>("query");

class Page {
  #locale: Locale;
  #search: (query: string, limit: number) => string[];
  #products: Map<string, Product>;
  /** One object per item: the engine recognises it and encodes the item once. */
  #items: Map<string, Item>;
  #session: SessionPanel;
  #augment: AugmentPanel;
  #generate: GeneratePanel;
  #shop: KeyedList<Product>;
  #ours: KeyedList<Ranked>;

  constructor(
    catalogue: Product[],
    private engine: Engine,
    locale: Locale,
  ) {
    this.#locale = locale;
    this.#search = firstStage(catalogue);
    this.#products = new Map(catalogue.map((product) => [product.id, product]));
    this.#items = new Map(catalogue.map((product) => [product.id, itemOf(product)]));
    this.#session = new SessionPanel(catalogue, engine, () => this.search());
    this.#augment = new AugmentPanel(engine, locale);
    this.#generate = new GeneratePanel(engine, locale);
    this.#shop = new KeyedList(element("shop"), ({ id }) => id, (product) => shopRow(product, this.#locale), (entry, _, index) => setPlace(entry, index));
    this.#ours = new KeyedList(
      element("ours"),
      ({ product }) => product.id,
      (ranked) => card(ranked, this.#locale, (type, product) => void this.track(type, product)),
      (entry, ranked, index) => place(entry, ranked, index, this.#locale),
    );
    element("form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.search();
    });
    element("language").addEventListener("click", () => {
      const language = this.#locale.language === "en" ? "zh" : "en";
      void this.translate({ language, words: WORDS[language] });
    });
    for (const type of ["pointerover", "focusin"]) document.addEventListener(type, ({ target }) => highlight(target as Element));
  }

  /** Shows the whole page in this language. */
  async translate(locale: Locale): Promise<void> {
    this.#locale = locale;
    writeTexts(locale);
    const chips = locale.words.queries.map((text) =>
      button("chip", text, () => {
        query.value = text;
        return this.search();
      }),
    );
    element("chips").replaceChildren(...chips);
    element("report").replaceChildren(...reportRows(this.engine.backendReport(), locale.words));
    this.#session.translate(locale);
    this.#augment.translate(locale);
    this.#generate.translate(locale);
    this.#shop.reset();
    this.#ours.reset();
    await this.search();
  }

  /** Shows the shop's results, and Windowshop's order of the same products. */
  async search(): Promise<void> {
    const found = this.#search(query.value, CANDIDATES);
    const { results, backend, timing } = await this.engine.rerank({ query: query.value, items: found.map((id) => this.#items.get(id)!) });
    const { words } = this.#locale;
    this.#shop.show(found.slice(0, SHOWN).map((id) => this.#products.get(id)!));
    this.#ours.show(results.slice(0, SHOWN).map((result) => ({ product: this.#products.get(result.id)!, result })));
    const status = backend === "none" ? words.unranked(found.length) : words.status(found.length, timing.totalMs.toFixed(1));
    element("status").textContent = found.length ? status : words.nothing;
    this.#augment.offer(results.map(({ id }) => this.#products.get(id)!));
    await this.#session.show(this.#locale);
    document.body.dataset.searches = String(Number(document.body.dataset.searches ?? 0) + 1);
  }

  /** Records what the visitor did, and searches again. */
  async track(type: TrackedEvent["type"], product: Product): Promise<void> {
    await this.engine.track({ type, itemId: product.id });
    await this.search();
  }
}

/** Highlights the product under the pointer or the focus in both lists. */
function highlight(target: Element): void {
  const id = target.closest<HTMLElement>(".card")?.dataset.id;
  for (const entry of document.querySelectorAll<HTMLElement>(".card")) entry.classList.toggle("same", entry.dataset.id === id);
}

function writeTexts({ language, words }: Locale): void {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  for (const node of document.querySelectorAll<HTMLElement>("[data-text]")) {
    node.textContent = String(words[node.dataset.text as keyof typeof words]);
  }
  element("language").textContent = words.otherLanguage;
  query.placeholder = words.placeholder;
  query.setAttribute("aria-label", words.placeholder);
  showTheme({ language, words });
}

/** Labels the button with the other theme. */
function showTheme({ words }: Locale): void {
  element("theme").textContent = isDark() ? words.light : words.dark;
}

function isDark(): boolean {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

async function start(): Promise<void> {
  const language = parameters.get("lang") === "zh" || (!parameters.has("lang") && navigator.language.startsWith("zh")) ? "zh" : "en";
  const locale = { language, words: WORDS[language] } as const;
  query.value = parameters.get("q") ?? "";
  writeTexts(locale);
  element("theme").addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    showTheme({ ...locale, words: WORDS[document.documentElement.lang === "en" ? "en" : "zh"] });
  });
  element("status").textContent = locale.words.loading;
  const backend = BACKENDS.find((name) => name === parameters.get("backend")) ?? "auto";
  const [catalogue, engine] = await Promise.all([fetchCatalogue(), load("store/bundle/", { backend, worker: parameters.get("worker") !== "0" })]);
  await new Page(catalogue, engine, locale).translate(locale);
  countRequests(element("requests"));
  document.body.dataset.ready = "true";
}

start().catch((error: unknown) => {
  element("status").textContent = String(error);
  element("status").className = "error";
});
