import { add, addN, mul, square, sub, sum, type Scalar, type Tensor } from "@tensorflow/tfjs-core";

import type { Params, Unlearner } from "@ltu/core";
import { crossEntropy, type Objective, type PassOutput } from "@ltu/train";

import { checkNumber } from "../check-number.ts";
import { checkRequest, checkRetainAccess } from "../check-request.ts";
import { fitRequest, recipeFromOriginal, type FromOriginalOptions } from "../from-original.ts";

/** Options of {@link negGradPlus}. */
export interface NegGradPlusOptions extends FromOriginalOptions {
  /** The share of the retained data in the loss, from 0 to 1; default 0.95. */
  readonly alpha?: number;
  /** Weight of a pull towards the original weights; default 0. */
  readonly anchorWeight?: number;
}

/**
 * NegGrad+ (NG+): descent on retained data and ascent on the forget set in the same step,
 *
 * min over theta of alpha (CE(D_r) + (anchorWeight / 2) ||theta - theta_o||^2) - (1 - alpha) CE(D_f),
 *
 * with one batch of each: an epoch is a pass over the longer set, the shorter one starts again.
 *
 * @param options - Default: alpha 0.95, no anchor, 10 epochs, batch 256 of each set, rate 0.01, momentum 0.9, weight
 *   decay 5e-4, augmented.
 * @returns An unlearner that needs the forget set and the retained data that `retainAccess` names.
 * @throws LtuError `OPTION` for an unknown option or a value out of range; from the unlearner, `DIVERGED` naming the
 *   step.
 *
 * Source: Kurmanji, Triantafillou, Hayes, Triantafillou, "Towards Unbounded Machine Unlearning", NeurIPS 2023,
 * section 4; meghdadk/SCRUB 98ffb11, `thirdparty/repdistiller/helper/loops.py` (`train_negrad`), and
 * `small_scale_unlearning.ipynb` for the anchor (there in eval mode, without momentum and weight decay). *Differs
 * from the source* where the forget set is the larger one: there its rest is left out.
 */
export function negGradPlus(options: NegGradPlusOptions = {}): Unlearner {
  const name = "neg-grad-plus";
  const { alpha = 0.95, anchorWeight = 0, retainAccess = "full", ...given } = options;
  checkNumber(name, "alpha", alpha, { min: 0, max: 1 });
  checkNumber(name, "anchorWeight", anchorWeight, { min: 0 });
  const alsoKnown = ["alpha", "anchorWeight", "retainAccess"];
  const recipe = recipeFromOriginal(name, given, { alsoKnown });
  const needs = {
    forget: true,
    retain: checkRetainAccess(name, retainAccess),
    val: false,
    attackData: false,
  } as const;
  const settings = { ...recipe, alpha, anchorWeight, retainAccess };
  return {
    name,
    needs,
    expects: alpha < 1 ? "forgetLossRises" : "free",
    options: settings,
    unlearn: async (request) => {
      const { forgetSet, retained } = await checkRequest(name, needs, request);
      const { original } = request;
      return fitRequest(request, {
        data: () => [{ zipped: [[{ indexes: retained }], [{ indexes: forgetSet }]] }],
        recipe,
        rng: request.rng,
        task: name,
        weights: original,
        objective: negGradPlusLoss({ alpha, anchorWeight, anchor: original.params }),
        settings,
      });
    },
  };
}

function negGradPlusLoss({
  alpha,
  anchorWeight,
  anchor,
}: {
  readonly alpha: number;
  readonly anchorWeight: number;
  readonly anchor: Params;
}): Objective {
  const lossOf = ({ output, labels }: PassOutput): Scalar => crossEntropy(output.logits, labels);
  return ({ passes, params }) => {
    const [retain, forget] = passes as readonly [PassOutput, PassOutput];
    const kept =
      anchorWeight === 0
        ? lossOf(retain)
        : add(lossOf(retain), mul(anchorWeight / 2, squaredDistance(params, anchor)));
    return sub(mul(alpha, kept), mul(1 - alpha, lossOf(forget))) as Scalar;
  };
}

function squaredDistance(a: Params, b: Params): Scalar {
  return addN(Object.entries(a).map(([name, value]) => sum(square(sub(value, b[name] as Tensor))))) as Scalar;
}
