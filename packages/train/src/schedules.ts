import { LtuError } from "@ltu/core";

/** Rate and momentum of one step. */
export interface ScheduleValue {
  readonly lr: number;
  readonly momentum: number;
}

/** From a step, counted from 0, and the number of all steps to the rate and momentum of that step. */
export type Schedule = (step: number, steps: number) => ScheduleValue;

/** Options of {@link constant}. */
export interface ConstantOptions {
  readonly lr: number;
  /** Default 0.9. */
  readonly momentum?: number;
}

/** Options of {@link stepDecay}. */
export interface StepDecayOptions {
  readonly lr: number;
  /** Where the rate falls, each as a share of all steps in (0, 1): epoch 91 of 182 is 0.5. */
  readonly milestones: readonly number[];
  /** What the rate is multiplied by at each milestone; default 0.1. */
  readonly factor?: number;
  /** Default 0.9. */
  readonly momentum?: number;
}

/** Options of {@link cosine}. */
export interface CosineOptions {
  readonly lr: number;
  /** Where the rate would arrive after the last step; default 0. */
  readonly finalLr?: number;
  /** Default 0.9. */
  readonly momentum?: number;
}

/** Options of {@link oneCycle}. */
export interface OneCycleOptions {
  /** Default 0.1. */
  readonly maxLr?: number;
  /** The first rate is `maxLr / divFactor`; default 25. */
  readonly divFactor?: number;
  /** The last rate is the first one over this; default 10,000. */
  readonly finalDivFactor?: number;
  /** The share of steps in which the rate rises; default 0.15. */
  readonly pctStart?: number;
  /** Momentum at the highest rate; default 0.85. */
  readonly baseMomentum?: number;
  /** Momentum at the lowest rates; default 0.95. */
  readonly maxMomentum?: number;
}

/** The same rate and momentum at every step. */
export function constant({ lr, momentum = 0.9 }: ConstantOptions): Schedule {
  return () => ({ lr, momentum });
}

/** A rate that is multiplied by `factor` at each milestone. */
export function stepDecay({ lr, milestones, factor = 0.1, momentum = 0.9 }: StepDecayOptions): Schedule {
  return (step, steps) => {
    const passed = milestones.filter((milestone) => step >= Math.round(milestone * steps)).length;
    return { lr: lr * factor ** passed, momentum };
  };
}

/** A rate that falls like half a cosine from `lr` to `finalLr`. */
export function cosine({ lr, finalLr = 0, momentum = 0.9 }: CosineOptions): Schedule {
  return (step, steps) => ({ lr: annealed(lr, finalLr, step / steps), momentum });
}

/**
 * The one-cycle rate: up from `maxLr / divFactor` to `maxLr` in the first `pctStart` of the steps, then down to
 * `maxLr / divFactor / finalDivFactor`, both along half a cosine; momentum moves the other way.
 *
 * Source: Smith and Topin, Super-Convergence, 2017; phases and rounding as `torch.optim.lr_scheduler.OneCycleLR`
 * with cosine annealing and two phases, stepped once an iteration.
 *
 * @example
 * ```ts
 * import { oneCycle } from "@ltu/train";
 *
 * const schedule = oneCycle({ maxLr: 0.1 });
 * const first = schedule(0, 100);
 * console.log(first.lr.toFixed(3), first.momentum); // → 0.004 0.95
 * console.log(schedule(14, 100).lr); // → 0.1
 * ```
 */
export function oneCycle({
  maxLr = 0.1,
  divFactor = 25,
  finalDivFactor = 1e4,
  pctStart = 0.15,
  baseMomentum = 0.85,
  maxMomentum = 0.95,
}: OneCycleOptions = {}): Schedule {
  const first = maxLr / divFactor;
  const last = first / finalDivFactor;
  return (step, steps) => {
    const top = pctStart * steps - 1;
    if (step <= top) {
      // With a rise of a single step the top is where it starts.
      const share = top > 0 ? step / top : 1;
      return { lr: annealed(first, maxLr, share), momentum: annealed(maxMomentum, baseMomentum, share) };
    }
    const share = (step - top) / (steps - 1 - top);
    return { lr: annealed(maxLr, last, share), momentum: annealed(baseMomentum, maxMomentum, share) };
  };
}

/** From `start` at share 0 to `end` at share 1 along half a cosine. */
function annealed(start: number, end: number, share: number): number {
  return end + ((start - end) / 2) * (1 + Math.cos(Math.PI * share));
}

/** A schedule as plain JSON: its name and its options. */
export type ScheduleOptions =
  | ({ readonly name: "constant" } & ConstantOptions)
  | ({ readonly name: "cosine" } & CosineOptions)
  | ({ readonly name: "one-cycle" } & OneCycleOptions)
  | ({ readonly name: "step-decay" } & StepDecayOptions);

/** Every schedule by its name, with the options it takes and what each must be. */
const known: Readonly<
  Record<
    ScheduleOptions["name"],
    { make: (options: never) => Schedule; required: string[]; optional: string[] }
  >
> = {
  constant: { make: constant, required: ["lr"], optional: ["momentum"] },
  cosine: { make: cosine, required: ["lr"], optional: ["finalLr", "momentum"] },
  "one-cycle": {
    make: oneCycle,
    required: [],
    optional: ["maxLr", "divFactor", "finalDivFactor", "pctStart", "baseMomentum", "maxMomentum"],
  },
  "step-decay": { make: stepDecay, required: ["lr", "milestones"], optional: ["factor", "momentum"] },
};

/**
 * The schedule that plain options describe.
 *
 * @throws LtuError `OPTION` for an unknown name, an unknown or missing option, and a value out of its range.
 */
export function createSchedule(options: ScheduleOptions): Schedule {
  const { name, ...values } = options as { name: ScheduleOptions["name"] } & Record<string, unknown>;
  const wrong = (expected: string, found: string): LtuError =>
    new LtuError("OPTION", `schedule: expected ${expected}, found ${found}; correct the schedule.`);
  if (!Object.hasOwn(known, name)) {
    throw wrong(`a name out of ${Object.keys(known).join(", ")}`, JSON.stringify(name) ?? "none");
  }
  const { make, required, optional } = known[name];
  const names = [...required, ...optional];
  const unknown = Object.keys(values).find((key) => !names.includes(key));
  if (unknown !== undefined) throw wrong(`options of ${name} out of ${names.join(", ")}`, `"${unknown}"`);
  const missing = required.find((key) => values[key] === undefined);
  if (missing !== undefined) throw wrong(`the option "${missing}" of ${name}`, "none");
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const numbers = key === "milestones" ? (value as unknown[]) : [value];
    const [low, high] = rangeOf(key);
    const isFine =
      Array.isArray(numbers) &&
      numbers.every((x) => typeof x === "number" && Number.isFinite(x) && x >= low && x <= high);
    const range = high === Number.MAX_VALUE ? `of at least ${low}` : `from ${low} to ${high}`;
    if (!isFine) throw wrong(`${key} of ${name} ${range}`, JSON.stringify(value));
  }
  return make(values as never);
}

function rangeOf(option: string): readonly [number, number] {
  if (/momentum/i.test(option) || ["milestones", "pctStart", "factor"].includes(option)) return [0, 1];
  return /div/i.test(option) ? [1, Number.MAX_VALUE] : [0, Number.MAX_VALUE];
}
