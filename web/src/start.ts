import { type Core, LocalCore } from "./core";
import { toError } from "./errors";
import { startWorker } from "./remote";
import type { ThreadOptions } from "./types";

/** Starts a core: in a worker if possible, else on this thread. */
export async function startCore(begin: (core: Core) => Promise<void>, { worker, workerUrl }: ThreadOptions): Promise<{ core: Core; worker: boolean }> {
  const start = async (core: Core, worker: boolean) => {
    try {
      await begin(core);
      return { core, worker };
    } catch (error) {
      await core.close();
      throw error;
    }
  };
  if (worker !== false && typeof Worker !== "undefined") {
    try {
      return await start(await startWorker(workerUrl), true);
    } catch (error) {
      // Only a failure of the worker itself falls back to this thread.
      if (toError(error).code !== "internal") throw error;
    }
  }
  return start(new LocalCore(), false);
}
