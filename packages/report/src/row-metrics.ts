import type { Missing, Reading } from "./reasons.ts";

/** Any value that JSON holds. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** The numbers of one model, in percent but for the AUC. */
export interface RowMetrics {
  /** UA: 100 minus the accuracy on the forget set. */
  readonly ua: Reading;
  /** RA: accuracy on the retain set, all of it. */
  readonly ra: Reading;
  /** TA: accuracy on the test set. */
  readonly ta: Reading;
  /** MIA-efficacy: share of the forget set that the attack takes for never seen. */
  readonly miaEfficacy: Reading;
  /** AUC of p_y between forget set (members) and test set, 0 to 1; reported as its distance from one half. */
  readonly aucForgetTest: Reading;
}

/** The four metrics that Avg. Gap is made of. */
export interface GapParts {
  readonly ua: number;
  readonly ra: number;
  readonly ta: number;
  readonly miaEfficacy: number;
}

/** Avg. Gap with its parts, in percent points, or the reason why there is none. */
export type Gap = { readonly value: number; readonly parts: GapParts } | Missing;
