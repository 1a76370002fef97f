import { checkPercent } from "./check-numbers.ts";
import type { UnlearningMetrics } from "./unlearning-metrics.ts";

/** A product of three closenesses, with its factors; one number alone hides which part is off. */
export interface Tow<Part extends keyof UnlearningMetrics> {
  /** 0 to 1; 1 is the retrained model's behaviour. */
  readonly value: number;
  /** 1 - |metric - reference| / 100 for each of the three. */
  readonly parts: Readonly<Record<Part, number>>;
}

/**
 * ToW ("tug of war"): how close forget, retain and test accuracy are to a retrained model's, all three at once.
 *
 * ToW = product over forget, retain, test of (1 - |acc_U - acc_R|), accuracies as shares
 *
 * |UA - UA_R| is the distance of the forget accuracies, so UA, RA and TA are all that is needed.
 *
 * @param metrics - The unlearned model's, in percent.
 * @param reference - The retrained model's, in percent.
 * @returns The product and its three factors.
 * @throws RangeError when a number is no percentage.
 *
 * Source: Zhao et al., What makes unlearning hard and what to do about it, 2024 (arXiv 2406.01257), section 3.
 *
 * @example
 * ```ts
 * import { tow } from "@ltu/metrics";
 *
 * const { value, parts } = tow({ UA: 30, RA: 90, TA: 80 }, { UA: 20, RA: 100, TA: 80 });
 * console.log(value.toFixed(2), parts.UA, parts.TA); // → 0.81 0.9 1
 * ```
 */
export function tow(
  metrics: Pick<UnlearningMetrics, "UA" | "RA" | "TA">,
  reference: Pick<UnlearningMetrics, "UA" | "RA" | "TA">,
): Tow<"UA" | "RA" | "TA"> {
  const parts = {
    UA: closeness("tow", "UA", metrics, reference),
    RA: closeness("tow", "RA", metrics, reference),
    TA: closeness("tow", "TA", metrics, reference),
  };
  return { value: parts.UA * parts.RA * parts.TA, parts };
}

/** {@link tow} with MIA-efficacy in place of the forget accuracy. */
export function towMia(
  metrics: Pick<UnlearningMetrics, "MIA" | "RA" | "TA">,
  reference: Pick<UnlearningMetrics, "MIA" | "RA" | "TA">,
): Tow<"MIA" | "RA" | "TA"> {
  const parts = {
    MIA: closeness("towMia", "MIA", metrics, reference),
    RA: closeness("towMia", "RA", metrics, reference),
    TA: closeness("towMia", "TA", metrics, reference),
  };
  return { value: parts.MIA * parts.RA * parts.TA, parts };
}

function closeness<Part extends keyof UnlearningMetrics>(
  where: string,
  part: Part,
  metrics: Pick<UnlearningMetrics, Part>,
  reference: Pick<UnlearningMetrics, Part>,
): number {
  checkPercent(where, part, metrics[part]);
  checkPercent(where, `the reference's ${part}`, reference[part]);
  return 1 - Math.abs(metrics[part] - reference[part]) / 100;
}
