import { add, mul } from "@tensorflow/tfjs-core";

import {
  addScaledParams,
  cloneParams,
  disposeParams,
  weightedSumParams,
  type Params,
  type Unlearner,
} from "@ltu/core";
import { checkedBatches } from "@ltu/train";

import { accumulateGradients, type GradientPass } from "./accumulate-gradients.ts";
import { checkChoice } from "./check-choice.ts";
import { checkKnown } from "./check-known.ts";
import { checkNumber } from "./check-number.ts";
import { checkRequest, checkRetainAccess, type RequestedSets } from "./check-request.ts";
import { checkTrained, type FromOriginalOptions } from "./from-original.ts";
import { sampleGradients } from "./sample-gradients.ts";
import { woodFisher } from "./wood-fisher.ts";
import { woodburyInverse } from "./woodbury-inverse.ts";

/** Options of {@link influenceUnlearning}. */
export interface InfluenceUnlearningOptions extends Pick<
  FromOriginalOptions,
  "batchSize" | "augment" | "retainAccess"
> {
  /** How the inverse Hessian is estimated: as the reference code does (default), or by the textbook. */
  readonly variant?: "reference" | "woodbury";
  /** The strength of the step; default 1. */
  readonly alpha?: number;
  /** How many single samples the estimate rests on, and its scale N; default 1000. */
  readonly fisherSamples?: number;
}

/**
 * Influence unlearning (IU): one step that takes back what the forget set did to the weights, by influence functions,
 *
 * theta = theta_o + alpha F^-1 v, v = (1 / n) sum over D_f of grad CE - n_f / (n n_r) sum over D_r of grad CE,
 *
 * n = n_f + n_r the samples that are read. v climbs the loss of D_f and descends that of D_r, and 1 / n_r - 1 / n =
 * n_f / (n n_r) is what removing D_f adds to the weight of a retained sample. F is estimated from gradients of single
 * retained samples; `variant` says how:
 *
 * - `"reference"`: the recursion of the public code, N + 1 updates at most. It is no inverse Fisher: in effect it
 *   damps v along the gradient of the first retained sample (see `wood-fisher.ts`).
 * - `"woodbury"`: F = I + (1 / N) sum of g g^T over the first N = min(fisherSamples, n_r) retained samples, inverted
 *   exactly. It keeps N gradients in memory.
 *
 * The model is in eval mode, running statistics stay, the order is the sets' own, and nothing is drawn at random unless
 * images are augmented.
 *
 * @param options - Default: variant reference, alpha 1, 1000 samples, batch 256 for the sums, augmented.
 * @returns An unlearner that needs the forget set and the retained data that `retainAccess` names; one step, and no
 *   checkpoint.
 * @throws LtuError `OPTION` for an unknown option or a value out of range; from the unlearner, `DIVERGED` naming the
 *   batch or sample whose loss is not finite, or the weight that is not finite after the step.
 *
 * Source: Koh, Liang, "Understanding Black-box Predictions via Influence Functions", ICML 2017; Izzo et al.,
 * "Approximate Data Deletion from Machine Learning Models", AISTATS 2021; OPTML-Group/Unlearn-Saliency a6e89fd,
 * `Classification/unlearn/Wfisher.py`. Not copied from it: its variant for ImageNet, which takes the retain gradient
 * over the forget set, and the default strength 0.2 it shares with another method.
 */
export function influenceUnlearning(options: InfluenceUnlearningOptions = {}): Unlearner {
  const name = "influence-unlearning";
  const { variant = "reference", alpha = 1, fisherSamples = 1000, ...others } = options;
  const { batchSize = 256, augment = true, retainAccess = "full", ...unknown } = others;
  const settings = { variant, alpha, fisherSamples, batchSize, augment, retainAccess };
  checkKnown(name, unknown, Object.keys(settings));
  checkChoice(name, "variant", variant, ["reference", "woodbury"]);
  checkNumber(name, "alpha", alpha, { min: 0 });
  checkNumber(name, "fisherSamples", fisherSamples, { min: 1, whole: true });
  checkNumber(name, "batchSize", batchSize, { min: 1, whole: true });
  checkChoice(name, "augment", augment, [true, false]);
  const needs = {
    forget: true,
    retain: checkRetainAccess(name, retainAccess),
    val: false,
    attackData: false,
  } as const;
  return {
    name,
    needs,
    expects: "free",
    options: settings,
    unlearn: async (request) => {
      const started = performance.now();
      const sets = await checkRequest(name, needs, request);
      const { model, original, rng, signal, onProgress } = request;
      const { forgetSet, retained } = sets;
      // The reference takes the first sample to begin with and then makes N + 1 updates.
      const singles = retained.slice(0, variant === "reference" ? fisherSamples + 2 : fisherSamples);
      const batchesOf = ({ length }: Int32Array): number => Math.ceil(length / batchSize);
      const steps = batchesOf(forgetSet) + batchesOf(retained) + singles.length;
      let step = 0;
      const passOver = (indexes: Int32Array, part: string): GradientPass => ({
        model,
        weights: original,
        batches: checkedBatches(name, request.batches),
        indexes,
        batchSize,
        mode: "eval",
        augment: augment ? rng.split(`augment/${part}`) : undefined,
        task: name,
        signal,
        onBatch: (loss) => onProgress?.({ task: name, step: ++step, steps, values: { loss } }),
      });
      const v = await direction(sets, passOver);
      let k: Params | undefined;
      try {
        const gradients = sampleGradients(passOver(singles, "single"));
        k =
          variant === "reference"
            ? await woodFisher(v, gradients, { N: fisherSamples })
            : await woodburyInverse(v, gradients);
        const params = addScaledParams(original.params, k, alpha);
        const images = forgetSet.length + retained.length + singles.length;
        const wallMs = performance.now() - started;
        const cost = { imagesForward: images, imagesBackward: images, steps: 1, wallMs };
        const weights = { params, stats: cloneParams(original.stats) };
        await checkTrained(name, { weights, cost }, "lower alpha");
        return { weights, model, cost, history: {} };
      } finally {
        [v, k ?? {}].forEach(disposeParams);
      }
    },
  };
}

/** v = (1 / n) sum over D_f of grad CE - n_f / (n n_r) sum over D_r of grad CE; the caller disposes it. */
async function direction(
  { forgetSet, retained }: RequestedSets,
  passOver: (indexes: Int32Array, part: string) => GradientPass,
): Promise<Params> {
  const sumOver = (pass: GradientPass): Promise<Params> =>
    accumulateGradients(pass, (sum, gradient, size) => add(sum, mul(gradient, size)));
  const n = forgetSet.length + retained.length;
  const ofForget = await sumOver(passOver(forgetSet, "forget"));
  let ofRetain: Params | undefined;
  try {
    ofRetain = await sumOver(passOver(retained, "retain"));
    return weightedSumParams([ofForget, ofRetain], [1 / n, -forgetSet.length / (n * retained.length)]);
  } finally {
    [ofForget, ofRetain ?? {}].forEach(disposeParams);
  }
}
