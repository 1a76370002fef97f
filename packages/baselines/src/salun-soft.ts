import type { Unlearner } from "@ltu/core";

import { checkNumber } from "./check-number.ts";
import { checkRequest, checkRetainAccess } from "./check-request.ts";
import { recipeFromOriginal, type FromOriginalOptions } from "./from-original.ts";
import { trainOnRandomLabels } from "./random-label-training.ts";
import { softThresholdSgd } from "./soft-threshold-sgd.ts";

/** Options of {@link salunSoft}. */
export interface SalunSoftOptions extends FromOriginalOptions {
  /** The share of weights that are put back in the first epoch, from 0 to 1; it falls by epoch. Default 0.5. */
  readonly maskRatio?: number;
}

/**
 * SalUn-soft: random labels, mixed, with a soft threshold in place of a mask. After each step the change since the
 * start of the epoch is made sparse,
 *
 * delta <- sign(delta) max(|delta| - tau, 0), tau the r-th smallest |delta| of all weights,
 *
 * r = maskRatio (T - (e L + 1)) / T n, e the epoch, L = ceil(|D_f| / B) + ceil(|D_r| / B), T = L epochs, n weights.
 *
 * @param options - Default: mask ratio 0.5, 10 epochs, batch 256, rate 0.013, momentum 0.9, weight decay 5e-4,
 *   augmented.
 * @returns An unlearner that needs the forget set and the retained data that `retainAccess` names.
 * @throws LtuError `OPTION` for an unknown option or a value out of range; from the unlearner, `DIVERGED` naming the
 *   step.
 *
 * Source: Fan et al., "SalUn", ICLR 2024, the variant with an l1 penalty; OPTML-Group/Unlearn-Saliency a6e89fd,
 * `Classification/unlearn/RL_pro.py`, followed here: its anchor is the start of each epoch, where the paper's is the
 * original model.
 */
export function salunSoft(options: SalunSoftOptions = {}): Unlearner {
  const name = "salun-soft";
  const { maskRatio = 0.5, lr = 0.013, retainAccess = "full", ...given } = options;
  checkNumber(name, "maskRatio", maskRatio, { min: 0, max: 1 });
  const recipe = recipeFromOriginal(name, { ...given, lr }, { alsoKnown: ["maskRatio", "retainAccess"] });
  const training = {
    recipe,
    order: "mixed",
    excludeTrueLabel: false,
    anchorWeight: 0,
    retainAccess,
  } as const;
  const needs = {
    forget: true,
    retain: checkRetainAccess(name, retainAccess),
    val: false,
    attackData: false,
  } as const;
  return {
    name,
    needs,
    expects: "forgetLossRises",
    options: { ...recipe, maskRatio, retainAccess },
    unlearn: async (request) => {
      const sets = await checkRequest(name, needs, request);
      const batchesOf = ({ length }: Int32Array): number => Math.ceil(length / recipe.batchSize);
      // As in the source: more than the batches of the mixed pass, where both sets end with a partial one.
      const batchesPerEpoch = batchesOf(sets.forgetSet) + batchesOf(sets.retained);
      return trainOnRandomLabels(request, sets, {
        task: name,
        training,
        optimizer: softThresholdSgd({ maskRatio, batchesPerEpoch }),
        settings: { maskRatio },
      });
    },
  };
}
