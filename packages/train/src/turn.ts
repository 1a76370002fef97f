import { LtuError } from "@ltu/core";

/**
 * A pause that lets timers, signals and the screen have their turn, at most once in `intervalMs`: on engines that
 * compute synchronously a loop of awaits alone never lets them in.
 *
 * @returns A function to await between steps; it throws LtuError `ABORTED` once `signal` is aborted.
 */
export function createTurn(
  where: string,
  { signal, intervalMs = 50 }: { readonly signal?: AbortSignal | undefined; readonly intervalMs?: number },
): () => Promise<void> {
  let last = performance.now();
  const check = (): void => {
    if (signal?.aborted === true) {
      throw new LtuError(
        "ABORTED",
        `${where}: stopped on request; run it again to go on from its last checkpoint.`,
        {
          cause: signal.reason,
        },
      );
    }
  };
  return async () => {
    check();
    if (performance.now() - last < intervalMs) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    last = performance.now();
    check();
  };
}
