import {
  disposeParams,
  LtuError,
  paramCount,
  type Params,
  type Unlearner,
  type UnlearnRequest,
} from "@ltu/core";
import { checkedBatches } from "@ltu/train";

import { checkChoice } from "./check-choice.ts";
import { checkNumber } from "./check-number.ts";
import { checkRequest } from "./check-request.ts";
import { maskedSgd } from "./masked-sgd.ts";
import {
  resolveRandomLabelTraining,
  trainOnRandomLabels,
  type RandomLabelTraining,
  type RandomLabelTrainingOptions,
} from "./random-label-training.ts";
import { saliencyGradient, saliencyMask } from "./saliency-mask.ts";

/** Options of {@link salun}. */
export interface SalunOptions extends RandomLabelTrainingOptions {
  /** The share of weights that may move, above 0 and up to 1; default 0.5. */
  readonly density?: number;
  /**
   * Let weight decay move the other weights too, as in the code behind SalUn's published numbers; default false.
   */
  readonly legacyWeightDecay?: boolean;
}

/**
 * SalUn: random labels on the weights that matter to the forget set. Once, at the original weights and in eval mode,
 * the mask m keeps the weights whose gradient on D_f is largest; then
 *
 * min over theta_u = m theta + (1 - m) theta_o of E_{D_f, y' uniform} CE(x, y') + E_{D_r} CE(x, y).
 *
 * The other weights stay bit for bit; running statistics of batch norm move. The mask is made over the forget set in
 * its own order, augmented, with `rng.split("mask")`; the labels are those of random labels with the same stream.
 *
 * @param options - Default: density 0.5, sequential, no anchor, 10 epochs, batch 256, rate 0.013, momentum 0.9, weight
 *   decay 5e-4, augmented.
 * @returns An unlearner that needs the forget set and the retained data that `retainAccess` names.
 * @throws LtuError `OPTION` for an unknown option, a value out of range, or a density that leaves no weight; from the
 *   unlearner, `DIVERGED` naming the step.
 *
 * Source: Fan et al., "SalUn", ICLR 2024, equations 4 and 6 (there y' differs from y: `excludeTrueLabel`);
 * OPTML-Group/Unlearn-Saliency a6e89fd, `Classification/generate_mask.py`, `unlearn/RL.py`. The anchor is ours.
 */
export function salun(options: SalunOptions = {}): Unlearner {
  const name = "salun";
  const { density = 0.5, legacyWeightDecay = false, lr = 0.013, ...given } = options;
  checkChoice(name, "legacyWeightDecay", legacyWeightDecay, [true, false]);
  checkNumber(name, "density", density, { min: 0, max: 1 });
  const alsoKnown = ["density", "legacyWeightDecay"];
  const training = resolveRandomLabelTraining(name, { ...given, lr }, { alsoKnown });
  const { recipe, ...rest } = training;
  const needs = { forget: true, retain: training.retainAccess, val: false, attackData: false } as const;
  return {
    name,
    needs,
    expects: "forgetLossRises",
    options: { ...recipe, ...rest, density, legacyWeightDecay },
    unlearn: async (request) => {
      const started = performance.now();
      const sets = await checkRequest(name, needs, request);
      const mask = await maskOf(request, { task: name, training, density });
      try {
        const result = await trainOnRandomLabels(request, sets, {
          task: name,
          training,
          optimizer: maskedSgd(mask, { legacyWeightDecay }),
          settings: { density, legacyWeightDecay },
        });
        const { cost } = result;
        const imagesForward = cost.imagesForward + sets.forgetSet.length;
        const imagesBackward = cost.imagesBackward + sets.forgetSet.length;
        const wallMs = performance.now() - started;
        return { ...result, cost: { ...cost, imagesForward, imagesBackward, wallMs } };
      } finally {
        disposeParams(mask);
      }
    },
  };
}

/** The mask of a request; the caller disposes it. */
async function maskOf(
  { model, original, batches, forgetSet, rng, signal, onProgress }: UnlearnRequest,
  {
    task,
    training: { recipe },
    density,
  }: { readonly task: string; readonly training: RandomLabelTraining; readonly density: number },
): Promise<Params> {
  const { batchSize, augment } = recipe;
  const count = paramCount(original.params);
  if (Math.floor(count * density) === 0) {
    throw new LtuError(
      "OPTION",
      `${task}: expected a density that leaves some of the ${count} weights to move, found ${density}; raise it.`,
    );
  }
  const steps = Math.ceil(forgetSet.length / batchSize);
  let step = 0;
  const gradient = await saliencyGradient({
    model,
    weights: original,
    batches: checkedBatches(task, batches),
    indexes: forgetSet,
    batchSize,
    mode: "eval",
    augment: augment ? rng.split("mask") : undefined,
    task: `${task}/mask`,
    signal,
    onBatch: (loss) => onProgress?.({ task: `${task}/mask`, step: ++step, steps, values: { loss } }),
  });
  try {
    return await saliencyMask(gradient, { density });
  } finally {
    disposeParams(gradient);
  }
}
