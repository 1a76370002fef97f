import type { IndexSet, UnlearnRequest } from "@ltu/core";
import { createSchedule, type ScheduleValue } from "@ltu/train";

import type { LtuOptions } from "./option-sets.ts";
import { passesOver } from "./passes.ts";
import { scheduleOf } from "./schedule.ts";

/** What happens when, known before the first step. */
export interface RunPlan {
  /** The last of them may be cut short. */
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly steps: number;
  /** The support samples of a step, counted from 0. */
  supportAt(step: number): IndexSet;
  /** The audit samples of a step. */
  auditAt(step: number): IndexSet;
  /** Step size and momentum of a step. */
  rateAt(step: number): ScheduleValue;
}

/**
 * The steps of a run and their sets.
 *
 * An epoch has max(ceil(|forget| / batchSize), ceil(|accessibleRetain| / batchSize)) steps: one pass of both. Stated in
 * `forgetPasses` alone it has ceil(|forget| / batchSize): as long for a large accessible retain set as for a small one. With
 * both the run ends where the shorter of them does, be it within an epoch.
 */
export function planRun(
  options: LtuOptions,
  { forgetSet, accessibleRetain, rng }: Pick<UnlearnRequest, "forgetSet" | "accessibleRetain" | "rng">,
): RunPlan {
  const { batchSize } = options;
  const passOf = (set: IndexSet | undefined): number => Math.ceil((set?.length ?? 0) / batchSize);
  const forgetSteps = passOf(forgetSet);
  const stepsPerEpoch =
    options.epochs === null ? forgetSteps : Math.max(forgetSteps, passOf(accessibleRetain));
  const lengths = [
    (options.epochs ?? Infinity) * stepsPerEpoch,
    (options.forgetPasses ?? Infinity) * forgetSteps,
  ];
  const steps = Math.min(...lengths);
  const schedule = createSchedule(scheduleOf(options));
  return {
    epochs: Math.ceil(steps / stepsPerEpoch),
    stepsPerEpoch,
    steps,
    supportAt: passesOver(forgetSet, { batchSize, rng: rng.split("support") }),
    auditAt: passesOver(forgetSet, { batchSize, rng: rng.split("audit") }),
    rateAt: (step) => schedule(step, steps),
  };
}
