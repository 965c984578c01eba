import { afterEach, expect, test, vi } from "vitest";
import type { WindowshopError } from "../src/errors";
import { startWorker } from "../src/remote";

afterEach(() => vi.unstubAllGlobals());

/** A worker that answers as `answer` says. */
function stubWorker(answer: (worker: FakeWorker, id: number, method: string) => void) {
  vi.stubGlobal("Worker", class extends FakeWorker {
    postMessage({ id, method }: { id: number; method: string }) {
      queueMicrotask(() => answer(this, id, method));
    }
  });
}
class FakeWorker {
  onmessage?: (event: { data: unknown }) => void;
  onerror?: (event: { message?: string }) => void;
  terminate() {}
}
const codeOf = (promise: Promise<unknown>) => promise.then(() => "no error", (error: WindowshopError) => error.code);

test("replies reach their callers in any order", async () => {
  const calls: [number, string][] = [];
  stubWorker((worker, id, method) => {
    calls.push([id, method]);
    if (calls.length === 2) for (const [id, value] of calls.reverse()) worker.onmessage?.({ data: { id, value } });
  });
  const core = await startWorker(undefined);
  expect(await Promise.all([core.profileExport(), core.profileClear()])).toEqual(["profileExport", "profileClear"]);
});

test("an error keeps its code across the worker", async () => {
  stubWorker((worker, id) => worker.onmessage?.({ data: { id, error: { code: "bundle_corrupt", message: "no" } } }));
  expect(await codeOf((await startWorker(undefined)).profileExport())).toBe("bundle_corrupt");
});

test("a failed worker rejects pending and later calls", async () => {
  stubWorker((worker) => worker.onerror?.({ message: "out of memory" }));
  const core = await startWorker(undefined);
  expect(await codeOf(core.profileExport())).toBe("internal");
  expect(await codeOf(core.profileExport())).toBe("internal");
});

test("a closed worker has code disposed", async () => {
  stubWorker(() => undefined);
  const core = await startWorker(undefined);
  const waiting = codeOf(core.profileExport());
  await core.close();
  expect(await waiting).toBe("disposed");
});
