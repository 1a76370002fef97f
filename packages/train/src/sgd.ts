import { zerosLike } from "@tensorflow/tfjs-core";

import { mapParams, sgdStep, type Params, type SgdStepOptions } from "@ltu/core";

/**
 * Stochastic gradient descent with momentum and weight decay, in PyTorch's form:
 *
 * v <- momentum v + (g + weightDecay p), p <- p - lr v.
 *
 * Weight decay acts on every parameter and enters the momentum; the learning rate does not. State goes in and
 * comes out: `init` makes the zero velocity, `step` returns new parameters and new velocity. The caller disposes
 * what it receives, and the old ones when it no longer needs them.
 *
 * Source: `torch.optim.SGD` with dampening 0, without Nesterov's form.
 *
 * @example
 * ```ts
 * import { disposeParams } from "@ltu/core";
 * import { sgd } from "@ltu/train";
 * import { tensor1d } from "@tensorflow/tfjs-core";
 *
 * const params = { w: tensor1d([1]) };
 * const gradient = { w: tensor1d([0.5]) };
 * const velocity = sgd.init(params);
 * const next = sgd.step(params, gradient, velocity, { lr: 0.1, momentum: 0.9, weightDecay: 0 });
 * console.log((await next.params.w.data())[0].toFixed(2)); // → 0.95
 * [params, gradient, velocity, next.params, next.state].forEach(disposeParams);
 * ```
 */
export const sgd: {
  readonly name: "sgd";
  init(params: Params): Params;
  step(
    params: Params,
    gradient: Params,
    state: Params,
    options: SgdStepOptions,
  ): { readonly params: Params; readonly state: Params };
} = {
  name: "sgd",
  init: (params) => mapParams(params, (tensor) => zerosLike(tensor)),
  step: (params, gradient, state, options) => {
    const next = sgdStep(params, gradient, state, options);
    return { params: next.params, state: next.velocity };
  },
};
