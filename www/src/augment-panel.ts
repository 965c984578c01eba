import type { AugmentRecord, Engine, PresetName } from "windowshop";
import { type Locale, titleOf } from "./card";
import type { Product } from "./catalogue";
import { element, make } from "./dom";

const VARIANTS = 8;
/** Product photos that are offered. */
const OFFERED = 12;
/** Longer side of a variant, in pixels. */
const SIDE = 256;
const PRESETS: PresetName[] = ["product", "photo", "views", "trivial_augment", "rand_augment"];

/** Shows eight augmented variants of a photo. Works only while the panel is open. */
export class AugmentPanel {
  #box = element<HTMLDetailsElement>("augment");
  #photos = element("augment-photos");
  #preset = element<HTMLSelectElement>("augment-preset");
  #seed = element<HTMLInputElement>("augment-seed");
  #strength = element<HTMLInputElement>("augment-strength");
  #file = element<HTMLInputElement>("augment-file");
  #products: Product[] = [];
  #locale: Locale;
  /** The photo to augment: a product photo or the visitor's own file. */
  #photo: ImageBitmapSource | undefined;
  #records: AugmentRecord[] = [];
  #running = new AbortController();

  constructor(
    private engine: Engine,
    locale: Locale,
  ) {
    this.#locale = locale;
    this.#box.addEventListener("toggle", () => this.#offer());
    for (const input of [this.#preset, this.#seed]) input.addEventListener("change", () => void this.#show());
    this.#strength.addEventListener("input", () => void this.#show());
    this.#photos.addEventListener("change", ({ target }) => this.#choose((target as HTMLElement).closest("label")!.querySelector("img")!));
    this.#file.addEventListener("change", () => this.#choose(this.#file.files?.[0]));
  }

  /** Shows the panel in this language. */
  translate(locale: Locale): void {
    this.#locale = locale;
    const chosen = this.#preset.value || PRESETS[0]!;
    this.#preset.replaceChildren(...PRESETS.map((name) => new Option(locale.words.presets[name], name, false, name === chosen)));
    this.#offer();
  }

  /** Offers the photos of these products; a chosen photo stays chosen. */
  offer(products: Product[]): void {
    this.#products = products.slice(0, OFFERED);
    this.#offer();
  }

  #offer(): void {
    if (!this.#box.open) return;
    const chosen = this.#photos.querySelector<HTMLInputElement>("input:checked")?.value;
    const choices = this.#products.map((product) => {
      const input = Object.assign(make("input"), { type: "radio", name: "augment-photo", value: product.id, checked: product.id === chosen });
      const image = Object.assign(new Image(56, 56), { src: `store/${product.image}`, alt: titleOf(product, this.#locale) });
      return make("label", "", input, image);
    });
    this.#photos.replaceChildren(...choices);
    const current = choices.find((choice) => choice.querySelector("input")!.checked);
    if (current || this.#file.value) return void this.#show();
    const first = choices[0];
    if (!first) return;
    first.querySelector("input")!.checked = true;
    this.#choose(first.querySelector("img")!);
  }

  #choose(photo: HTMLImageElement | File | undefined): void {
    if (!photo) return;
    if (photo instanceof File) for (const input of this.#photos.querySelectorAll("input")) input.checked = false;
    else this.#file.value = "";
    this.#photo = photo;
    void this.#show();
  }

  /** Computes and shows the variants; a later call cancels an earlier one. */
  async #show(): Promise<void> {
    this.#running.abort();
    const { signal } = (this.#running = new AbortController());
    const { words } = this.#locale;
    const photo = this.#photo;
    const status = element("augment-status");
    element("augment-strength-value").textContent = `${Math.round(Number(this.#strength.value) * 100)} %`;
    if (!photo) return;
    try {
      if (photo instanceof HTMLImageElement) await photo.decode();
      const started = performance.now();
      const options = { maxSide: SIDE, signal };
      const strength = Number(this.#strength.value);
      const variants = await Promise.all([
        this.engine.augment(photo, { transforms: [] }, 0, options),
        ...Array.from({ length: VARIANTS }, (_, epoch) => this.engine.augment(photo, this.#preset.value as PresetName, Number(this.#seed.value), { ...options, strength, epoch })),
      ]);
      const ms = (performance.now() - started).toFixed(0);
      this.#records = variants.map(({ record }) => record);
      element("augment-views").replaceChildren(...variants.map(({ image, record }, i) => this.#variant(image, record, i)));
      this.#showRecord(undefined);
      status.className = "hint";
      status.textContent = words.augmented(VARIANTS, ms);
      this.#box.dataset.shown = String(Number(this.#box.dataset.shown ?? 0) + 1);
    } catch (error) {
      if (signal.aborted) return;
      status.className = "hint error";
      status.textContent = String((error as Error).message);
    }
  }

  /** A variant, and the button that shows its record. */
  #variant(image: ImageData, { actions }: AugmentRecord, i: number): HTMLElement {
    const { words } = this.#locale;
    const canvas = Object.assign(make("canvas"), { width: image.width, height: image.height });
    canvas.getContext("2d")!.putImageData(image, 0, 0);
    const name = i === 0 ? words.original : words.view(i);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", name);
    if (i === 0) return make("li", "original", canvas, make("span", "name", name));
    const button = make("button", "record", name);
    button.type = "button";
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-controls", "augment-record");
    button.title = actions.map(({ action }) => action).join(", ");
    button.addEventListener("click", () => this.#showRecord(button.getAttribute("aria-expanded") === "true" ? undefined : i));
    return make("li", "", canvas, button);
  }

  /** Shows the record of a variant, or hides it. */
  #showRecord(variant: number | undefined): void {
    const box = element("augment-record");
    box.hidden = variant === undefined;
    box.textContent = variant === undefined ? "" : lines(this.#records[variant]!);
    element("augment-views").querySelectorAll(".record").forEach((button, i) => button.setAttribute("aria-expanded", String(i + 1 === variant)));
  }
}

/** A record as JSON with one line per action. */
function lines({ actions, ...rest }: AugmentRecord): string {
  const head = JSON.stringify(rest).slice(0, -1);
  return `${head},"actions":[${actions.map((action) => `\n  ${JSON.stringify(action)}`).join(",")}\n]}`;
}
