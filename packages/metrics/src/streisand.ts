import { checkNumbers } from "./check-numbers.ts";
import { inOracleUnits, type OracleUnits } from "./oracle-units.ts";
import { isMissing, type Missing } from "./reasons.ts";

/** Whether, and in which direction, the forget set stands out under a model. */
export interface Streisand {
  /** AUC of the forget set against samples never seen, under the unlearned model. */
  readonly auc: number;
  /** How far it is from the mean of the oracles' AUC: above 0 the set still looks like members. */
  readonly difference: number;
  /**
   * `"under-forgotten"`: more like members than under any retrained model to be expected. `"over-forgotten"`: less like
   * members than samples that no model has seen, which gives the set away too. `"as-oracle"`: as under one more oracle.
   * `"not-told"`: there are too few oracles to say.
   */
  readonly standsOut: "under-forgotten" | "over-forgotten" | "as-oracle" | "not-told";
  readonly oracle: OracleUnits | Missing;
}

/**
 * The Streisand check: unlearning must not make the forget set stand out in either direction. The yardstick is the
 * AUC under retrained models, not one half.
 *
 * @param auc - `auc(forget, unseen)` of a membership score under the unlearned model.
 * @param oracleAucs - The same under each retrained model.
 * @param options - `confidence` of the band of the oracles, 0.95 by default.
 * @returns The direction, and where the AUC lies among the oracles'.
 * @throws RangeError when a number is no share or there is no oracle.
 *
 * Source: Golatkar et al., Eternal Sunshine of the Spotless Net, CVPR 2020 (arXiv 1911.04933), the "Streisand effect".
 *
 * @example
 * ```ts
 * import { streisand } from "@ltu/metrics";
 *
 * const oracles = [0.5, 0.51, 0.49, 0.505, 0.495];
 * console.log(streisand(0.62, oracles).standsOut, streisand(0.31, oracles).standsOut); // → under-forgotten over-forgotten
 * console.log(streisand(0.5, oracles).standsOut); // → as-oracle
 * ```
 */
export function streisand(
  auc: number,
  oracleAucs: ArrayLike<number>,
  { confidence = 0.95 }: { readonly confidence?: number } = {},
): Streisand {
  checkNumbers("streisand", "oracleAucs", oracleAucs);
  for (const share of [auc, ...Array.from(oracleAucs)]) {
    if (!(share >= 0 && share <= 1)) {
      throw new RangeError(`streisand: an AUC must be from 0 to 1, found ${share}; compute it with auc.`);
    }
  }
  const mean = Array.from(oracleAucs).reduce((a, b) => a + b, 0) / oracleAucs.length;
  const oracle = inOracleUnits(auc, oracleAucs, { confidence });
  const difference = auc - mean;
  const standsOut = isMissing(oracle)
    ? "not-told"
    : oracle.within
      ? "as-oracle"
      : difference > 0
        ? "under-forgotten"
        : "over-forgotten";
  return { auc, difference, standsOut, oracle };
}
