import type { Reason, Result, TrackedEvent } from "windowshop";
import type { Product } from "./catalogue";
import { button, make } from "./dom";
import type { Language, Words } from "./text";

/** Contributions up to this fill half a bar; more is cut off. */
const FULL_BAR = 1.5;
const SHOWN_REASONS = 3;
const ACTIONS = ["click", "cart", "purchase"] as const;

/** What cards are written in. */
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

function picture(product: Product, size: number): HTMLImageElement {
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

/** A line of the shop's own list. */
export function shopRow(product: Product, locale: Locale): HTMLElement {
  const facts = make("div", "facts", make("span", "price", price(product, locale)), stars(product, locale));
  const row = make("li", "card", make("span", "place"), picture(product, 48), make("div", "body", make("div", "title", titleOf(product, locale)), facts));
  row.dataset.id = product.id;
  return row;
}

/** A card of the re-ranked list, without what depends on its place. */
export function card({ product }: Ranked, locale: Locale, onAct: (type: TrackedEvent["type"], product: Product) => void): HTMLElement {
  const acts = ACTIONS.map((type) => button(type, locale.words.actions[type], () => onAct(type, product)));
  for (const [i, type] of ACTIONS.entries()) acts[i]!.setAttribute("aria-label", `${locale.words.actions[type]}: ${titleOf(product, locale)}`);
  const made = make(
    "li",
    "card",
    make("div", "photo", make("span", "place"), make("span", "move"), picture(product, 132)),
    make("div", "title", titleOf(product, locale)),
    make("div", "facts", make("span", "price", price(product, locale)), stars(product, locale)),
    make("div", "reasons"),
    make("div", "actions", ...acts),
  );
  made.dataset.id = product.id;
  return made;
}

/** Fills in the place, how far it is from the shop's, and why. */
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

/** Writes the place on an entry of either list. */
export function setPlace(entry: HTMLElement, index: number): void {
  entry.querySelector(".place")!.textContent = String(index + 1);
}

/** One group's share as a bar that grows right when it lifts the product and left when it sinks it. */
function bar({ group, contribution }: Reason, words: Words): HTMLElement {
  const share = Math.min(1, Math.abs(contribution) / FULL_BAR);
  const fill = make("i", contribution < 0 ? "minus" : "plus");
  fill.style.setProperty("--share", String(share));
  const line = make("div", "reason", make("span", "why", words.groups[group]), make("span", "bar", fill));
  line.dataset.group = group;
  line.title = `${words.reasons[group]}: ${contribution > 0 ? "+" : "−"}${Math.abs(contribution).toFixed(2)}`;
  return line;
}
