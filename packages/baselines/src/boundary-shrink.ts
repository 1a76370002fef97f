import { argMax, tidy, type Tensor4D } from "@tensorflow/tfjs-core";

import type { Model, ModelWeights, Unlearner } from "@ltu/core";
import type { Prepared, StepBatch } from "@ltu/train";

import { checkNumber } from "./check-number.ts";
import { checkRequest } from "./check-request.ts";
import { fgsm } from "./fgsm.ts";
import { fitRequest, recipeFromOriginal, type FromOriginalOptions } from "./from-original.ts";

/** Options of {@link boundaryShrink}. */
export interface BoundaryShrinkOptions extends Omit<FromOriginalOptions, "retainAccess"> {
  /** How far a pixel is moved towards the nearest other class, in units of [0, 1]; default 0.1. */
  readonly bound?: number;
}

/**
 * Boundary shrink (BS): each sample to forget is given the class that the original model sees a short step away, and
 * the weights are trained on the clean image with that label:
 *
 * x' = FGSM of the original model at (x, y), y' = argmax of the original model at x',
 * min over theta of E_{D_f} CE(f_theta(x), y').
 *
 * The original model is frozen in eval mode; y' may still be y, and the share of labels that did flip is the series
 * `flipped` of the history, one number a step.
 *
 * @param options - Default: bound 0.1, 10 epochs, batch 256, rate 1e-5, momentum 0.9, weight decay 5e-4, augmented.
 * @returns An unlearner that needs the forget set alone. For each image trained on, its ledger counts two more forward
 *   passes and one more backward pass of the original model.
 * @throws LtuError `OPTION` for an unknown option or a value out of range.
 *
 * Source: Chen, Gao, Liu, Peng, Wang, "Boundary Unlearning", CVPR 2023, section 3.2; code of
 * OPTML-Group/Unlearn-Saliency a6e89fd, `Classification/unlearn/boundary_sh.py`. Images are normalised inside the
 * model, so the bound is in pixels; the first publication normalises outside, with a mistyped mean.
 */
export function boundaryShrink(options: BoundaryShrinkOptions = {}): Unlearner {
  const name = "boundary-shrink";
  const { bound = 0.1, lr = 1e-5, ...given } = options;
  checkNumber(name, "bound", bound, { min: 0, max: 1 });
  const recipe = recipeFromOriginal(name, { ...given, lr }, { alsoKnown: ["bound"] });
  const needs = { forget: true, retain: "none", val: false, attackData: false } as const;
  const settings = { ...recipe, bound };
  return {
    name,
    needs,
    expects: "forgetLossRises",
    options: settings,
    unlearn: async (request) => {
      const { forgetSet } = await checkRequest(name, needs, request);
      const frozen = { model: request.model, weights: request.original };
      const result = await fitRequest(request, {
        data: forgetSet,
        recipe,
        rng: request.rng,
        task: name,
        weights: request.original,
        prepare: (batch) => nearestOtherLabels(frozen, batch, { bound }),
        settings,
      });
      const { imagesForward, imagesBackward } = result.cost;
      const cost = {
        ...result.cost,
        imagesForward: 3 * imagesForward,
        imagesBackward: 2 * imagesBackward,
      };
      return { ...result, cost };
    },
  };
}

/** The classes that a frozen model sees a step of FGSM away, and the share of them that are not the true ones. */
async function nearestOtherLabels(
  frozen: { readonly model: Model; readonly weights: ModelWeights },
  batch: Pick<StepBatch, "images" | "labels">,
  { bound }: { readonly bound: number },
): Promise<Prepared> {
  const seen = tidy(() => {
    const adversarial: Tensor4D = fgsm(frozen, batch, { bound });
    return argMax(frozen.model.apply(frozen.weights, adversarial, { mode: "eval" }).logits, 1);
  });
  const labels = Int32Array.from(await seen.data().finally(() => seen.dispose()));
  const flipped = labels.filter((label, i) => label !== batch.labels[i]).length / labels.length;
  return { labels, values: { flipped } };
}
