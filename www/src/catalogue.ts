import type { Item } from "windowshop";

/** A product of the sample store: an entry of `store/catalogue.json`. */
export interface Product {
  id: string;
  title: string;
  titleZh: string;
  text: string;
  category: string;
  categoryZh: string;
  price: number;
  rating: number;
  ratingCount: number;
  image: string;
  imageEmbedding: number[];
}

/** Fetches the products of the sample store. */
export async function fetchCatalogue(): Promise<Product[]> {
  const response = await fetch("store/catalogue.json");
  if (!response.ok) throw new Error("store/catalogue.json: sample store not found: run `npm run store`");
  return (await response.json()) as Product[];
}

/** The product as an engine item, with both titles, so that a query in either language matches it. */
export function itemOf({ id, title, titleZh, text, category, price, rating, ratingCount, imageEmbedding }: Product): Item {
  return { id, title, text: `${titleZh} ${text}`, category, price, rating, ratingCount, imageEmbedding };
}
