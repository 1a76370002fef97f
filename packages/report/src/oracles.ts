import { isMissing, oracleContrast, type Missing, type OracleContrast, type Reading } from "@ltu/metrics";

import type { ModelAudit } from "./audit.ts";
import { gapTo } from "./gap.ts";
import type { Gap, RowMetrics } from "./row-metrics.ts";

/** The metrics of one model, in the order of tables. */
export const metricKeys: readonly (keyof RowMetrics)[] = ["ua", "ra", "ta", "miaEfficacy", "aucForgetTest"];

/** As in tables. */
export const metricLabels: Readonly<Record<keyof RowMetrics, string>> = {
  ua: "UA",
  ra: "RA",
  ta: "TA",
  miaEfficacy: "MIA",
  aucForgetTest: "AUC",
};

/** One oracle: a model retrained without the forget set, by the recipe of the original, from a seed of its own. */
export interface Oracle {
  /** Such as `"oracle 2"` or `"held-out oracle 1"`. */
  readonly name: string;
  /** Content key of its weights: of data, forget set, recipe, seed and engine. */
  readonly key: string;
  readonly metrics: RowMetrics;
  readonly audit?: ModelAudit | undefined;
}

/** The retrained models of a run. */
export interface OracleEnsemble {
  /** Every gap is to the mean of their metrics. */
  readonly reference: readonly Oracle[];
  /** Retrained like the others and in no mean: measured as if each were a method. */
  readonly heldOut: readonly (Oracle & { readonly gap: Gap })[];
  /** Standard deviation of each metric over the reference, or why there is none. */
  readonly sd: Readonly<Record<keyof RowMetrics, Reading>>;
  /** How far the original is from the reference in each metric, with its interval. */
  readonly contrast: Readonly<Record<keyof RowMetrics, OracleContrast | Missing>>;
  /** Mean Avg. Gap of the held-out oracles: what a perfect method would show by chance alone. */
  readonly noiseFloor: Reading;
}

/** The mean of each metric over models; a metric that one of them lacks has that one's reason. */
export function meanMetrics(models: readonly RowMetrics[]): RowMetrics {
  return byMetric((key) => meanReading(models.map((metrics) => metrics[key])));
}

/**
 * Brings the measured oracles of a run together: spread, noise floor, and where the original differs from them at all.
 *
 * @param models.reference - The oracles that make the mean; none in a run without a retrained model.
 * @param models.heldOut - Further ones, measured like any method.
 * @param models.original - The metrics of the original model.
 */
export function oracleEnsemble({
  reference,
  heldOut,
  original,
}: {
  readonly reference: readonly Oracle[];
  readonly heldOut: readonly Oracle[];
  readonly original: RowMetrics;
}): OracleEnsemble {
  const mean = reference.length === 0 ? undefined : meanMetrics(reference.map(({ metrics }) => metrics));
  const measured = heldOut.map((oracle) => ({ ...oracle, gap: gapTo(oracle.metrics, mean) }));
  const valuesOf = (key: keyof RowMetrics): number[] | Missing => {
    if (reference.length === 0) return { reason: "NO_ORACLE" };
    const readings = reference.map(({ metrics }) => metrics[key]);
    return readings.find(isMissing) ?? (readings as number[]);
  };
  return {
    reference,
    heldOut: measured,
    sd: byMetric((key) => {
      const values = valuesOf(key);
      return isMissing(values) ? values : standardDeviation(values);
    }),
    contrast: byMetric((key) => {
      const values = valuesOf(key);
      const before = original[key];
      return isMissing(values) ? values : isMissing(before) ? before : oracleContrast([before], values);
    }),
    noiseFloor: noiseFloorOf(measured),
  };
}

/** The mean gap of the held-out oracles, or why it was not measured. */
export function noiseFloorOf(heldOut: readonly { readonly gap: Gap }[]): Reading {
  if (heldOut.length === 0) return { reason: "NOT_RUN", detail: "no oracle was held out" };
  return meanReading(heldOut.map(({ gap }) => (isMissing(gap) ? gap : gap.value)));
}

function byMetric<T>(read: (key: keyof RowMetrics) => T): Record<keyof RowMetrics, T> {
  return Object.fromEntries(metricKeys.map((key) => [key, read(key)])) as Record<keyof RowMetrics, T>;
}

function meanReading(readings: readonly Reading[]): Reading {
  const missing = readings.find(isMissing);
  if (missing !== undefined) return missing;
  const [first] = readings as readonly number[];
  // Without this, the mean of three equal numbers may differ from them in the last bit.
  if (readings.every((reading) => reading === first)) return first as number;
  return (readings as readonly number[]).reduce((a, b) => a + b, 0) / readings.length;
}

function standardDeviation(values: readonly number[]): Reading {
  if (values.length < 2) {
    return { reason: "TOO_FEW_MODELS", detail: `at least 2 oracles are needed, found ${values.length}` };
  }
  const mean = meanReading(values) as number;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
