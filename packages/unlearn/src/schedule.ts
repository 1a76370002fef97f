import type { CosineOptions, ScheduleOptions, StepDecayOptions } from "@ltu/train";

/** How the step size changes: a schedule of `@ltu/train` that starts at `outerLr`, with the momentum of the options. */
export type LtuSchedule =
  | { readonly name: "constant" }
  | ({ readonly name: "cosine" } & Pick<CosineOptions, "finalLr">)
  | ({ readonly name: "step-decay" } & Pick<StepDecayOptions, "milestones" | "factor">);

/** The schedule as `@ltu/train` knows it. */
export function scheduleOf({
  schedule,
  outerLr: lr,
  momentum,
}: {
  readonly schedule: LtuSchedule;
  readonly outerLr: number;
  readonly momentum: number;
}): ScheduleOptions {
  return { lr, momentum, ...schedule } as ScheduleOptions;
}
