/** What kind of mistake an {@link LtuError} reports; stable, so that programs can branch on it. */
export type LtuErrorCode =
  | "SHAPE"
  | "OPTION"
  | "DATA"
  | "BACKEND"
  | "NO_SIGNAL"
  | "NO_REFERENCES"
  | "DIVERGED"
  | "FIREWALL"
  | "STORE"
  | "ABORTED";

/**
 * The one error class of LTU: a single sentence that says where it happened, what was expected, what was
 * found and what to do, and a stable code.
 *
 * @example
 * ```ts
 * import { LtuError } from "@ltu/core";
 *
 * const error = new LtuError("OPTION", "finetune: epochs must be a whole number of at least 1, found 0; raise it.");
 * console.log(error.code); // → OPTION
 * ```
 */
export class LtuError extends Error {
  readonly code: LtuErrorCode;

  constructor(code: LtuErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "LtuError";
    this.code = code;
  }
}

/** Whether a value is an {@link LtuError}, also when it comes from another copy of this package. */
export function isLtuError(value: unknown): value is LtuError {
  return value instanceof Error && value.name === "LtuError" && "code" in value;
}
