import { neg, type Scalar } from "@tensorflow/tfjs-core";

import type { Unlearner } from "@ltu/core";
import { crossEntropy, type Objective } from "@ltu/train";

import { checkRequest } from "./check-request.ts";
import { fitRequest, recipeFromOriginal, type FromOriginalOptions } from "./from-original.ts";

/** Options of {@link gradientAscent}. It reads no retained data. */
export type GradientAscentOptions = Omit<FromOriginalOptions, "retainAccess">;

/** The loss turned round: what SGD minimises rises. */
const objective: Objective = ({ output, labels }) => neg(crossEntropy(output.logits, labels)) as Scalar;

/**
 * Gradient ascent (GA): from the original weights, max over theta of E_{D_f} cross-entropy, by SGD on its negative:
 *
 * theta <- theta + lr gradient of CE(x, y), (x, y) in D_f.
 *
 * Retained data is not read, so nothing holds the rest of the model in place: the loss has no upper bound, and a rate
 * that is a little too high destroys the model before it diverges.
 *
 * @param options - Default: 5 epochs, batch 256, rate 5e-4, momentum 0.9, weight decay 5e-4, augmented.
 * @returns An unlearner that needs the forget set only.
 * @throws LtuError `OPTION` for an unknown option or a value out of range; from the unlearner, `DIVERGED` naming the
 *   step at which numbers were no longer finite.
 *
 * Source: OPTML-Group/Unlearn-Saliency a6e89fd, `Classification/unlearn/GA.py`. Differs from it in the default rate:
 * 1e-4 there is too low for random forget sets, as its authors say.
 */
export function gradientAscent(options: GradientAscentOptions = {}): Unlearner {
  const name = "gradient-ascent";
  const { epochs = 5, lr = 5e-4, ...given } = options;
  const recipe = recipeFromOriginal(name, { ...given, epochs, lr }, { alsoKnown: [] });
  const needs = { forget: true, retain: "none", val: false, attackData: false } as const;
  return {
    name,
    needs,
    expects: "forgetLossRises",
    options: { ...recipe },
    unlearn: async (request) => {
      const { forgetSet } = await checkRequest(name, needs, request);
      return fitRequest(request, {
        data: forgetSet,
        recipe,
        rng: request.rng,
        task: name,
        weights: request.original,
        objective,
      });
    },
  };
}
