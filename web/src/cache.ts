// Files of bundles in the Cache API, by their SHA-256: a new bundle downloads only what changed. Where there is no Cache
// API (an insecure page, a private window that refuses) everything is downloaded, as it would be the first time.

const CACHE = "windowshop-bundles";

/** A file as the manifest names it. */
export interface CachedFile {
  file: string;
  sha256: string;
}

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

  /** Keeps a file. */
  async put({ file, sha256, bytes }: CachedFile & { bytes: Uint8Array }): Promise<void> {
    const key = this.#key(file, sha256);
    await this.#quietly(async (cache) => {
      if (!(await cache.match(key))) await cache.put(key, new Response(bytes as Uint8Array<ArrayBuffer>));
    });
  }

  /** Forgets a file. */
  async forget({ file, sha256 }: CachedFile): Promise<void> {
    await this.#quietly(async (cache) => void (await cache.delete(this.#key(file, sha256))));
  }

  /** Forgets everything else: the files of the bundle that was at this address before. */
  async retain(files: CachedFile[]): Promise<void> {
    const keys = new Set(files.map(({ file, sha256 }) => this.#key(file, sha256)));
    await this.#quietly(async (cache) => {
      for (const { url } of await cache.keys()) {
        if (url.startsWith(this.#folder) && !keys.has(url)) await cache.delete(url);
      }
    });
  }

  /** A full disk is no reason to fail: the next visit downloads again. */
  async #quietly(task: (cache: Cache) => Promise<void>): Promise<void> {
    const cache = await this.#cache;
    if (cache) await task(cache).catch(() => undefined);
  }
}
