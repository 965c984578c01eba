import type { FetchedNetwork } from "./bundle";
import type { Core } from "./core";
import { toError } from "./errors";
import type { NetworkName } from "./types";

/** Gets the file of a network. */
export type FetchNetwork = (network: NetworkName) => Promise<FetchedNetwork>;

/** The networks that are fetched when they are first needed, each once. */
export class Networks {
  #core: Core;
  #fetch: FetchNetwork;
  #opening = new Map<NetworkName, Promise<void>>();

  constructor(core: Core, fetch: FetchNetwork) {
    this.#core = core;
    this.#fetch = fetch;
  }

  /** Resolves once the core has the network; a failure is forgotten, so that the next call tries again. */
  open(network: NetworkName): Promise<void> {
    const known = this.#opening.get(network);
    if (known) return known;
    const opening = this.#load(network);
    this.#opening.set(network, opening);
    opening.catch(() => this.#opening.delete(network));
    return opening;
  }

  async #load(network: NetworkName): Promise<void> {
    const { bytes, keep, drop } = await this.#fetch(network);
    try {
      await this.#core.openNetwork(network, bytes);
    } catch (error) {
      // A cached file that went bad must not stay.
      if (toError(error).code.startsWith("bundle_")) await drop();
      throw error;
    }
    void keep();
  }
}
