import { LocalCore } from "./core";
import { toError } from "./errors";

/** A call of one method of the core, numbered so that the answer finds its caller. */
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

/** The typed arrays of an answer: they move to the page, uncopied. */
function buffersOf(value: unknown): Transferable[] {
  const parts = ArrayBuffer.isView(value) ? [value] : typeof value === "object" && value !== null ? Object.values(value) : [];
  return parts.filter((part) => ArrayBuffer.isView(part)).map((part) => part.buffer as ArrayBuffer);
}
