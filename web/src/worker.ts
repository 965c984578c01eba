import { LocalCore } from "./core";
import { toError } from "./errors";

/** A call of a method of the core. `id` matches replies to calls. */
export interface Call {
  id: number;
  method: Exclude<keyof LocalCore, symbol>;
  args: unknown[];
}

const core = new LocalCore();
const scope = self as unknown as { onmessage: ((event: MessageEvent<Call>) => void) | null; postMessage(message: unknown, transfer?: Transferable[]): void };

scope.onmessage = async ({ data: { id, method, args } }) => {
  try {
    const call = core[method] as (...args: unknown[]) => Promise<unknown>;
    const value = await call.apply(core, args);
    scope.postMessage({ id, value }, buffersOf(value));
  } catch (thrown) {
    const { code, message } = toError(thrown);
    scope.postMessage({ id, error: { code, message } });
  }
};

/** The buffers of a result's typed arrays, to transfer instead of copy. */
function buffersOf(value: unknown): Transferable[] {
  const values = ArrayBuffer.isView(value) ? [value] : typeof value === "object" && value !== null ? Object.values(value) : [];
  return values.filter((value) => ArrayBuffer.isView(value)).map((value) => value.buffer as ArrayBuffer);
}
