import type { Harmonized } from "@ltu/harmonize";

import type { ForgetFeedback } from "./forget-feedback.ts";
import type { RememberFeedback } from "./remember-feedback.ts";

/** One number a step in each series. */
export type LtuHistory = Record<keyof StepValues, number[]>;

/** The numbers of one step. */
export interface StepValues {
  /** Loss of the support set at the current weights, its random labels included. */
  readonly tuneLoss: number;
  /** Mean loss of the query sets behind the inner steps. */
  readonly testLoss: number;
  /** Mean of the two losses of the forgetting branch. */
  readonly forgetLoss: number;
  /** Cosine of the two gradients. */
  readonly cosine: number;
  /** 1 where they are in conflict, else 0. */
  readonly conflict: number;
  readonly rememberNorm: number;
  readonly forgetNorm: number;
  /** What the forgetting gradient was multiplied by before harmonization. */
  readonly forgetScale: number;
  /** What the harmonized gradient was multiplied by: below 1 where it was clipped. */
  readonly clipScale: number;
  /** Step size of the optimizer. */
  readonly lr: number;
  /** Mean standardised attack logit of the audit samples: 0 is the non-members' mean. */
  readonly attackMean: number;
}

/** A history of no steps. */
export function emptyHistory(): LtuHistory {
  return {
    tuneLoss: [],
    testLoss: [],
    forgetLoss: [],
    cosine: [],
    conflict: [],
    rememberNorm: [],
    forgetNorm: [],
    forgetScale: [],
    clipScale: [],
    lr: [],
    attackMean: [],
  };
}

/** The numbers of a step from its parts. */
export function stepValues(
  remembered: RememberFeedback,
  forgotten: ForgetFeedback,
  { harmonized, clipScale, lr }: { harmonized: Harmonized; clipScale: number; lr: number },
): StepValues {
  return {
    tuneLoss: remembered.tuneLoss,
    testLoss: meanOf(remembered.testLosses),
    forgetLoss: meanOf([forgotten.tuneLoss, ...forgotten.testLosses]),
    cosine: harmonized.cosine,
    conflict: harmonized.conflicted ? 1 : 0,
    rememberNorm: harmonized.rememberNorm,
    forgetNorm: harmonized.forgetNorm,
    forgetScale: harmonized.forgetScale,
    clipScale,
    lr,
    attackMean: forgotten.attackMean,
  };
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((total, value) => total + value, 0) / values.length;
}
