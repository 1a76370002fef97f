import { add, div, mul, sqrt, square, sub, tidy, zerosLike, type Tensor } from "@tensorflow/tfjs-core";

import { mapParams, type Params } from "@ltu/core";

import type { Optimizer } from "./optimizer.ts";

/** Settings of {@link adam}. */
export interface AdamOptions {
  /** Decay of the mean of gradients; default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of squared gradients; default 0.999. */
  readonly beta2?: number;
  /** Added to the root of the squared mean; default 1e-8. */
  readonly epsilon?: number;
}

/** Prefixes of the state: mean and squared mean of each parameter's gradient. */
const meanOf = (name: string): string => `mean/${name}`;
const squareOf = (name: string): string => `square/${name}`;

/**
 * Adam in PyTorch's form, with weight decay as an L2 term of the gradient (not AdamW):
 *
 * m <- beta1 m + (1 - beta1) g, s <- beta2 s + (1 - beta2) g^2,
 * p <- p - lr (m / (1 - beta1^t)) / (sqrt(s / (1 - beta2^t)) + epsilon).
 *
 * The momentum of a step's rates has no part in it.
 *
 * Source: Diederik P. Kingma, Jimmy Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015; `torch.optim.Adam`.
 */
export function adam({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions = {}): Optimizer {
  return {
    name: `adam(${beta1},${beta2},${epsilon})`,
    init: (params) => ({
      ...renamed(
        mapParams(params, (tensor) => zerosLike(tensor)),
        meanOf,
      ),
      ...renamed(
        mapParams(params, (tensor) => zerosLike(tensor)),
        squareOf,
      ),
    }),
    step: (params, gradient, state, { lr, weightDecay, place }) =>
      tidy(() => {
        const t = place.step + 1;
        const next: Record<string, Tensor> = {};
        const moments: Record<string, Tensor> = {};
        for (const [name, value] of Object.entries(params)) {
          const g = add(gradient[name] as Tensor, mul(value, weightDecay));
          const mean = add(mul(state[meanOf(name)] as Tensor, beta1), mul(g, 1 - beta1));
          const squared = add(mul(state[squareOf(name)] as Tensor, beta2), mul(square(g), 1 - beta2));
          const scale = add(sqrt(div(squared, 1 - beta2 ** t)), epsilon);
          next[name] = sub(value, mul(div(div(mean, 1 - beta1 ** t), scale), lr));
          moments[meanOf(name)] = mean;
          moments[squareOf(name)] = squared;
        }
        return { params: next, state: moments } as never;
      }) as unknown as ReturnType<Optimizer["step"]>,
  };
}

function renamed(params: Params, rename: (name: string) => string): Params {
  return Object.fromEntries(Object.entries(params).map(([name, tensor]) => [rename(name), tensor]));
}
