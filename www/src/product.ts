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
