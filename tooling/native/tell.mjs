/** A fault the user can mend: one sentence, exit code 2. */
export class NativeError extends Error {}

const started = Date.now();

/** One progress line, with the seconds since the start. */
export function tell(text) {
  console.log(`native ${((Date.now() - started) / 1000).toFixed(0).padStart(3)} s  ${text}`);
}
