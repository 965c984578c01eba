import type { Engine, GeneratedImage } from "windowshop";
import type { Locale } from "./card";
import { element, make } from "./dom";

/** Images per request. */
const BATCH = 12;

/** A gallery of generated images, from consecutive seeds. Works only while the panel is open. */
export class GeneratePanel {
  #box = element<HTMLDetailsElement>("generate");
  #label = element<HTMLSelectElement>("generate-label");
  #seed = element<HTMLInputElement>("generate-seed");
  #gallery = element("generate-images");
  #status = element("generate-status");
  #locale: Locale;
  #images: GeneratedImage[] = [];
  /** Number of the latest request: images of an earlier one are dropped. */
  #request = 0;

  constructor(
    private engine: Engine,
    locale: Locale,
  ) {
    this.#locale = locale;
    this.#box.hidden = !engine.backendReport().networks.includes("generator");
    this.#box.addEventListener("toggle", () => void this.#open());
    for (const input of [this.#label, this.#seed]) input.addEventListener("change", () => void this.#show(true));
    element("generate-more").addEventListener("click", () => void this.#show(false));
  }

  /** Shows the panel in this language. */
  translate(locale: Locale): void {
    this.#locale = locale;
    for (const option of this.#label.options) option.text = this.#nameOf(option.value);
    this.#gallery.replaceChildren(...this.#images.map((image) => this.#entry(image)));
    this.#status.textContent = "";
  }

  #nameOf(label: string): string {
    return this.#locale.words.categories[label] ?? label;
  }

  /** Fetches the network and generates the first images when the panel is first opened. */
  async #open(): Promise<void> {
    if (!this.#box.open || this.#label.options.length > 0) return;
    await this.#reporting(async () => {
      const labels = await this.engine.generatorLabels();
      this.#label.replaceChildren(...labels.map((label) => new Option(this.#nameOf(label), label)));
      await this.#show(true);
    });
  }

  /** Generates images: the first batch if `restart`, else the batch after the shown ones. */
  async #show(restart: boolean): Promise<void> {
    const request = ++this.#request;
    await this.#reporting(async () => {
      const kept = restart ? [] : this.#images;
      const first = Number(this.#seed.value) + kept.length;
      const started = performance.now();
      const added: GeneratedImage[] = [];
      for (let seed = first; seed < first + BATCH; seed++) {
        added.push(await this.engine.generate({ label: this.#label.value, seed }));
        if (request !== this.#request) return;
      }
      const ms = performance.now() - started;
      this.#images = [...kept, ...added];
      this.#gallery.replaceChildren(...this.#images.map((image) => this.#entry(image)));
      this.#status.className = "hint";
      this.#status.textContent = this.#locale.words.generated(BATCH, (ms / BATCH).toFixed(1));
      this.#box.dataset.shown = String(this.#images.length);
      this.#box.dataset.request = String(request);
    });
  }

  async #reporting(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#status.className = "hint error";
      this.#status.textContent = String((error as Error).message);
    }
  }

  /** An image and the mark that it is generated. */
  #entry({ image, label, seed }: GeneratedImage): HTMLElement {
    const { words } = this.#locale;
    const canvas = Object.assign(make("canvas"), { width: image.width, height: image.height });
    canvas.getContext("2d")!.putImageData(image, 0, 0);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", words.generatedLabel(this.#nameOf(label), seed));
    return make("li", "", canvas, make("span", "mark", words.generatedMark(seed)));
  }
}
