// Files of bundles in the Cache API, by their SHA-256: a new bundle downloads only changed files. Without the Cache API (on an
// insecure page, in some private windows) every file is downloaded.

const CACHE = "windowshop-bundles";

/** A file of the manifest. */
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

  /** The bytes of a file, if it is cached. */
  async get(file: string, sha256: string): Promise<Uint8Array | undefined> {
    const cached = await (await this.#cache)?.match(this.#key(file, sha256)).catch(() => undefined);
    return cached && new Uint8Array(await cached.arrayBuffer());
  }

  /** Caches a file. */
  async put({ file, sha256, bytes }: CachedFile & { bytes: Uint8Array }): Promise<void> {
    const key = this.#key(file, sha256);
    await this.#ignoringErrors(async (cache) => {
      if (!(await cache.match(key))) await cache.put(key, new Response(bytes as Uint8Array<ArrayBuffer>));
    });
  }

  /** Removes a file. */
  async forget({ file, sha256 }: CachedFile): Promise<void> {
    await this.#ignoringErrors(async (cache) => void (await cache.delete(this.#key(file, sha256))));
  }

  /** Removes all other files of this bundle's address: those of earlier versions. */
  async retain(files: CachedFile[]): Promise<void> {
    const keys = new Set(files.map(({ file, sha256 }) => this.#key(file, sha256)));
    await this.#ignoringErrors(async (cache) => {
      for (const { url } of await cache.keys()) {
        if (url.startsWith(this.#folder) && !keys.has(url)) await cache.delete(url);
      }
    });
  }

  /** Ignores errors such as a full disk: the next visit downloads again. */
  async #ignoringErrors(task: (cache: Cache) => Promise<void>): Promise<void> {
    const cache = await this.#cache;
    if (cache) await task(cache).catch(() => undefined);
  }
}
