/** Stable codes to branch on; the message is prose and may change. */
export type ErrorCode =
  | "aborted"
  | "bundle_corrupt"
  | "bundle_features"
  | "bundle_missing_file"
  | "bundle_not_found"
  | "bundle_version"
  | "disposed"
  | "invalid_argument"
  | "no_wasm_simd"
  | "too_many_items"
  | "unknown_item"
  | "internal";

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
