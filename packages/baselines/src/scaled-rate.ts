import type { Optimizer, StepPlace } from "@ltu/train";

/** The same optimizer with its rate times a factor that depends on where a step stands. */
export function scaledRate(optimizer: Optimizer, factor: (place: StepPlace) => number): Optimizer {
  return {
    ...optimizer,
    step: (params, gradient, state, options) =>
      optimizer.step(params, gradient, state, { ...options, lr: options.lr * factor(options.place) }),
  };
}
