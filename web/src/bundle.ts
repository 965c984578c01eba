import { FileCache } from "./cache";
import { WindowshopError, throwIfAborted } from "./errors";
import type { NetworkName, Progress } from "./types";

/** The files of a bundle, not yet verified: the engine does that. */
export interface BundleFiles {
  manifest: string;
  files: Record<string, Uint8Array>;
}

/** A bundle on its way: `keep` it for the next visit once the engine has accepted it, `drop` it otherwise. */
export interface FetchedBundle extends BundleFiles {
  keep(): Promise<void>;
  drop(): Promise<void>;
  /** A network that is fetched when it is first needed. */
  network(network: NetworkName): Promise<FetchedNetwork>;
}

/** The same for one of its networks. */
export interface FetchedNetwork {
  bytes: Uint8Array;
  keep(): Promise<void>;
  drop(): Promise<void>;
}

/** What ranking needs; every other file is a network by itself, which only a ranker that reads it needs at once. */
const RANKER_FILES = ["ranker.safetensors", "statistics.safetensors"];

interface Entry {
  file: string;
  sha256: string;
  sizeBytes: number;
}

/** Gets `manifest.json` from the server, and the ranker's files from the server or the cache. */
export async function fetchBundle(
  base: string,
  onProgress: ((progress: Progress) => void) | undefined,
  signal: AbortSignal | undefined,
): Promise<FetchedBundle> {
  const folder = base.endsWith("/") ? base : `${base}/`;
  const manifest = new TextDecoder().decode(await download(`${folder}manifest.json`, signal));
  const all = entriesOf(manifest, folder);
  const needed = neededBy(manifest);
  const entries = all.filter(({ file }) => needed.includes(file));
  const cache = new FileCache(folder);
  const totalBytes = entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let loadedBytes = 0;
  const get = async ({ file, sha256 }: Entry) => {
    const report = (bytes: number) => {
      loadedBytes += bytes;
      onProgress?.({ file, loadedBytes, totalBytes });
    };
    const kept = await cache.get(file, sha256);
    if (!kept) return download(folder + file, signal, report);
    report(kept.length);
    return kept;
  };
  const contents = await Promise.all(entries.map(get));
  const network = async (name: NetworkName): Promise<FetchedNetwork> => {
    const entry = all.find(({ file }) => file === fileOf(name));
    if (!entry) {
      const message = `${name}: no such network in this bundle: train one with \`trainer train ${name}\` and export it into the bundle`;
      throw new WindowshopError("network_missing", message);
    }
    const { file, sha256 } = entry;
    const early = contents[entries.indexOf(entry)];
    const bytes = early ?? (await cache.get(file, sha256)) ?? (await download(folder + file));
    return { bytes, keep: () => cache.put({ file, sha256, bytes }), drop: () => cache.forget(entry) };
  };
  return {
    manifest,
    files: Object.fromEntries(entries.map(({ file }, i) => [file, contents[i]!])),
    keep: async () => {
      await cache.retain(all);
      for (const [i, { file, sha256 }] of entries.entries()) await cache.put({ file, sha256, bytes: contents[i]! });
    },
    drop: () => cache.retain([]),
    network,
  };
}

/** The file of a network: of a GAN there is the generator alone. */
function fileOf(network: NetworkName): string {
  return `${network}.safetensors`;
}

function entriesOf(manifest: string, folder: string): Entry[] {
  try {
    const { files } = JSON.parse(manifest) as { files: Record<string, { sha256: string; size_bytes: number }> };
    return Object.entries(files).map(([file, { sha256, size_bytes }]) => ({ file, sha256, sizeBytes: size_bytes }));
  } catch {
    throw new WindowshopError("bundle_corrupt", `${folder}manifest.json: no bundle manifest: export the bundle again`);
  }
}

/** The files without which the ranker of a manifest cannot rank. */
function neededBy(manifest: string): string[] {
  const { ranker } = JSON.parse(manifest) as { ranker?: { groups?: unknown } | null };
  const groups = ranker?.groups;
  return Array.isArray(groups) && groups.includes("intent") ? [...RANKER_FILES, "intent.safetensors"] : RANKER_FILES;
}

async function download(url: string, signal?: AbortSignal, onBytes?: (bytes: number) => void): Promise<Uint8Array> {
  throwIfAborted(signal);
  try {
    const response = await fetch(url, signal ? { signal } : {});
    if (!response.ok || !response.body) {
      const message = `${url}: the server answered ${response.status}, expected 200: check the address and that the bundle was uploaded`;
      throw new WindowshopError("bundle_not_found", message);
    }
    return await read(response.body, onBytes);
  } catch (error) {
    throwIfAborted(signal);
    if (error instanceof WindowshopError) throw error;
    throw new WindowshopError("bundle_not_found", `${url}: cannot be downloaded (${String(error)})`);
  }
}

async function read(body: ReadableStream<Uint8Array>, onBytes?: (bytes: number) => void): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    chunks.push(next.value);
    size += next.value.length;
    onBytes?.(next.value.length);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
