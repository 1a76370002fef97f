import { LtuError } from "@ltu/core";

/** Throws LtuError `ABORTED` when the signal says stop. */
export function throwIfAborted(where: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw new LtuError("ABORTED", `${where}: stopped on request; run it again when it is wanted.`, {
    cause: signal.reason,
  });
}
