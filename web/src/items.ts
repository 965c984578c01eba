import { WindowshopError } from "./errors";
import type { Item } from "./types";

/** Numbers in a colour descriptor, which a page may always give. */
export const COLOR_DESCRIPTOR_DIM = 24;
const TEXTS = ["title", "text", "category"] as const;
const NUMBERS = ["price", "rating", "ratingCount"] as const;
const FIELDS = ["id", ...TEXTS, ...NUMBERS, "imageEmbedding"] as const;

interface Seen {
  fields: Item;
  handle: number;
}

/**
 * Which handle the engine gave each item, so that an item crosses to the engine once. An object that was changed since is
 * a new item; so is an equal object no news. (An `imageEmbedding` changed in place is not noticed: give a new array.)
 */
export class ItemRegistry {
  #embeddingLengths: number[];
  #byObject = new WeakMap<Item, Seen>();
  #byContent = new Map<string, number>();

  /** `imageEmbeddingLength`: numbers in the image embeddings that the ranker compares. */
  constructor(imageEmbeddingLength: number) {
    this.#embeddingLengths = [...new Set([COLOR_DESCRIPTOR_DIM, imageEmbeddingLength])];
  }

  /** A handle an item; `register` is asked about those that are new. */
  async handles(items: Item[], register: (items: Item[]) => Promise<Uint32Array>): Promise<Uint32Array> {
    const handles = new Uint32Array(items.length);
    const news = new Map<string, { fields: Item; places: number[] }>();
    items.forEach((item, place) => {
      const seen = isObject(item) ? this.#byObject.get(item) : undefined;
      if (seen && FIELDS.every((field) => Object.is(seen.fields[field], item[field] ?? undefined))) {
        handles[place] = seen.handle;
        return;
      }
      const fields = checked(item, place, this.#embeddingLengths);
      const content = JSON.stringify(fields);
      const handle = this.#byContent.get(content);
      if (handle !== undefined) {
        handles[place] = handle;
        this.#byObject.set(item, { fields, handle });
        return;
      }
      const same = news.get(content);
      if (same) same.places.push(place);
      else news.set(content, { fields, places: [place] });
    });
    if (news.size === 0) return handles;
    const given = await register([...news.values()].map(({ fields }) => fields));
    [...news].forEach(([content, { fields, places }], i) => {
      const handle = given[i]!;
      this.#byContent.set(content, handle);
      for (const place of places) {
        handles[place] = handle;
        this.#byObject.set(items[place]!, { fields, handle });
      }
    });
    return handles;
  }
}

/** The fields that the engine reads, each usable: a page's own fields are no mistake, `null` is as good as absent. */
function checked(item: Item, place: number, embeddingLengths: number[]): Item {
  if (!isObject(item)) throw invalid(`items[${place}]`, item, "an object with an `id`");
  if (typeof item.id !== "string" || item.id === "") throw invalid(`items[${place}].id`, item.id, "text that is not empty");
  const fields: Record<string, unknown> = { id: item.id };
  const take = (field: (typeof FIELDS)[number], usable: (value: unknown) => boolean, expected: string) => {
    const value = item[field] ?? undefined;
    if (value === undefined) return;
    if (!usable(value)) throw invalid(`items[${place}] (${item.id}): ${field}`, value, `${expected}, or leave the field out`);
    fields[field] = value;
  };
  for (const field of TEXTS) take(field, (value) => typeof value === "string", "text");
  for (const field of NUMBERS) take(field, isAmount, "a finite number, zero or above");
  take("ratingCount", Number.isInteger, "a whole number");
  take("imageEmbedding", (value) => Array.isArray(value) && embeddingLengths.includes(value.length) && value.every(Number.isFinite), `${embeddingLengths.join(" or ")} finite numbers`);
  return fields as unknown as Item;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isAmount(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

/** An argument that cannot be used. */
export function invalid(argument: string, found: unknown, expected: string): WindowshopError {
  const shown = typeof found === "number" || typeof found === "string" ? String(found).slice(0, 60) : Object.prototype.toString.call(found);
  return new WindowshopError("invalid_argument", `${argument}: found ${shown || "empty text"}, expected ${expected}`);
}
