import type { Missing } from "./reasons.ts";
import type { UnlearningMetrics } from "./unlearning-metrics.ts";

/** The mean gap and its four parts; one number alone hides which part is off. */
export interface AvgGap {
  /** Percent points, 0 to 100; lower is closer to the reference. */
  readonly value: number;
  /** |metrics - reference| for each of the four. */
  readonly parts: UnlearningMetrics;
}

/**
 * Avg. Gap: the mean distance of UA, RA, TA and MIA-efficacy from a retrained model's.
 *
 * gap = (|UA - UA_R| + |RA - RA_R| + |TA - TA_R| + |MIA - MIA_R|) / 4
 *
 * @param metrics - The unlearned model's four numbers, in percent.
 * @param reference - The retrained model's; there is no gap without it.
 * @returns The mean and the four parts, in percent points.
 * @throws RangeError when the reference is missing or a number is not finite.
 *
 * Source: Fan et al., SalUn, ICLR 2024, Table 1.
 *
 * @example
 * ```ts
 * import { avgGap } from "@ltu/metrics";
 *
 * const salun = { UA: 2.85, RA: 99.62, TA: 93.93, MIA: 14.39 };
 * const retrain = { UA: 5.24, RA: 100, TA: 94.26, MIA: 12.88 };
 * console.log(avgGap(salun, retrain).value.toFixed(2)); // → 1.15
 * ```
 */
export function avgGap(metrics: UnlearningMetrics, reference: UnlearningMetrics): AvgGap {
  if ((reference as UnlearningMetrics | undefined) === undefined) {
    throw new RangeError(
      "avgGap: expected the metrics of a retrained model as reference, found none; a gap without a reference is not defined.",
    );
  }
  const distance = (name: keyof UnlearningMetrics): number => {
    const gap = Math.abs(metrics[name] - reference[name]);
    if (!Number.isFinite(gap)) {
      throw new RangeError(
        `avgGap: ${name} must be finite in metrics and reference, found ${metrics[name]} and ${reference[name]}; measure both first.`,
      );
    }
    return gap;
  };
  const parts = { UA: distance("UA"), RA: distance("RA"), TA: distance("TA"), MIA: distance("MIA") };
  return { value: (parts.UA + parts.RA + parts.TA + parts.MIA) / 4, parts };
}

/**
 * The Avg. Gap column of a table: a gap for every row, or the reason why there is no such column.
 *
 * @param rows - Metrics by row name.
 * @param options - `reference`: the name of the retrained model's row, such as `"retrain"`.
 * @returns `gaps` by row name (the reference's own is 0), or `NO_ORACLE` when the table has no reference row.
 * @throws RangeError when a number is not finite.
 */
export function avgGapColumn(
  rows: Readonly<Record<string, UnlearningMetrics>>,
  { reference }: { readonly reference: string },
): { readonly gaps: Readonly<Record<string, AvgGap>> } | Missing {
  const retrained = rows[reference];
  if (retrained === undefined) {
    return { reason: "NO_ORACLE", detail: `no row "${reference}"` };
  }
  return {
    gaps: Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, avgGap(row, retrained)])),
  };
}
