/**
 * Turns the first Ctrl-C (or a polite kill) into an aborted signal, so that the run stops at its next safe point; a
 * second one ends the process at once.
 */
export function onInterrupt(say: (line: string) => void): {
  readonly signal: AbortSignal;
  readonly release: () => void;
} {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    say("\nstopping; the same command goes on from here (once more to stop at once)");
    controller.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return {
    signal: controller.signal,
    release: () => {
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
    },
  };
}
