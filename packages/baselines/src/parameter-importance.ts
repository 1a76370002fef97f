import { add, square } from "@tensorflow/tfjs-core";

import { disposeParams, scaleParams, type Params } from "@ltu/core";

import { accumulateGradients, type GradientPass } from "./accumulate-gradients.ts";

/**
 * How much each parameter matters to some samples: over consecutive batches,
 *
 * I = (1 / batches) sum_b (grad of the mean cross-entropy of batch b)^2.
 *
 * The gradient is squared after it is averaged over its batch, as in the reference code; so it is the diagonal of the
 * empirical Fisher information only for batches of one sample, and depends on the batch size.
 *
 * @returns A tree like the parameters; the caller disposes it.
 * @throws LtuError `DIVERGED` naming the batch whose loss is not finite, `ABORTED` when the signal asks for it.
 *
 * Source: if-loops/selective-synaptic-dampening cdfdc0e, `src/ssd.py` (`calc_importance`).
 */
export async function parameterImportance(pass: GradientPass): Promise<Params> {
  const squares = await accumulateGradients(pass, (sum, gradient) => add(sum, square(gradient)));
  try {
    return scaleParams(squares, 1 / Math.ceil(pass.indexes.length / pass.batchSize));
  } finally {
    disposeParams(squares);
  }
}
