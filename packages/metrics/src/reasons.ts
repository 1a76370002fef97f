/** Why a number is not there, in words that follow "not measured: ". */
export const reasons = {
  NO_ORACLE: "there is no retrained model in this run to measure from",
  NOT_RUN: "it was not asked for in this run",
  TOO_FEW_SAMPLES: "there are too few samples for it",
  TOO_FEW_MODELS: "there are too few models for it",
  TOO_FEW_RUNS: "there are too few runs for it",
  CENSORED: "the run ended before the loss reached its target",
  DEGENERATE: "it is not defined for the values behind it",
  NO_SIGNAL: "the attack behind it cannot tell members from non-members",
  NO_CONTRAST: "original and retrained models do not differ in it, so it tells no methods apart",
  FAILED: "its computation failed",
} as const;

/** The code that stands in a result where a number is missing. */
export type ReasonCode = keyof typeof reasons;

/** What stands in a result in place of a number that could not be had: no metric is left out without one. */
export interface Missing {
  readonly reason: ReasonCode;
  /** What was found, for instance how many samples there were. */
  readonly detail?: string | undefined;
}

/** A number, or the reason why there is none. */
export type Reading = number | Missing;

/**
 * Whether a reading has no number.
 *
 * @example
 * ```ts
 * import { isMissing, reasonText, relearnRatio } from "@ltu/metrics";
 *
 * const ratio = relearnRatio(4, 0);
 * console.log(isMissing(ratio) && reasonText(ratio)); // → it is not defined for the values behind it (the retrained model needs no step)
 * ```
 */
export function isMissing(reading: unknown): reading is Missing {
  return typeof reading === "object" && reading !== null && "reason" in reading;
}

/** The reason as words, with its detail. */
export function reasonText({ reason, detail }: Missing): string {
  return detail === undefined ? reasons[reason] : `${reasons[reason]} (${detail})`;
}
