import type { Item } from "windowshop";

/** A product of the sample store, as `store/catalogue.json` has it. */
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

/** What the sample store sells. */
export async function fetchCatalogue(): Promise<Product[]> {
  const response = await fetch("store/catalogue.json");
  if (!response.ok) throw new Error("store/catalogue.json: no sample store here: run `npm run store`");
  return (await response.json()) as Product[];
}

/** The product as the engine knows it: both languages at once, so that a query in either finds it. */
export function itemOf({ id, title, titleZh, text, category, price, rating, ratingCount, imageEmbedding }: Product): Item {
  return { id, title, text: `${titleZh} ${text}`, category, price, rating, ratingCount, imageEmbedding };
}
