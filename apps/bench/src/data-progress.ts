import type { OnProgress } from "@ltu/core";

/** Progress of reading or fetching data: at most a line every two seconds, so that quick loads say nothing. */
export function dataProgress(
  say: (line: string) => void,
  now: () => number = () => performance.now(),
): OnProgress {
  let saidMs = now();
  return ({ task, step, steps }) => {
    if (now() - saidMs < 2000) return;
    saidMs = now();
    say(`${task.padEnd(9)} ${Math.floor((100 * step) / Math.max(1, steps))} %`);
  };
}
