import { add, mul, neg, type Scalar, type Tensor2D } from "@tensorflow/tfjs-core";

import type { Unlearner } from "@ltu/core";
import { adam, crossEntropy, sgd, type EpochPlan, type Objective, type StepPlace } from "@ltu/train";

import { checkChoice } from "../check-choice.ts";
import { checkNumber } from "../check-number.ts";
import { checkRequest, checkRetainAccess } from "../check-request.ts";
import { fitRequest, recipeFromOriginal, type FromOriginalOptions } from "../from-original.ts";
import { frozenLogits } from "../frozen-logits.ts";
import { klDivergence } from "../kl-divergence.ts";
import { scaledRate } from "../scaled-rate.ts";

/** Options of {@link scrub}. */
export interface ScrubOptions extends FromOriginalOptions {
  /** How many epochs, from the first, begin with a pass of maximising; default 2. */
  readonly msteps?: number;
  /** Weight of the divergence from the teacher on retained data; default 0.001. */
  readonly alpha?: number;
  /** Weight of cross-entropy on retained data; default 0.99. */
  readonly gamma?: number;
  /** Default 4. */
  readonly temperature?: number;
  /** Epochs, counted from 1, after which the rate is multiplied by `lrDecayRate`; default 3, 5 and 9. */
  readonly lrDecayEpochs?: readonly number[];
  /** Default 0.1. */
  readonly lrDecayRate?: number;
  /** `"sgd"` (default) with momentum, or `"adam"`. */
  readonly optimizer?: "sgd" | "adam";
}

/**
 * SCRUB: a student that starts as the original model moves away from it (the frozen teacher) on the forget set and
 * stays with it on the retained data. Each of the first `msteps` epochs is a pass over D_f that maximises
 *
 * T^2 KL(teacher || student), both at temperature T,
 *
 * and every epoch ends with a pass over D_r that minimises gamma CE + alpha T^2 KL(teacher || student). One optimizer
 * serves both. The student is in train mode, the teacher in eval mode.
 *
 * @param options - Default: 3 epochs, 2 of them maximising, batch 256, SGD with rate 5e-4 divided by 10 after epochs 3,
 *   5 and 9, momentum 0.9, weight decay 5e-4, augmented.
 * @returns An unlearner that needs the forget set and the retained data that `retainAccess` names. Its ledger counts
 *   one forward pass of the teacher for each image trained on; the series `rateFactor` of its history tells the cuts
 *   of the rate.
 * @throws LtuError `OPTION` for an unknown option or a value out of range; from the unlearner, `DIVERGED` naming the
 *   step.
 *
 * Source: Kurmanji, Triantafillou, Hayes, Triantafillou, "Towards Unbounded Machine Unlearning", NeurIPS 2023, section
 * 3; meghdadk/SCRUB 98ffb11, `large_scale_unlearning.ipynb` (defaults), `thirdparty/repdistiller/helper/loops.py`,
 * `helper/util.py`, `distiller_zoo/KD.py`. *Differs from the source* in one batch size for both phases; rewinding
 * (SCRUB+R), which needs an attack to choose the epoch, is not part of it.
 */
export function scrub(options: ScrubOptions = {}): Unlearner {
  const name = "scrub";
  const { msteps = 2, alpha = 0.001, gamma = 0.99, temperature = 4, ...others } = options;
  const { lrDecayEpochs = [3, 5, 9], lrDecayRate = 0.1, optimizer = "sgd", ...rest } = others;
  const { retainAccess = "full", epochs = 3, lr = 5e-4, ...given } = rest;
  checkNumber(name, "msteps", msteps, { min: 0, whole: true });
  for (const [key, value] of Object.entries({ alpha, gamma })) checkNumber(name, key, value, { min: 0 });
  checkNumber(name, "temperature", temperature, { min: 1e-3 });
  checkNumber(name, "lrDecayRate", lrDecayRate, { min: 0, max: 1 });
  for (const epoch of lrDecayEpochs) checkNumber(name, "lrDecayEpochs", epoch, { min: 0, whole: true });
  checkChoice(name, "optimizer", optimizer, ["sgd", "adam"]);
  const own = { msteps, alpha, gamma, temperature, lrDecayEpochs, lrDecayRate, optimizer, retainAccess };
  const recipe = recipeFromOriginal(name, { ...given, epochs, lr }, { alsoKnown: Object.keys(own) });
  const needs = {
    forget: true,
    retain: checkRetainAccess(name, retainAccess),
    val: false,
    attackData: false,
  } as const;
  const settings = { ...recipe, ...own };
  /** Whether a step belongs to the pass of maximising, which comes first in its epoch. */
  const maximises = ({ epoch, phase }: StepPlace): boolean => epoch < msteps && phase === 0;
  const objective: Objective = ({ output, labels, target, place }) => {
    const { logits } = output;
    const divergence = mul(temperature ** 2, klDivergence(target as Tensor2D, logits, { temperature }));
    if (maximises(place)) return neg(divergence) as Scalar;
    return add(mul(gamma, crossEntropy(logits, labels)), mul(alpha, divergence)) as Scalar;
  };
  const cut = ({ epoch }: StepPlace): number =>
    lrDecayRate ** lrDecayEpochs.filter((last) => epoch + 1 > last).length;
  return {
    name,
    needs,
    expects: "free",
    options: settings,
    unlearn: async (request) => {
      const { forgetSet, retained } = await checkRequest(name, needs, request);
      const { model, original, rng } = request;
      const retain = [{ indexes: retained }];
      const plan: EpochPlan = (epoch) => (epoch < msteps ? [[{ indexes: forgetSet }], retain] : [retain]);
      const result = await fitRequest(request, {
        data: plan,
        recipe,
        rng,
        task: name,
        weights: original,
        objective,
        optimizer: scaledRate(optimizer === "adam" ? adam() : sgd, cut),
        prepare: ({ images }, { place }) =>
          Promise.resolve({
            target: frozenLogits(model, original, images),
            values: { rateFactor: cut(place) },
          }),
        settings,
      });
      const imagesForward = 2 * result.cost.imagesForward;
      return { ...result, cost: { ...result.cost, imagesForward } };
    },
  };
}
