import { FileCache } from "./cache";
import { WindowshopError, throwIfAborted } from "./errors";
import { GROUP_NETWORKS, MANIFEST_FILE, NETWORK_FILES, type NetworkKind, RANKER_FILE, STATISTICS_FILE } from "./schema";
import type { Progress } from "./types";

/** The files of a bundle. The engine verifies them. */
export interface BundleFiles {
  manifest: string;
  files: Record<string, Uint8Array>;
}

/** A downloaded bundle: call `keep` to cache it once the engine has accepted it, else `drop`. */
export interface FetchedBundle extends BundleFiles {
  keep(): Promise<void>;
  drop(): Promise<void>;
  /** Downloads a network's file. */
  network(network: NetworkKind): Promise<FetchedNetwork>;
}

/** A downloaded network. */
export interface FetchedNetwork {
  bytes: Uint8Array;
  keep(): Promise<void>;
  drop(): Promise<void>;
}

interface Entry {
  file: string;
  sha256: string;
  sizeBytes: number;
}

/** Downloads the manifest, and reads the ranker's files from cache or server. */
export async function fetchBundle(
  base: string,
  onProgress: ((progress: Progress) => void) | undefined,
  signal: AbortSignal | undefined,
): Promise<FetchedBundle> {
  const folder = base.endsWith("/") ? base : `${base}/`;
  const manifest = new TextDecoder().decode(await download(`${folder}${MANIFEST_FILE}`, signal));
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
  const network = async (name: NetworkKind): Promise<FetchedNetwork> => {
    const entry = all.find(({ file }) => file === NETWORK_FILES[name]);
    if (!entry) {
      const message = `${name}: no such network in this bundle: train one with \`trainer train\` and export it into the bundle`;
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

function entriesOf(manifest: string, folder: string): Entry[] {
  try {
    const { files } = JSON.parse(manifest) as { files: Record<string, { sha256: string; size_bytes: number }> };
    return Object.entries(files).map(([file, { sha256, size_bytes }]) => ({ file, sha256, sizeBytes: size_bytes }));
  } catch {
    throw new WindowshopError("bundle_corrupt", `${folder}${MANIFEST_FILE}: not a bundle manifest: export the bundle again`);
  }
}

/** The files that the manifest's ranker needs: its own, and those of the networks that its groups read. */
function neededBy(manifest: string): string[] {
  const { ranker } = JSON.parse(manifest) as { ranker?: { groups?: unknown } | null };
  const groups = Array.isArray(ranker?.groups) ? ranker.groups : [];
  const networks = Object.entries(GROUP_NETWORKS).filter(([group]) => groups.includes(group));
  return [RANKER_FILE, STATISTICS_FILE, ...networks.map(([, network]) => NETWORK_FILES[network])];
}

async function download(url: string, signal?: AbortSignal, onBytes?: (bytes: number) => void): Promise<Uint8Array> {
  throwIfAborted(signal);
  try {
    const response = await fetch(url, signal ? { signal } : {});
    if (!response.ok || !response.body) {
      const message = `${url}: HTTP status ${response.status}, expected 200: check the address and that the bundle was uploaded`;
      throw new WindowshopError("bundle_not_found", message);
    }
    return await read(response.body, onBytes);
  } catch (error) {
    throwIfAborted(signal);
    if (error instanceof WindowshopError) throw error;
    throw new WindowshopError("bundle_not_found", `${url}: the download failed (${String(error)}): check the address and the network`);
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
