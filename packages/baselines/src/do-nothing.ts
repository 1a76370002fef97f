import { cloneParams, LtuError, type Unlearner } from "@ltu/core";
import { checkFiniteWeights } from "@ltu/train";

/** Do-nothing has no options. */
export type DoNothingOptions = Readonly<Record<string, never>>;

/**
 * The original model as it is: theta_u = theta_o. The row that shows what a method has to achieve, and the positive
 * control of every attack. An empty forget set is fine.
 *
 * @returns An unlearner that needs no data; its result's weights are a second handle on the original numbers.
 * @throws LtuError `OPTION` for any option; from the unlearner, `DATA` for original weights that are not finite.
 */
export function doNothing(options: DoNothingOptions = {}): Unlearner {
  const [unknown] = Object.keys(options);
  if (unknown !== undefined) {
    throw new LtuError("OPTION", `do-nothing: expected no options, found "${unknown}"; remove it.`);
  }
  return {
    name: "do-nothing",
    needs: { forget: false, retain: "none", val: false, attackData: false },
    expects: "unchanged",
    options: {},
    unlearn: async ({ model, original }) => {
      await checkFiniteWeights("do-nothing", original);
      return {
        weights: { params: cloneParams(original.params), stats: cloneParams(original.stats) },
        model,
        cost: { imagesForward: 0, imagesBackward: 0, steps: 0, wallMs: 0 },
        history: {},
      };
    },
  };
}
