import { type Engine, type Group, type Item, type Result, type TrackedEvent, load } from "windowshop";
import { firstStage } from "./first-stage.mjs";
import type { Product } from "./product";
import { type Language, TEXT } from "./text";

const SHOWN = 12;
const CANDIDATES = 200;

const element = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const make = (tag: string, className: string, text = "") => Object.assign(document.createElement(tag), { className, textContent: text });

let language: Language = navigator.language.startsWith("zh") ? "zh" : "en";
let requests = 0;
const words = () => TEXT[language];
const title = (product: Product) => (language === "zh" ? product.titleZh : product.title);

async function start(): Promise<void> {
  translate();
  element("status").textContent = words().loading;
  const products = (await (await fetch("store/catalogue.json")).json()) as Product[];
  const worker = new URLSearchParams(location.search).get("worker") !== "0";
  const engine = await load("store/bundle/", { worker });
  const page = new Page(products, engine);
  countRequests();
  await page.search();
  document.body.dataset.ready = "true";
}

/** Proof for the eye: anything this page asks the network for from now on is counted; pictures are the shop's own. */
function countRequests(): void {
  const show = () => (element("requests").textContent = String(requests));
  new PerformanceObserver((list) => {
    requests += list.getEntriesByType("resource").filter((entry) => (entry as PerformanceResourceTiming).initiatorType !== "img").length;
    show();
  }).observe({ type: "resource" });
  show();
}

function translate(): void {
  document.documentElement.lang = language;
  for (const node of document.querySelectorAll<HTMLElement>("[data-text]")) {
    node.textContent = String(words()[node.dataset.text as keyof (typeof TEXT)["en"]]);
  }
  element("language").textContent = words().other;
  element<HTMLInputElement>("query").placeholder = words().placeholder;
}

class Page {
  #find: (query: string, limit: number) => string[];
  #items: Map<string, Item>;
  #byId: Map<string, Product>;

  constructor(
    products: Product[],
    private engine: Engine,
  ) {
    this.#find = firstStage(products);
    this.#byId = new Map(products.map((product) => [product.id, product]));
    // One object an item: the engine remembers it and computes its part once.
    this.#items = new Map(products.map((p) => [p.id, { id: p.id, title: p.title, text: `${p.titleZh} ${p.text}`, category: p.category, price: p.price, rating: p.rating, ratingCount: p.ratingCount, look: p.look }]));
    element("form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.search();
    });
    element("language").addEventListener("click", () => {
      language = language === "en" ? "zh" : "en";
      translate();
      void this.search();
    });
    element<HTMLInputElement>("consent").addEventListener("change", async ({ target }) => {
      await engine.profile.consent((target as HTMLInputElement).checked);
      await this.search();
    });
    element<HTMLInputElement>("pause").addEventListener("change", ({ target }) => ((target as HTMLInputElement).checked ? engine.profile.pause() : engine.profile.resume()));
    element("clear").addEventListener("click", async () => {
      await engine.profile.clear();
      await this.search();
    });
    element("export").addEventListener("click", async () => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([await engine.profile.export()], { type: "application/json" }));
      link.download = "windowshop-profile.json";
      link.click();
    });
  }

  async search(): Promise<void> {
    const query = element<HTMLInputElement>("query").value;
    const found = this.#find(query, CANDIDATES).map((id) => this.#byId.get(id)!);
    const { results, timing, backend } = await this.engine.rerank({ query, items: found.map((p) => this.#items.get(p.id)!) });
    const { simd, worker } = this.engine.backendReport();
    const where = backend === "none" ? backend : `${backend} ${simd}${worker ? " worker" : ""}`;
    element("status").textContent = found.length ? words().ready(where, timing.totalMs.toFixed(1), found.length) : words().nothing;
    element("status").dataset.ms = String(timing.totalMs);
    this.#list("shop", found.slice(0, SHOWN).map((product) => this.#card(product)));
    this.#list("ours", results.slice(0, SHOWN).map((result, place) => this.#card(found[result.index]!, result, result.index - place)));
    this.#list("chips", words().queries.map((text) => this.#chip(text)));
    await this.#showEvents();
  }

  #list(id: string, nodes: Node[]): void {
    element(id).replaceChildren(...nodes);
  }

  #chip(text: string): Node {
    const chip = make("button", "chip", text) as HTMLButtonElement;
    chip.type = "button";
    chip.addEventListener("click", () => {
      element<HTMLInputElement>("query").value = text;
      void this.search();
    });
    return chip;
  }

  #card(product: Product, result?: Result, moved = 0): Node {
    const card = make("li", "card");
    card.dataset.id = product.id;
    const image = Object.assign(new Image(), { src: `store/${product.image}`, alt: "", loading: "lazy", width: 72, height: 72 });
    const body = make("div", "body");
    const line = make("div", "title", title(product));
    if (moved !== 0) line.append(make("span", moved > 0 ? "up" : "down", ` ${moved > 0 ? "▲" : "▼"}${Math.abs(moved)}`));
    body.append(line, make("div", "facts", `¥${product.price.toFixed(2)} · ★ ${product.rating.toFixed(1)} (${product.ratingCount})`));
    if (result) body.append(this.#reasons(result), this.#actions(product));
    card.append(image, body);
    return card;
  }

  #reasons(result: Result): Node {
    const box = make("div", "reasons");
    for (const { group, contribution } of result.reasons.filter((r) => Math.abs(r.contribution) > 0.02).slice(0, 3)) {
      const bar = make("meter", contribution > 0 ? "plus" : "minus") as HTMLMeterElement;
      bar.max = 2;
      bar.value = Math.min(2, Math.abs(contribution));
      const label = make("span", "reason", `${contribution > 0 ? "+" : "−"} ${this.#groupName(group)}`);
      label.title = contribution.toFixed(3);
      label.dataset.group = group;
      box.append(label, bar);
    }
    return box;
  }

  #groupName(group: Group): string {
    return group === "session" ? words().session_group : words()[group];
  }

  #actions(product: Product): Node {
    const box = make("div", "actions");
    for (const type of ["click", "cart", "purchase"] as const) {
      const button = make("button", type, words()[type]) as HTMLButtonElement;
      button.type = "button";
      button.addEventListener("click", async () => {
        await this.engine.track({ type, itemId: product.id });
        await this.search();
      });
      box.append(button);
    }
    return box;
  }

  async #showEvents(): Promise<void> {
    const events = await this.engine.profile.events();
    const row = ({ type, itemId }: TrackedEvent) => {
      const product = this.#byId.get(itemId);
      return make("li", type, `${words()[type]}: ${product ? title(product) : itemId}`);
    };
    this.#list("events", events.length ? events.slice(-8).reverse().map(row) : [make("li", "empty", words().empty)]);
  }
}

start().catch((error: unknown) => {
  console.error(error);
  element("status").textContent = String(error);
  element("status").className = "error";
});
