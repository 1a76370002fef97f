import type { OnStageEvent, StageEvent } from "./stage-event.ts";

/** What is known of the running stage; plain data, made anew by each {@link advanceProgress}. */
export interface ProgressState {
  readonly event?: StageEvent;
  /** Some moments of the running task, oldest first, and how many steps were done at each. */
  readonly samples: readonly { readonly ms: number; readonly step: number }[];
}

/** The rate of steps is taken over this time, so that it follows a run that speeds up or slows down. */
const windowMs = 30_000;
/** Moments closer together than this are not kept apart. */
const sampleGapMs = 250;

/** Takes an event in. Pure; the clock is an argument. */
export function advanceProgress(
  state: ProgressState | undefined,
  event: StageEvent,
  nowMs: number,
): ProgressState {
  if (event.kind !== "progress") return { event, samples: [] };
  const before = state?.event?.kind === "progress" ? state.event : undefined;
  const { task, step } = event.progress;
  const sample = { ms: nowMs, step };
  const goesOn =
    before?.stage === event.stage && before.progress.task === task && before.progress.step <= step;
  if (state === undefined || !goesOn) return { event, samples: [sample] };
  // At least one earlier moment stays, however long ago, or there would be no rate.
  const earlier = state.samples.filter(({ ms }, i, all) => nowMs - ms <= windowMs || i === all.length - 2);
  const kept =
    earlier.length > 1 && nowMs - (earlier.at(-2)?.ms ?? 0) < sampleGapMs ? earlier.slice(0, -1) : earlier;
  return { event, samples: [...kept, sample] };
}

/**
 * The seconds that the running task still needs, from its rate of steps; `undefined` before there is a rate.
 */
export function secondsLeft({ event, samples }: ProgressState, nowMs: number): number | undefined {
  const first = samples[0];
  const last = samples.at(-1);
  if (event?.kind !== "progress" || first === undefined || last === undefined || last.step === first.step) {
    return undefined;
  }
  const msPerStep = (last.ms - first.ms) / (last.step - first.step);
  const left = (event.progress.steps - last.step) * msPerStep - (nowMs - last.ms);
  return Math.max(0, left) / 1000;
}

/**
 * One line on how the run stands: stage, epoch, loss, time left.
 *
 * @example
 * ```ts
 * import { advanceProgress, progressLine, type StageEvent } from "@ltu/runner";
 *
 * const event = (step: number): StageEvent => ({
 *   stage: "retrain",
 *   index: 3,
 *   done: 2,
 *   total: 9,
 *   kind: "progress",
 *   progress: { task: "retrain", step, steps: 100, epoch: 1, epochs: 25, values: { loss: 2.30259 } },
 * });
 * const state = advanceProgress(advanceProgress(undefined, event(1), 0), event(2), 1000);
 * console.log(progressLine(state, 1000)); // → [3/9] retrain: epoch 1 of 25, loss 2.303, 1 min 38 s left
 * ```
 */
export function progressLine(state: ProgressState, nowMs: number): string {
  const { event } = state;
  if (event === undefined) return "";
  const head = `[${event.index}/${event.total}] ${event.stage}:`;
  switch (event.kind) {
    case "started":
      return `${head} started`;
    case "waiting":
      return `${head} another process is at it`;
    case "resumed":
      return `${head} goes on from its checkpoint, ${duration(event.wallMs / 1000)} of work kept`;
    case "finished":
      return `${head} done in ${duration(event.wallMs / 1000)}`;
    case "reused":
      return `${head} kept from an earlier run, where it took ${duration(event.wallMs / 1000)}`;
    case "damaged":
      return `${head} its kept ${event.what} is damaged and is made again`;
    case "stopped":
      return `${head} stopped; the same command goes on from here`;
    case "failed":
      return `${head} failed`;
    case "progress": {
      const { task, step, steps, epoch, epochs, values = {} } = event.progress;
      const left = secondsLeft(state, nowMs);
      return [
        task === event.stage ? head : `${head} ${task},`,
        [
          epoch === undefined ? `step ${step} of ${steps}` : `epoch ${epoch} of ${epochs}`,
          ...shownValues(values).map(([name, value]) => `${name} ${shortNumber(value)}`),
          ...(left === undefined ? [] : [`${duration(left)} left`]),
        ].join(", "),
      ].join(" ");
    }
  }
}

/** A line has room for few numbers: the losses, or else the first two. */
function shownValues(values: Readonly<Record<string, number>>): (readonly [string, number])[] {
  const entries = Object.entries(values);
  const losses = entries.filter(([name]) => /loss$/i.test(name));
  return losses.length > 0 ? losses.slice(0, 3) : entries.slice(0, 2);
}

/** Four significant digits. */
function shortNumber(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Where progress is written to, such as `process.stderr`. */
export interface ProgressStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** Options of {@link progressWriter}. */
export interface ProgressWriterOptions {
  /** Milliseconds since some moment; `performance.now` by default. */
  readonly clock?: () => number;
  /** The least time between two lines of progress where lines cannot be rewritten; 5 s by default. */
  readonly gapMs?: number;
}

/** The least time between two rewritings of the line on a terminal. */
const rewriteGapMs = 100;

/**
 * Writes events as they come. On a terminal progress is one line that is rewritten; elsewhere (a log file) it is
 * at most a line every few seconds. What begins, ends or goes wrong has a line of its own in both.
 *
 * @returns The `onEvent` of a run.
 */
export function progressWriter(
  stream: ProgressStream,
  { clock = () => performance.now(), gapMs = 5000 }: ProgressWriterOptions = {},
): OnStageEvent {
  let state: ProgressState | undefined;
  let writtenMs = Number.NEGATIVE_INFINITY;
  const tty = stream.isTTY === true;
  const clear = tty ? "\r\u001b[2K" : "";
  return (event) => {
    const nowMs = clock();
    state = advanceProgress(state, event, nowMs);
    const passing = event.kind === "progress" || (tty && event.kind === "started");
    if (!passing) {
      stream.write(`${clear}${progressLine(state, nowMs)}\n`);
      writtenMs = event.kind === "started" ? nowMs : Number.NEGATIVE_INFINITY;
    } else if (nowMs - writtenMs >= (tty ? rewriteGapMs : gapMs)) {
      const line = progressLine(state, nowMs);
      // A line that wraps could not be rewritten. Some terminals say 0 where they do not know their width.
      const columns = stream.columns === undefined || stream.columns === 0 ? 80 : stream.columns;
      stream.write(tty ? `${clear}${line.slice(0, columns - 1)}` : `${line}\n`);
      writtenMs = nowMs;
    }
  };
}
