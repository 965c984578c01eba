import { WindowshopError, throwIfAborted } from "./errors";
import type { Progress } from "./types";

/** The downloaded files of a bundle; the engine verifies them. */
export interface BundleFiles {
  manifest: string;
  files: Record<string, Uint8Array>;
}

/** Downloads `manifest.json` and every file it names. */
export async function fetchBundle(
  base: string,
  onProgress: ((progress: Progress) => void) | undefined,
  signal: AbortSignal | undefined,
): Promise<BundleFiles> {
  const folder = base.endsWith("/") ? base : `${base}/`;
  const manifest = new TextDecoder().decode(await download(`${folder}manifest.json`, signal));
  const sizes = fileSizes(manifest, folder);
  const totalBytes = Object.values(sizes).reduce((sum, size) => sum + size, 0);
  let loadedBytes = 0;
  const files: Record<string, Uint8Array> = {};
  for (const file of Object.keys(sizes)) {
    files[file] = await download(folder + file, signal, (bytes) => {
      loadedBytes += bytes;
      onProgress?.({ file, loadedBytes, totalBytes });
    });
  }
  return { manifest, files };
}

function fileSizes(manifest: string, folder: string): Record<string, number> {
  try {
    const { files } = JSON.parse(manifest) as { files: Record<string, { size_bytes: number }> };
    return Object.fromEntries(Object.entries(files).map(([name, entry]) => [name, entry.size_bytes]));
  } catch {
    throw new WindowshopError("bundle_corrupt", `${folder}manifest.json: no bundle manifest: export the bundle again`);
  }
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
