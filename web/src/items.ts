import { WindowshopError } from "./errors";
import { COLOR_DESCRIPTOR_DIM, type Item } from "./schema";

const TEXTS = ["title", "text", "category"] as const;
const NUMBERS = ["price", "rating", "ratingCount"] as const;
const FIELDS = ["id", ...TEXTS, ...NUMBERS, "imageEmbedding"] as const;

interface Registered {
  fields: Item;
  handle: number;
}

/**
 * Handles of items, so that each item is sent to the engine once. A changed object is a new item; an object with equal fields has
 * the same handle. A change inside an `imageEmbedding` array is not detected: pass a new array.
 */
export class ItemRegistry {
  #embeddingLengths: number[];
  #byObject = new WeakMap<Item, Registered>();
  #byContent = new Map<string, number>();

  /** `imageEmbeddingLength`: length of the image embeddings that the ranker compares. */
  constructor(imageEmbeddingLength: number) {
    this.#embeddingLengths = [...new Set([COLOR_DESCRIPTOR_DIM, imageEmbeddingLength])];
  }

  /** One handle per item. `register` receives the new items. */
  async handles(items: Item[], register: (items: Item[]) => Promise<Uint32Array>): Promise<Uint32Array> {
    const handles = new Uint32Array(items.length);
    const added = new Map<string, { fields: Item; positions: number[] }>();
    items.forEach((item, position) => {
      const known = isObject(item) ? this.#byObject.get(item) : undefined;
      if (known && FIELDS.every((field) => Object.is(known.fields[field], item[field] ?? undefined))) {
        handles[position] = known.handle;
        return;
      }
      const fields = checked(item, position, this.#embeddingLengths);
      const content = JSON.stringify(fields);
      const handle = this.#byContent.get(content);
      if (handle !== undefined) {
        handles[position] = handle;
        this.#byObject.set(item, { fields, handle });
        return;
      }
      const same = added.get(content);
      if (same) same.positions.push(position);
      else added.set(content, { fields, positions: [position] });
    });
    if (added.size === 0) return handles;
    const given = await register([...added.values()].map(({ fields }) => fields));
    [...added].forEach(([content, { fields, positions }], i) => {
      const handle = given[i]!;
      this.#byContent.set(content, handle);
      for (const position of positions) {
        handles[position] = handle;
        this.#byObject.set(items[position]!, { fields, handle });
      }
    });
    return handles;
  }
}

/** The validated fields that the engine reads. Other fields are ignored, and `null` counts as absent. */
function checked(item: Item, index: number, embeddingLengths: number[]): Item {
  if (!isObject(item)) throw invalid(`items[${index}]`, item, "an object with an `id`");
  if (typeof item.id !== "string" || item.id === "") throw invalid(`items[${index}].id`, item.id, "a string that is not empty");
  const fields: Record<string, unknown> = { id: item.id };
  const take = (field: (typeof FIELDS)[number], valid: (value: unknown) => boolean, expected: string) => {
    const value = item[field] ?? undefined;
    if (value === undefined) return;
    if (!valid(value)) throw invalid(`items[${index}] (${item.id}): ${field}`, value, `${expected}, or leave the field out`);
    fields[field] = value;
  };
  for (const field of TEXTS) take(field, (value) => typeof value === "string", "a string");
  for (const field of NUMBERS) take(field, isAmount, "a finite number, 0 or above");
  take("ratingCount", Number.isInteger, "an integer");
  take("imageEmbedding", (value) => Array.isArray(value) && embeddingLengths.includes(value.length) && value.every(Number.isFinite), `${embeddingLengths.join(" or ")} finite numbers`);
  return fields as unknown as Item;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isAmount(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

/** The error of an invalid argument. */
export function invalid(argument: string, found: unknown, expected: string): WindowshopError {
  const shown = typeof found === "number" || typeof found === "string" ? String(found).slice(0, 60) : Object.prototype.toString.call(found);
  return new WindowshopError("invalid_argument", `${argument}: found ${shown || "an empty string"}, expected ${expected}`);
}
