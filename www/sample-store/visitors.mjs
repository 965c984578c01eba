// Simulated visitors: preferences, searches, and reactions to a list. Every number here is invented.

import { COLOURS } from "./colours.mjs";
import { normal, pick, shuffled, stream } from "./random.mjs";

const LIST_LENGTH = 30;
const MAX_CLICKS = 6;

/** A visitor with preferences among `categories`. */
export function visitor(seed, number, categories) {
  const next = stream(seed, "visitor", number);
  return {
    name: `visitor-${number}`,
    language: next() < 0.6 ? "en" : "zh",
    categories: shuffled(next, categories).slice(0, 3),
    colours: shuffled(next, COLOURS).slice(0, 2).map(({ name }) => name),
    /** Preferred log price relative to the typical price of a product. */
    budget: 0.4 * normal(next),
    qualityWeight: 0.5 + 0.8 * next(),
  };
}

/** The product a visitor looks for, and the query; undefined for browsing the bestsellers. */
export function searchOf(next, visitor, products) {
  const favourites = products.filter(({ category }) => visitor.categories.includes(category));
  const product = pick(next, next() < 0.78 ? favourites : products);
  const form = pick(next, QUERY_FORMS, ({ weight }) => weight);
  return { product, ...form.query(next, visitor, product) };
}

const QUERY_FORMS = [
  { weight: 32, query: (_, { language }, product) => ({ query: noun(language, product) }) },
  {
    weight: 18,
    query: (next, { language, colours }, product) => {
      const colour = next() < 0.7 ? COLOURS.find(({ name }) => name === colours[0]) : pick(next, COLOURS);
      const query = language === "zh" ? colour.zh + noun(language, product) : `${colour.name.toLowerCase()} ${noun(language, product)}`;
      return { query, colour: colour.name };
    },
  },
  {
    weight: 36,
    query: (next, { language }, product) => {
      const { tags, category } = language === "zh" ? { tags: product.tagsZh, category: product.categoryZh } : product;
      return { query: pick(next, [...tags, category, category]).toLowerCase() };
    },
  },
  { weight: 14, query: () => ({ query: undefined }) },
];

function noun(language, product) {
  return language === "zh" ? product.titleZh : product.title.toLowerCase();
}

/**
 * The events of a visitor on a list: position-biased clicks, some followed by cart and purchase.
 * Returns `{ type, item }` in time order.
 */
export function reactions(next, visitor, wanted, shown) {
  const out = [];
  let clicks = 0;
  for (const [index, item] of shown.slice(0, LIST_LENGTH).entries()) {
    const examined = (index + 1) ** -0.4;
    const appeal = attraction(visitor, wanted, item) + 0.3 * normal(next);
    if (next() >= examined * sigmoid(appeal) || clicks === MAX_CLICKS) continue;
    clicks++;
    out.push({ type: "click", item });
    if (next() >= 0.5 * sigmoid(appeal + 0.4)) continue;
    out.push({ type: "cart", item });
    if (next() >= 0.55) continue;
    out.push({ type: "purchase", item });
    if (next() < 0.05) out.push({ type: "cancel", item });
  }
  return out;
}

function attraction(visitor, wanted, item) {
  const favourite = item.colour ? visitor.colours.indexOf(item.colour.name) : -1;
  const taste = [3, 2.2][favourite] ?? (item.colour ? -0.6 : 0.6);
  const colour = wanted.colour === undefined ? 0 : wanted.colour === item.colour?.name ? 1.4 : -0.8;
  const match = item.product === wanted.product ? 1.6 : item.category === wanted.product.category ? 0.5 : 0;
  const category = visitor.categories.includes(item.category) ? 1 : -0.5;
  const logPrice = Math.log(item.price / item.product.price);
  const price = -1.6 * Math.abs(logPrice - visitor.budget);
  return -3.2 + taste + colour + match + category + price + visitor.qualityWeight * item.merit;
}

function sigmoid(value) {
  return 1 / (1 + Math.exp(-value));
}

export { LIST_LENGTH };
