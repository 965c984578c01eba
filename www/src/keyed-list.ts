const MOVE_MS = 320;

/**
 * A list whose entries keep their elements when the order changes, so the focus stays and moves are animated.
 * `make` creates an entry; `update` fills in what depends on its position.
 */
export class KeyedList<T> {
  #entries = new Map<string, HTMLElement>();

  constructor(
    private list: HTMLElement,
    private key: (value: T) => string,
    private make: (value: T) => HTMLElement,
    private update: (entry: HTMLElement, value: T, place: number) => void,
  ) {}

  /** Shows `values` in this order. */
  show(values: T[]): void {
    const before = new Map([...this.#entries].map(([key, entry]) => [key, entry.getBoundingClientRect()]));
    const focused = document.activeElement;
    const entries = new Map(values.map((value) => [this.key(value), this.#entries.get(this.key(value)) ?? this.make(value)]));
    values.forEach((value, place) => this.update(entries.get(this.key(value))!, value, place));
    this.list.replaceChildren(...entries.values());
    this.#entries = entries;
    if (focused instanceof HTMLElement && this.list.contains(focused)) focused.focus({ preventScroll: true });
    this.#animate(before);
  }

  /** Drops all entries, so that the next `show` creates them again, for example in another language. */
  reset(): void {
    this.#entries.clear();
  }

  #animate(before: Map<string, DOMRect>): void {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    for (const [key, entry] of this.#entries) {
      const from = before.get(key);
      const to = entry.getBoundingClientRect();
      const frames = from
        ? [{ transform: `translate(${from.left - to.left}px, ${from.top - to.top}px)` }, { transform: "none" }]
        : [{ opacity: 0 }, { opacity: 1 }];
      entry.animate(frames, { duration: MOVE_MS, easing: "cubic-bezier(0.2, 0.8, 0.2, 1)" });
    }
  }
}
