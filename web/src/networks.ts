import type { FetchedNetwork } from "./bundle";
import type { Core } from "./core";
import { toError } from "./errors";
import type { NetworkKind } from "./schema";

/** Downloads the file of a network. */
export type FetchNetwork = (network: NetworkKind) => Promise<FetchedNetwork>;

/** Networks that are downloaded on first use, each once. */
export class Networks {
  #core: Core;
  #fetch: FetchNetwork;
  #opening = new Map<NetworkKind, Promise<void>>();

  constructor(core: Core, fetch: FetchNetwork) {
    this.#core = core;
    this.#fetch = fetch;
  }

  /** Resolves when the core has opened the network. After a failure the next call tries again. */
  open(network: NetworkKind): Promise<void> {
    const known = this.#opening.get(network);
    if (known) return known;
    const opening = this.#load(network);
    this.#opening.set(network, opening);
    opening.catch(() => this.#opening.delete(network));
    return opening;
  }

  async #load(network: NetworkKind): Promise<void> {
    const { bytes, keep, drop } = await this.#fetch(network);
    try {
      await this.#core.openNetwork(network, bytes);
    } catch (error) {
      // A corrupt file must not stay in the cache.
      if (toError(error).code.startsWith("bundle_")) await drop();
      throw error;
    }
    void keep();
  }
}
