// The shop's own search (first-stage retrieval): BM25 over English and Chinese words. The demo page and the generator of the
// sample store share it, so the page shows the same lists that the simulated visitors saw.

import MiniSearch from "minisearch";

/** Chinese, Japanese and Korean are written without spaces. */
const IDEOGRAPHS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+/gu;
const WORDS = /[\p{Letter}\p{Number}]+/gu;

/** Maximum query length, in characters; longer queries are truncated. */
const MAX_QUERY_CHARS = 200;

/** @param {string} text */
function words(text) {
  return text.replace(IDEOGRAPHS, " ").toLowerCase().match(WORDS) ?? [];
}

/** @param {string} text */
function ideographs(text) {
  return (text.match(IDEOGRAPHS) ?? []).map((run) => [...run]);
}

/** @param {string[]} run */
function bigrams(run) {
  return run.slice(1).map((character, i) => run[i] + character);
}

/** Index terms: words, ideographs and ideograph bigrams. @param {string} text */
export function indexedTerms(text) {
  return [...words(text), ...ideographs(text).flatMap((run) => [...run, ...bigrams(run)])];
}

/** Query terms: words and ideograph bigrams; a single ideograph is a term of its own. @param {string} text */
export function queryTerms(text) {
  return [...words(text), ...ideographs(text).flatMap((run) => (run.length === 1 ? run : bigrams(run)))];
}

/** Removes the plural s. @param {string} term */
function stemmed(term) {
  return /^[a-z]{2,}[^s]s$/.test(term) ? term.slice(0, -1) : term;
}

/**
 * @typedef {{ id: string, title: string, titleZh: string, text: string, category: string, ratingCount: number }} Searchable
 * @param {Searchable[]} catalogue
 * @returns {(query: string, limit: number) => string[]} identifiers in the shop's order, best first; without a query the bestsellers
 */
export function firstStage(catalogue) {
  const index = new MiniSearch({
    fields: ["title", "titleZh", "category", "text"],
    tokenize: indexedTerms,
    processTerm: stemmed,
    searchOptions: {
      tokenize: queryTerms,
      boost: { title: 2, titleZh: 2, category: 1.5 },
      fuzzy: (term) => (/^[a-z]{5,}$/.test(term) ? 0.2 : false),
      prefix: (term) => /^[a-z]{3,}$/.test(term),
    },
  });
  index.addAll(catalogue);
  const bestsellers = [...catalogue].sort((a, b) => b.ratingCount - a.ratingCount).map(({ id }) => id);
  return (query, limit) => {
    const trimmed = query.slice(0, MAX_QUERY_CHARS).trim();
    if (trimmed === "") return bestsellers.slice(0, limit);
    return index.search(trimmed).slice(0, limit).map(({ id }) => id);
  };
}
