import type { Reason, Result, TrackedEvent } from "windowshop";
import type { Product } from "./catalogue";
import { button, make } from "./dom";
import type { Language, Words } from "./text";

/** The absolute contribution that fills half a bar; larger ones are clamped. */
const FULL_BAR = 1.5;
const SHOWN_REASONS = 3;
const ACTIONS = ["click", "cart", "purchase"] as const;

/** The language of the page and its texts. */
export interface Locale {
  language: Language;
  words: Words;
}

/** A product in Windowshop's order. */
export interface Ranked {
  product: Product;
  result: Result;
}

export function titleOf(product: Product, { language }: Locale): string {
  return language === "zh" ? product.titleZh : product.title;
}

function photo(product: Product, size: number): HTMLImageElement {
  return Object.assign(new Image(size, size), { src: `store/${product.image}`, alt: "", decoding: "async" });
}

function price(product: Product, { language }: Locale): string {
  return new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en-IE", { style: "currency", currency: "EUR" }).format(product.price);
}

function stars({ rating, ratingCount }: Product, { words }: Locale): HTMLElement {
  const shown = make("span", "stars", `★ ${rating.toFixed(1)} (${ratingCount})`);
  shown.setAttribute("aria-label", words.stars(rating, ratingCount));
  return shown;
}

/** A row of the shop's own list. */
export function shopRow(product: Product, locale: Locale): HTMLElement {
  const facts = make("div", "facts", make("span", "price", price(product, locale)), stars(product, locale));
  const row = make("li", "card", make("span", "place"), photo(product, 48), make("div", "body", make("div", "title", titleOf(product, locale)), facts));
  row.dataset.id = product.id;
  return row;
}

/** A card of the re-ranked list; `place` fills in what depends on the position. */
export function card({ product }: Ranked, locale: Locale, onAction: (type: TrackedEvent["type"], product: Product) => void): HTMLElement {
  const buttons = ACTIONS.map((type) => button(type, locale.words.actions[type], () => onAction(type, product)));
  for (const [i, type] of ACTIONS.entries()) buttons[i]!.setAttribute("aria-label", `${locale.words.actions[type]}: ${titleOf(product, locale)}`);
  const made = make(
    "li",
    "card",
    make("div", "photo", make("span", "place"), make("span", "move"), photo(product, 132)),
    make("div", "title", titleOf(product, locale)),
    make("div", "facts", make("span", "price", price(product, locale)), stars(product, locale)),
    make("div", "reasons"),
    make("div", "actions", ...buttons),
  );
  made.dataset.id = product.id;
  return made;
}

/** Shows the position, the distance from the shop's position, and the reasons. */
export function place(entry: HTMLElement, { result }: Ranked, index: number, { words }: Locale): void {
  setPlace(entry, index);
  const move = entry.querySelector<HTMLElement>(".move")!;
  const steps = result.index - index;
  move.textContent = steps === 0 ? "" : `${steps > 0 ? "▲" : "▼"} ${Math.abs(steps)}`;
  move.className = `move ${steps > 0 ? "up" : "down"}`;
  move.title = words.was(result.index + 1);
  const reasons = result.reasons.slice(0, SHOWN_REASONS).map((reason) => bar(reason, words));
  const box = entry.querySelector<HTMLElement>(".reasons")!;
  box.setAttribute("aria-label", words.because);
  box.replaceChildren(...reasons);
}

/** Shows the position of an entry of either list. */
export function setPlace(entry: HTMLElement, index: number): void {
  entry.querySelector(".place")!.textContent = String(index + 1);
}

/** One group's contribution as a bar: to the right if it raises the product, to the left if it lowers it. */
function bar({ group, contribution }: Reason, words: Words): HTMLElement {
  const share = Math.min(1, Math.abs(contribution) / FULL_BAR);
  const fill = make("i", contribution < 0 ? "minus" : "plus");
  fill.style.setProperty("--share", String(share));
  const line = make("div", "reason", make("span", "why", words.groups[group]), make("span", "bar", fill));
  line.dataset.group = group;
  line.title = `${words.reasons[group]}: ${contribution > 0 ? "+" : "−"}${Math.abs(contribution).toFixed(2)}`;
  return line;
}
