/**
 * MIA-efficacy: the percentage of forget samples that an attack takes for non-members.
 *
 * efficacy = 100 * |{x in forget : decision(x) <= 0}| / |forget|
 *
 * Decisions follow the one sign convention (higher = more likely a member); the printed number runs the other way,
 * and its target is the retrained model's value, not 100.
 *
 * @param decisions - One decision value for each forget sample; above 0 means predicted member.
 * @returns Percent, 0 to 100.
 * @throws RangeError when there is no decision or when one is not a number.
 *
 * Source: Unlearn-Saliency, `Classification/evaluation/SVC_MIA.py` at a6e89fd.
 *
 * @example
 * ```ts
 * import { miaEfficacy } from "@ltu/metrics";
 *
 * console.log(miaEfficacy([1.2, -0.3, -2, 0.1])); // → 50
 * ```
 */
export function miaEfficacy(decisions: ArrayLike<number>): number {
  if (decisions.length === 0) {
    throw new RangeError(
      "miaEfficacy: expected at least one decision, found none; give a non-empty forget set.",
    );
  }
  let nonMembers = 0;
  for (let i = 0; i < decisions.length; i++) {
    const decision = decisions[i] as number;
    if (Number.isNaN(decision)) {
      throw new RangeError(
        `miaEfficacy: decisions must be numbers, found NaN at sample ${i}; check the model's outputs.`,
      );
    }
    if (decision <= 0) nonMembers++;
  }
  return (100 * nonMembers) / decisions.length;
}
