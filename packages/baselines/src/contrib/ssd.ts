import {
  addN,
  cast,
  div,
  greater,
  less,
  logicalAnd,
  minimum,
  mul,
  stack,
  sum,
  tidy,
  where,
  type Tensor,
} from "@tensorflow/tfjs-core";

import { cloneParams, disposeParams, paramCount, zipParams, type Params, type Unlearner } from "@ltu/core";
import { checkedBatches } from "@ltu/train";

import type { GradientPass } from "../accumulate-gradients.ts";
import { checkChoice } from "../check-choice.ts";
import { checkKnown } from "../check-known.ts";
import { checkNumber } from "../check-number.ts";
import { checkRequest, checkRetainAccess } from "../check-request.ts";
import type { FromOriginalOptions } from "../from-original.ts";
import { parameterImportance } from "../parameter-importance.ts";

/** Options of {@link ssd}. */
export interface SsdOptions extends Pick<FromOriginalOptions, "batchSize" | "augment" | "retainAccess"> {
  /** How many times more important than for all data a parameter must be to the forget set; default 10. */
  readonly selectionWeighting?: number;
  /** How strongly a selected parameter is dampened: the smaller, the more; default 1. */
  readonly dampeningConstant?: number;
}

/**
 * Selective synaptic dampening (SSD): in one shot, parameters that matter much more to the forget set than to all data
 * are made smaller. With the importance I = mean over batches of (gradient of the batch's mean cross-entropy)^2,
 *
 * theta <- min(lambda I_all / I_f, 1) theta where I_f > alpha I_all, theta elsewhere.
 *
 * All data is the forget set followed by the retained data. The model is in eval mode, the order is the sets' own, and
 * nothing is drawn at random unless images are augmented. The importance depends on the batch size. On random forget
 * sets it hardly changes anything (arXiv 2412.19583).
 *
 * @param options - Default: alpha 10, lambda 1, batch 64, not augmented.
 * @returns An unlearner that needs the forget set and the retained data that `retainAccess` names; one step, and no
 *   checkpoint. Its history holds `selected` and `dampened`, shares of all parameters.
 * @throws LtuError `OPTION` for an unknown option or a value out of range; from the unlearner, `DIVERGED` naming the
 *   batch.
 *
 * Source: Foster, Schoepf, Brintrup, "Fast Machine Unlearning Without Retraining Through Selective Synaptic
 * Dampening", AAAI 2024, equations 4 and 6; if-loops/selective-synaptic-dampening cdfdc0e, `src/ssd.py`,
 * `src/forget_random_main.py`.
 */
export function ssd(options: SsdOptions = {}): Unlearner {
  const name = "ssd";
  const { selectionWeighting = 10, dampeningConstant = 1, retainAccess = "full", ...others } = options;
  const { batchSize = 64, augment = false, ...unknown } = others;
  const settings = { batchSize, augment, selectionWeighting, dampeningConstant, retainAccess };
  checkKnown(name, unknown, Object.keys(settings));
  checkChoice(name, "augment", augment, [true, false]);
  checkNumber(name, "batchSize", batchSize, { min: 1, whole: true });
  checkNumber(name, "selectionWeighting", selectionWeighting, { min: 0 });
  checkNumber(name, "dampeningConstant", dampeningConstant, { min: 0 });
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
      const { forgetSet, retained } = await checkRequest(name, needs, request);
      const { model, original, signal, onProgress } = request;
      const all = Int32Array.from([...forgetSet, ...retained]);
      const steps = Math.ceil(forgetSet.length / batchSize) + Math.ceil(all.length / batchSize);
      let step = 0;
      const pass = (indexes: Int32Array, part: string): GradientPass => ({
        model,
        weights: original,
        batches: checkedBatches(name, request.batches),
        indexes,
        batchSize,
        mode: "eval",
        augment: augment ? request.rng.split(`augment/${part}`) : undefined,
        task: name,
        signal,
        onBatch: (loss) => onProgress?.({ task: name, step: ++step, steps, values: { loss } }),
      });
      const ofForget = await parameterImportance(pass(forgetSet, "forget"));
      let ofAll: Params | undefined;
      try {
        ofAll = await parameterImportance(pass(all, "all"));
        const { params, selected, dampened } = await dampen(original.params, {
          ofForget,
          ofAll,
          ...settings,
        });
        const count = paramCount(original.params);
        const images = forgetSet.length + all.length;
        return {
          weights: { params, stats: cloneParams(original.stats) },
          model,
          cost: {
            imagesForward: images,
            imagesBackward: images,
            steps: 1,
            wallMs: performance.now() - started,
          },
          history: { selected: [selected / count], dampened: [dampened / count] },
        };
      } finally {
        disposeParams(ofForget);
        disposeParams(ofAll ?? {});
      }
    },
  };
}

/**
 * Selects and dampens, given both importances.
 *
 * @returns New parameters (the caller disposes them), bit-identical where nothing was selected; how many were
 *   selected, and how many of these became smaller.
 */
async function dampen(
  params: Params,
  {
    ofForget,
    ofAll,
    selectionWeighting,
    dampeningConstant,
  }: { readonly ofForget: Params; readonly ofAll: Params } & Required<
    Pick<SsdOptions, "selectionWeighting" | "dampeningConstant">
  >,
): Promise<{ readonly params: Params; readonly selected: number; readonly dampened: number }> {
  const made = tidy(() => {
    const [selected, dampened]: [Tensor[], Tensor[]] = [[], []];
    const next = zipParams([params, ofForget, ofAll], (tensors) => {
      const [value, forget, all] = tensors as readonly [Tensor, Tensor, Tensor];
      const isSelected = greater(forget, mul(all, selectionWeighting));
      // Where the forget importance is 0 the quotient is no number, but there nothing is selected.
      const factor = minimum(div(mul(all, dampeningConstant), forget), 1);
      selected.push(sum(cast(isSelected, "int32")));
      dampened.push(sum(cast(logicalAnd(isSelected, less(factor, 1)), "int32")));
      return where(isSelected, mul(value, factor), value);
    });
    return { params: next, counts: stack([addN(selected), addN(dampened)]) } as never;
  }) as unknown as { readonly params: Params; readonly counts: Tensor };
  const [selected, dampened] = await made.counts.data().finally(() => made.counts.dispose());
  return { params: made.params, selected: selected as number, dampened: dampened as number };
}
