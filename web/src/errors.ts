/** Stable error codes. Messages may change. */
export type ErrorCode =
  /** The caller's `AbortSignal` fired. */
  | "aborted"
  /** A file of the bundle has another size, checksum or content than expected. */
  | "bundle_corrupt"
  /** The bundle was trained with another version of the features. */
  | "bundle_features"
  /** A file of the manifest is missing. */
  | "bundle_missing_file"
  /** The server has no bundle at this address or cannot be reached. */
  | "bundle_not_found"
  /** This engine does not support the bundle's format version. */
  | "bundle_version"
  /** The engine is disposed. */
  | "disposed"
  /** The GPU device was lost. Internal: the engine answers the request on the CPU. */
  | "gpu_lost"
  /** `backend: "gpu"` was requested, but WebGPU is missing or did not start. */
  | "gpu_unavailable"
  /** A photo or the output of a policy has too many pixels. */
  | "image_too_large"
  /** The browser cannot decode the photo. */
  | "image_unreadable"
  /** An invalid argument. The message names it. */
  | "invalid_argument"
  /** The current visit has no events, or none since the last purchase. */
  | "intent_empty_visit"
  /** The bundle's intent network needs a row: call `intent(row)`. */
  | "intent_needs_row"
  /** A bug of this module. Please report it. */
  | "internal"
  /** The bundle has no such network. */
  | "network_missing"
  /** An invalid policy: an unknown key or preset, or a number out of range. The message names the place. */
  | "policy_invalid"
  /** An invalid record, or the record of a photo of another size. */
  | "record_invalid"
  /** More than `MAX_ITEMS` items in one request. */
  | "too_many_items"
  /** An item that is not registered. */
  | "unknown_item"
  /** A policy with an operator that this version does not support. */
  | "unknown_operator"
  /** The browser did not start the WebAssembly engine: because of a content security policy, or the file is missing. */
  | "wasm_unavailable";

/** The class of all errors of this module. */
export class WindowshopError extends Error {
  override name = "WindowshopError";
  constructor(
    readonly code: ErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** Converts any thrown value, also one from the worker, to a `WindowshopError`. */
export function toError(thrown: unknown): WindowshopError {
  if (thrown instanceof WindowshopError) return thrown;
  const { code, message } = (thrown ?? {}) as { code?: unknown; message?: unknown };
  return new WindowshopError(typeof code === "string" ? (code as ErrorCode) : "internal", String(message ?? thrown));
}

/** Throws if the signal is aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new WindowshopError("aborted", "the request was aborted");
}

/** The promise's value; rejects if the signal is aborted first. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new WindowshopError("aborted", "the request was aborted"));
    signal.addEventListener("abort", stop);
  });
  // After an abort nobody awaits the promise: its error must not be reported as unhandled.
  promise.catch(() => undefined);
  try {
    throwIfAborted(signal);
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
