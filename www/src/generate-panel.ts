import type { Engine, GeneratedImage } from "windowshop";
import type { Locale } from "./card";
import { element, make } from "./dom";

/** Pictures that are made at a time. */
const BATCH = 12;

/** Pictures of things that nobody sells, from seeds that are counted. Works only while it is open. */
export class GeneratePanel {
  #box = element<HTMLDetailsElement>("generate");
  #label = element<HTMLSelectElement>("generate-label");
  #seed = element<HTMLInputElement>("generate-seed");
  #pictures = element("generate-pictures");
  #status = element("generate-status");
  #locale: Locale;
  #made: GeneratedImage[] = [];
  /** Of the pictures that are wanted now: those of an older wish are dropped. */
  #wish = 0;

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

  /** Writes the panel in this language. */
  translate(locale: Locale): void {
    this.#locale = locale;
    for (const option of this.#label.options) option.text = this.#nameOf(option.value);
    this.#pictures.replaceChildren(...this.#made.map((made) => this.#entry(made)));
    this.#status.textContent = "";
  }

  #nameOf(label: string): string {
    return this.#locale.words.things[label] ?? label;
  }

  /** The first time it is opened, the network is fetched and makes its first pictures. */
  async #open(): Promise<void> {
    if (!this.#box.open || this.#label.options.length > 0) return;
    await this.#trying(async () => {
      const labels = await this.engine.generatorLabels();
      this.#label.replaceChildren(...labels.map((label) => new Option(this.#nameOf(label), label)));
      await this.#show(true);
    });
  }

  /** Makes pictures: the first ones, or those after the ones that are shown. */
  async #show(anew: boolean): Promise<void> {
    const wish = ++this.#wish;
    await this.#trying(async () => {
      const made = anew ? [] : this.#made;
      const first = Number(this.#seed.value) + made.length;
      const started = performance.now();
      const news: GeneratedImage[] = [];
      for (let seed = first; seed < first + BATCH; seed++) {
        news.push(await this.engine.generate({ label: this.#label.value, seed }));
        if (wish !== this.#wish) return;
      }
      const ms = performance.now() - started;
      this.#made = [...made, ...news];
      this.#pictures.replaceChildren(...this.#made.map((each) => this.#entry(each)));
      this.#status.className = "hint";
      this.#status.textContent = this.#locale.words.generated(BATCH, (ms / BATCH).toFixed(1));
      this.#box.dataset.shown = String(this.#made.length);
      this.#box.dataset.wish = String(wish);
    });
  }

  async #trying(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.#status.className = "hint error";
      this.#status.textContent = String((error as Error).message);
    }
  }

  /** A picture and its mark. */
  #entry({ image, label, seed }: GeneratedImage): HTMLElement {
    const { words } = this.#locale;
    const canvas = Object.assign(make("canvas"), { width: image.width, height: image.height });
    canvas.getContext("2d")!.putImageData(image, 0, 0);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", words.madeUp(this.#nameOf(label), seed));
    return make("li", "", canvas, make("span", "mark", words.generatedMark(seed)));
  }
}
