import { LocalCore } from "./core";
import { toError } from "./errors";

/** A call of one method of the core, numbered so that the answer finds its caller. */
export interface Call {
  id: number;
  method: Exclude<keyof LocalCore, symbol>;
  args: unknown[];
}

const core = new LocalCore();
const scope = self as unknown as { onmessage: ((event: MessageEvent<Call>) => void) | null; postMessage(message: unknown): void };

scope.onmessage = async ({ data: { id, method, args } }) => {
  try {
    const call = core[method] as (...args: unknown[]) => Promise<unknown>;
    scope.postMessage({ id, value: await call.apply(core, args) });
  } catch (thrown) {
    const { code, message } = toError(thrown);
    scope.postMessage({ id, error: { code, message } });
  }
};
