import type { Params, SgdStepOptions } from "@ltu/core";

import type { StepPlace } from "./losses.ts";

/** The rates of one step, and where it stands. */
export interface OptimizerStep extends SgdStepOptions {
  readonly place: StepPlace;
}

/**
 * How a gradient moves the parameters. State goes in and comes out as one tree of tensors, which a checkpoint keeps;
 * nothing is held between steps.
 */
export interface Optimizer {
  /** Tells one run's checkpoints from another's. */
  readonly name: string;
  /** The state before the first step; the caller disposes it. */
  init(params: Params): Params;
  /** New parameters and new state; everything given is borrowed, what returns is the caller's. */
  step(
    params: Params,
    gradient: Params,
    state: Params,
    options: OptimizerStep,
  ): { readonly params: Params; readonly state: Params };
}
