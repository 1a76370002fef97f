// Loaded before the app. One Ctrl-C can reach it up to three times (terminal, npm, bootstrap); listeners hear it once.
const togetherMs = 400;
const lastHeard = new Map();
const emit = process.emit;

process.emit = function (event, ...rest) {
  if (event === "SIGINT" || event === "SIGTERM" || event === "SIGHUP") {
    const now = performance.now();
    const last = lastHeard.get(event) ?? -Infinity;
    lastHeard.set(event, now);
    if (now - last < togetherMs) return true;
  }
  return emit.call(this, event, ...rest);
};
