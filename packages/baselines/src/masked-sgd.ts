import { greater, mul, tidy, where, zerosLike } from "@tensorflow/tfjs-core";

import { zipParams, type Params } from "@ltu/core";
import { sgd, type Optimizer } from "@ltu/train";

/** Which weights {@link maskedSgd} leaves alone, and how strictly. */
export interface MaskedSgdOptions {
  /**
   * Let weight decay move the masked weights, as the code behind SalUn's published numbers did; default false.
   */
  readonly legacyWeightDecay?: boolean;
}

/**
 * SGD that moves only the weights of a mask: with m in {0, 1},
 *
 * v <- m (momentum v + m g + weightDecay theta), theta <- theta - lr v where m = 1, and theta stays, bit for bit,
 * where m = 0.
 *
 * With `legacyWeightDecay` only the gradient is masked, so weight decay goes on shrinking what the mask protects.
 *
 * @param mask - A tree of zeros and ones like the parameters; borrowed as long as the optimizer is used.
 *
 * Source: OPTML-Group/Unlearn-Saliency a6e89fd, `Classification/unlearn/RL.py`; with `legacyWeightDecay` as before
 * that commit.
 */
export function maskedSgd(mask: Params, { legacyWeightDecay = false }: MaskedSgdOptions = {}): Optimizer {
  return {
    name: legacyWeightDecay ? "masked-sgd-legacy" : "masked-sgd",
    init: (params) => sgd.init(params),
    step: (params, gradient, state, options) =>
      tidy(() => {
        const masked = zipParams([gradient, mask], ([g, m]) => mul(g as never, m as never));
        const next = sgd.step(params, masked, state, options);
        if (legacyWeightDecay) return next as never;
        return {
          params: zipParams([mask, next.params, params], ([m, moved, kept]) =>
            where(greater(m as never, 0), moved as never, kept as never),
          ),
          state: zipParams([mask, next.state], ([m, velocity]) =>
            where(greater(m as never, 0), velocity as never, zerosLike(velocity as never)),
          ),
        } as never;
      }) as unknown as ReturnType<Optimizer["step"]>,
  };
}
