import type { FetchedPart } from "./bundle";
import type { Core } from "./core";
import { toError } from "./errors";
import type { Part } from "./types";

/** Gets the file of a network. */
export type FetchPart = (part: Part) => Promise<FetchedPart>;

/** The networks that are fetched when they are first needed, each once. */
export class Parts {
  #core: Core;
  #fetch: FetchPart;
  #opening = new Map<Part, Promise<void>>();

  constructor(core: Core, fetch: FetchPart) {
    this.#core = core;
    this.#fetch = fetch;
  }

  /** Resolves once the core has the network; a failure is forgotten, so that the next call tries again. */
  open(part: Part): Promise<void> {
    const known = this.#opening.get(part);
    if (known) return known;
    const opening = this.#load(part);
    this.#opening.set(part, opening);
    opening.catch(() => this.#opening.delete(part));
    return opening;
  }

  async #load(part: Part): Promise<void> {
    const { bytes, keep, drop } = await this.#fetch(part);
    try {
      await this.#core.openPart(part, bytes);
    } catch (error) {
      // A cached file that went bad must not stay.
      if (toError(error).code.startsWith("bundle_")) await drop();
      throw error;
    }
    void keep();
  }
}
