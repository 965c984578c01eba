import type { TrackedEvent } from "windowshop";
import type { Product } from "./catalogue";
import type { Language } from "./text";

/** A sample visitor with a preference. */
export interface Visitor {
  name: Record<Language, string>;
  likes(product: Product): boolean;
}

/** Events per sample visitor. */
const EVENTS = 6;

export const VISITORS: Visitor[] = [
  { name: { en: "Loves blue", zh: "喜欢蓝色" }, likes: ({ title }) => title.includes("Blue") },
  { name: { en: "Musician", zh: "音乐人" }, likes: ({ category }) => category === "Music" },
  { name: { en: "Premium pink", zh: "高级粉色" }, likes: ({ title }) => title.startsWith("Premium") && title.includes("Pink") },
  { name: { en: "Thrifty cook", zh: "节俭厨师" }, likes: ({ category, price }) => (category === "Kitchen" || category === "Meals & Snacks") && price < 12 },
];

/** The last events of a sample visitor: products they like, spread over the catalogue. */
export function historyOf({ likes }: Visitor, products: Product[]): TrackedEvent[] {
  const liked = products.filter(likes);
  const step = Math.max(1, Math.floor(liked.length / EVENTS));
  return liked
    .filter((_, i) => i % step === 0)
    .slice(0, EVENTS)
    .map(({ id }, i) => ({ type: i % 2 ? "purchase" : "click", itemId: id }));
}
