// Files of bundles in the Cache API, by their SHA-256: a new bundle downloads only what changed. Where there is no Cache
// API (an insecure page, a private window that refuses) everything is downloaded, as it would be the first time.

const CACHE = "windowshop-bundles";

/** A cache of one bundle's files. */
export class FileCache {
  #folder: string;
  #cache: Promise<Cache | undefined>;

  /** For the bundle at `folder`. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#cache = typeof caches === "undefined" ? Promise.resolve(undefined) : caches.open(CACHE).catch(() => undefined);
  }

  #key(file: string, sha256: string): string {
    return `${this.#folder}${file}?sha256=${sha256}`;
  }

  /** The bytes of a file, if they are here. */
  async get(file: string, sha256: string): Promise<Uint8Array | undefined> {
    const kept = await (await this.#cache)?.match(this.#key(file, sha256)).catch(() => undefined);
    return kept && new Uint8Array(await kept.arrayBuffer());
  }

  /** Keeps the bundle's files and forgets those of the bundle that was at this address before. */
  async keep(files: { file: string; sha256: string; bytes: Uint8Array }[]): Promise<void> {
    const cache = await this.#cache;
    if (!cache) return;
    const keys = new Set(files.map(({ file, sha256 }) => this.#key(file, sha256)));
    try {
      for (const { url } of await cache.keys()) {
        if (url.startsWith(this.#folder) && !keys.has(url)) await cache.delete(url);
      }
      for (const { file, sha256, bytes } of files) {
        const key = this.#key(file, sha256);
        if (!(await cache.match(key))) await cache.put(key, new Response(bytes as Uint8Array<ArrayBuffer>));
      }
    } catch {
      // A full disk is no reason to fail: the next visit downloads again.
    }
  }

  /** Forgets the bundle. */
  async drop(): Promise<void> {
    await this.keep([]);
  }
}
