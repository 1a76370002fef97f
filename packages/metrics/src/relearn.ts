import { checkNumbers } from "./check-numbers.ts";
import { isMissing, type Missing, type Reading } from "./reasons.ts";

/**
 * Relearn time: how many steps of training on the forget set it takes until the loss is back at a target.
 *
 * @param losses - The loss on the forget set before any step, after the first, the second, ...
 * @param options - `target`: the loss to reach; the original model's is the usual one.
 * @returns The index of the first loss at or below the target, or `CENSORED` when the run ended above it.
 * @throws RangeError when there is no loss, or when a number is not finite.
 *
 * Source: Golatkar et al., Eternal Sunshine of the Spotless Net, CVPR 2020 (arXiv 1911.04933).
 */
export function relearnSteps(losses: ArrayLike<number>, { target }: { readonly target: number }): Reading {
  checkNumbers("relearnSteps", "losses", losses);
  checkNumbers("relearnSteps", "target", [target]);
  for (let step = 0; step < losses.length; step++) if ((losses[step] as number) <= target) return step;
  return { reason: "CENSORED", detail: `above ${target} after ${losses.length - 1} steps` };
}

/**
 * The relearn time in units of a retrained model's. Far below 1, knowledge was hidden, not removed; 1 is the target.
 *
 * @returns The ratio, or a reason when the retrained model needs no step or when a run was censored: a run that was
 * cut off only bounds the ratio, and the detail says by how much.
 * @throws RangeError when a number of steps is below 0 or not finite.
 */
export function relearnRatio(stepsUnlearned: Reading, stepsRetrained: Reading): Reading {
  for (const steps of [stepsUnlearned, stepsRetrained]) {
    if (!isMissing(steps) && !(Number.isFinite(steps) && steps >= 0)) {
      throw new RangeError(
        `relearnRatio: steps must be at least 0, found ${steps}; count them with relearnSteps.`,
      );
    }
  }
  if (isMissing(stepsRetrained)) return of("the retrained model", stepsRetrained);
  if (stepsRetrained === 0) return { reason: "DEGENERATE", detail: "the retrained model needs no step" };
  if (isMissing(stepsUnlearned)) return of("the unlearned model", stepsUnlearned);
  return stepsUnlearned / stepsRetrained;
}

function of(model: string, { reason, detail }: Missing): Missing {
  return { reason, detail: detail === undefined ? model : `${model}: ${detail}` };
}

/** Relearn times of an unlearned and of a retrained model, with the curves that they were read from. */
export interface RelearnTime {
  readonly target: number;
  readonly stepsUnlearned: Reading;
  readonly stepsRetrained: Reading;
  readonly ratio: Reading;
  readonly curves: { readonly unlearned: readonly number[]; readonly retrained: readonly number[] };
}

/**
 * Relearn times from two loss curves that were made with the same optimizer, batches and seed.
 *
 * @param unlearned - Losses of the unlearned model on the forget set; entry 0 is before any step.
 * @param retrained - The retrained model's.
 * @param options - `target`: the loss to reach; the original model's on the forget set.
 * @returns Both times, their ratio and the curves; each number or its reason.
 * @throws RangeError when a curve is empty or when a loss is not finite.
 *
 * @example
 * ```ts
 * import { isMissing, relearnTime } from "@ltu/metrics";
 *
 * const { stepsUnlearned, ratio } = relearnTime([2, 0.9, 0.4], [2, 1.5, 1.1, 0.8, 0.5], { target: 0.5 });
 * console.log(stepsUnlearned, ratio); // → 2 0.5
 * const cut = relearnTime([2, 1.8, 1.7], [2, 0.4], { target: 0.5 });
 * console.log(isMissing(cut.ratio) && cut.ratio.detail); // → the unlearned model: above 0.5 after 2 steps
 * ```
 */
export function relearnTime(
  unlearned: ArrayLike<number>,
  retrained: ArrayLike<number>,
  { target }: { readonly target: number },
): RelearnTime {
  const stepsUnlearned = relearnSteps(unlearned, { target });
  const stepsRetrained = relearnSteps(retrained, { target });
  return {
    target,
    stepsUnlearned,
    stepsRetrained,
    ratio: relearnRatio(stepsUnlearned, stepsRetrained),
    curves: { unlearned: Array.from(unlearned), retrained: Array.from(retrained) },
  };
}
