import type { Engine } from "windowshop";
import { type Locale, titleOf } from "./card";
import type { Product } from "./catalogue";
import { button, element, make } from "./dom";
import { VISITORS, historyOf } from "./visitors";

const SHOWN_EVENTS = 8;

/** Shows the visitor's session; the visitor can keep, pause, export and delete it. */
export class SessionPanel {
  #byId: Map<string, Product>;

  constructor(
    private products: Product[],
    private engine: Engine,
    private onChange: () => Promise<void>,
  ) {
    this.#byId = new Map(products.map((product) => [product.id, product]));
    const { profile } = engine;
    const consent = element<HTMLInputElement>("consent");
    const pause = element<HTMLInputElement>("pause");
    consent.checked = profile.consented;
    consent.addEventListener("change", () => void profile.consent(consent.checked).then(onChange));
    pause.addEventListener("change", () => (pause.checked ? profile.pause() : profile.resume()));
    element("clear").addEventListener("click", () => void profile.clear().then(onChange));
    element("export").addEventListener("click", () => void this.#export());
  }

  /** Shows the panel in this language. */
  translate({ language, words }: Locale): void {
    const visitors = VISITORS.map((visitor) =>
      button("chip", visitor.name[language], async () => {
        await this.engine.profile.clear();
        for (const event of historyOf(visitor, this.products)) await this.engine.track(event);
        await this.onChange();
      }),
    );
    element("visitors").setAttribute("aria-label", words.visitors);
    element("visitors").replaceChildren(make("span", "label", words.visitors), ...visitors);
  }

  /** Shows the latest events first. */
  async show(locale: Locale): Promise<void> {
    const events = await this.engine.profile.events();
    const rows = events.slice(-SHOWN_EVENTS).reverse().map(({ type, itemId }) => {
      const product = this.#byId.get(itemId);
      const title = make("span", "what", product ? titleOf(product, locale) : itemId);
      const photo = Object.assign(new Image(28, 28), { src: product ? `store/${product.image}` : "", alt: "" });
      return make("li", type, photo, title, make("span", "done", locale.words.done[type]));
    });
    element("events").replaceChildren(...(rows.length ? rows : [make("li", "empty", locale.words.empty)]));
  }

  async #export(): Promise<void> {
    const file = new Blob([await this.engine.profile.export()], { type: "application/json" });
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: "windowshop-profile.json" });
    link.click();
    URL.revokeObjectURL(link.href);
  }
}
