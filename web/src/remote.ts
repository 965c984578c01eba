import type { Core } from "./core";
import { WindowshopError, toError } from "./errors";

interface Reply {
  id: number;
  value?: unknown;
  error?: { code: string; message: string };
}

/** Starts the worker and returns a core whose methods run there. Rejects if the worker cannot start. */
export async function startWorker(url: string | URL | undefined): Promise<Core> {
  // Bundlers recognise this literal form.
  const worker = url
    ? new Worker(url, { type: "module" })
    : new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let calls = 0;
  let failure: WindowshopError | undefined;
  const fail = (error: WindowshopError) => {
    failure ??= error;
    for (const { reject } of waiting.values()) reject(failure);
    waiting.clear();
    worker.terminate();
  };
  worker.onerror = (event) => fail(new WindowshopError("internal", `the worker failed: ${event.message ?? "it could not start"}`));
  worker.onmessage = ({ data }: MessageEvent<Reply>) => {
    const caller = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.error) caller?.reject(toError(data.error));
    else caller?.resolve(data.value);
  };
  const call = (method: string) => (...args: unknown[]) =>
    new Promise<unknown>((resolve, reject) => {
      if (failure) return reject(failure);
      const id = calls++;
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, method, args });
    });
  return new Proxy({} as Core, {
    get: (_, method) => {
      // `await` reads `then` to find out whether a value is a promise.
      if (typeof method !== "string" || method === "then") return undefined;
      if (method !== "close") return call(method);
      return async () => fail(new WindowshopError("disposed", "the engine is disposed: load it again"));
    },
  });
}
