/** Stable codes to branch on; the message is prose and may change. */
export type ErrorCode =
  /** The caller's `AbortSignal` fired. */
  | "aborted"
  /** A file of the bundle is not what the manifest says: sizes, checksums, contents. */
  | "bundle_corrupt"
  /** The bundle was trained on features this engine does not compute. */
  | "bundle_features"
  /** The manifest names a file that was not there. */
  | "bundle_missing_file"
  /** The server has no bundle at this address, or cannot be reached. */
  | "bundle_not_found"
  /** The bundle's format is not one this engine reads. */
  | "bundle_version"
  /** The engine was disposed of. */
  | "disposed"
  /** The GPU went away. The engine answers such a request on the CPU; nobody sees this code but the engine. */
  | "gpu_lost"
  /** `backend: "gpu"` was asked for, and there is no WebGPU, or it would not start. */
  | "gpu_unavailable"
  /** A photo, or what a policy would make of it, with more pixels than a page has room for. */
  | "image_too_large"
  /** A photo that the browser cannot decode. */
  | "image_unreadable"
  /** An argument that cannot be used; the message names it. */
  | "invalid_argument"
  /** The visitor did nothing yet in this visit, or nothing since the last purchase. */
  | "intent_empty_visit"
  /** The bundle's network reads rows of the shop's own: `intent()` without one says nothing to it. */
  | "intent_needs_row"
  /** A fault of this module: please report it. */
  | "internal"
  /** The bundle has no such network. */
  | "network_missing"
  /** A policy that cannot be meant: an unknown key or preset, a number out of its range; the message says where. */
  | "policy_invalid"
  /** A record that `augment` did not return, or of a photo of another size. */
  | "record_invalid"
  /** More than `MAX_ITEMS` items in one request. */
  | "too_many_items"
  /** An item that was never registered. */
  | "unknown_item"
  /** A policy names an operator that this version does not know. */
  | "unknown_operator"
  /** The browser knows WebAssembly but would not start the engine: a content security policy, or the file is not served. */
  | "wasm_unavailable";

/** Every error this module throws. */
export class WindowshopError extends Error {
  override name = "WindowshopError";
  constructor(
    readonly code: ErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** Whatever was thrown, on either side of the worker, as one of ours. */
export function toError(thrown: unknown): WindowshopError {
  if (thrown instanceof WindowshopError) return thrown;
  const { code, message } = (thrown ?? {}) as { code?: unknown; message?: unknown };
  return new WindowshopError(typeof code === "string" ? (code as ErrorCode) : "internal", String(message ?? thrown));
}

/** Throws when the caller has given up. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new WindowshopError("aborted", "the request was aborted");
}

/** The promise's value, unless the caller gives up first. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new WindowshopError("aborted", "the request was aborted"));
    signal.addEventListener("abort", stop);
  });
  // Whichever comes second is nobody's business any more.
  promise.catch(() => undefined);
  try {
    throwIfAborted(signal);
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
