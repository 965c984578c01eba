import MiniSearch from "minisearch";

/** A product of the sample store. */
export interface Product {
  id: string;
  title: string;
  titleZh: string;
  text: string;
  category: string;
  price: number;
  rating: number;
  ratingCount: number;
  image: string;
  look: number[];
}

const CJK = /[\u3400-\u9fff]/;

/** Words, and for Chinese the characters and their pairs: no segmenter is needed. */
export function tokenize(text: string): string[] {
  const tokens: string[] = [];
  for (const run of text.toLowerCase().match(/[\u3400-\u9fff]+|[\p{L}\p{N}]+/gu) ?? []) {
    if (!CJK.test(run)) tokens.push(run);
    else for (let i = 0; i < run.length; i++) tokens.push(run[i]!, ...(i + 1 < run.length ? [run.slice(i, i + 2)] : []));
  }
  return tokens;
}

/** The shop's own search: BM25 over title and text. Its order is the shop's order. */
export function firstStage(products: Product[]): (query: string) => Product[] {
  const index = new MiniSearch<Product>({ fields: ["title", "titleZh", "text", "category"], tokenize, searchOptions: { prefix: (term) => !CJK.test(term) && term.length > 2, fuzzy: (term) => (term.length > 4 ? 0.2 : false), boost: { title: 2, titleZh: 2 } } });
  index.addAll(products);
  const byId = new Map(products.map((product) => [product.id, product]));
  return (query) => (query.trim() === "" ? products : index.search(query).map(({ id }) => byId.get(id as string)!));
}
