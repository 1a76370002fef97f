import { avgGap, type UnlearningMetrics } from "@ltu/metrics";

import { isMissing } from "./reasons.ts";
import type { Gap, RowMetrics } from "./row-metrics.ts";

/**
 * The gap of one row: the distance of its UA, RA, TA and MIA-efficacy from the retrained model's, or the reason
 * why there is none. Without a retrained model there is no gap.
 *
 * @param metrics - The row's.
 * @param oracle - The retrained model's, or `undefined` when the run has none.
 *
 * @example
 * ```ts
 * import { gapTo } from "@ltu/report";
 *
 * const salun = { ua: 2.85, ra: 99.62, ta: 93.93, miaEfficacy: 14.39, aucForgetTest: 0.5 };
 * const retrain = { ua: 5.24, ra: 100, ta: 94.26, miaEfficacy: 12.88, aucForgetTest: 0.5 };
 * const gap = gapTo(salun, retrain);
 * console.log("value" in gap && gap.value.toFixed(2)); // → 1.15
 * console.log(gapTo(salun, undefined)); // → { reason: 'NO_ORACLE' }
 * ```
 */
export function gapTo(metrics: RowMetrics, oracle: RowMetrics | undefined): Gap {
  if (oracle === undefined) return { reason: "NO_ORACLE" };
  const readings = [metrics, oracle].flatMap(({ ua, ra, ta, miaEfficacy }) => [ua, ra, ta, miaEfficacy]);
  const missing = readings.find(isMissing);
  if (missing !== undefined) return missing;
  const { value, parts } = avgGap(inCapitals(metrics), inCapitals(oracle));
  return { value, parts: { ua: parts.UA, ra: parts.RA, ta: parts.TA, miaEfficacy: parts.MIA } };
}

/** The names of `@ltu/metrics`; all four are numbers. */
function inCapitals({ ua, ra, ta, miaEfficacy }: RowMetrics): UnlearningMetrics {
  return { UA: ua as number, RA: ra as number, TA: ta as number, MIA: miaEfficacy as number };
}
