const events = ["uncaughtException", "unhandledRejection"] as const;

/**
 * Remembers the global `Worker` and the handlers of uncaught errors, and returns what puts them back. A module
 * made by Emscripten sets the one and adds handlers that rethrow every error; neither shall outlive its start.
 */
export function rememberProcess(): () => void {
  const listeners = (event: (typeof events)[number]): NodeJS.UncaughtExceptionListener[] =>
    process.listeners(event as "uncaughtException");
  const before = events.map(listeners);
  const worker = Object.getOwnPropertyDescriptor(globalThis, "Worker");
  return () => {
    events.forEach((event, i) => {
      for (const listener of listeners(event)) {
        if (!before[i]?.includes(listener)) process.off(event, listener);
      }
    });
    if (worker === undefined) Reflect.deleteProperty(globalThis, "Worker");
    else Object.defineProperty(globalThis, "Worker", worker);
  };
}
