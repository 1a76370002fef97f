import { metricDefinitions, type MetricName } from "./definitions.ts";
import { isMissing, reasons, type Reading } from "./reasons.ts";

/** A number or a reason for every metric there is. */
export type AllReadings = Readonly<Record<MetricName, Reading>>;

/**
 * Completes the readings of one model: a metric that was not asked for gets its reason, so that none is left out
 * without a word.
 *
 * @param readings - What was measured, by the names of `metricDefinitions`.
 * @returns One reading for each metric, in the order of the definitions.
 * @throws RangeError when a name is unknown, a number is none or lies outside the metric's range, or a reason is
 * unknown.
 *
 * @example
 * ```ts
 * import { allReadings } from "@ltu/metrics";
 *
 * const readings = allReadings({ UA: 5.24, klom: { reason: "TOO_FEW_MODELS", detail: "1 oracle" } });
 * console.log(readings.UA, readings.relearnRatio); // → 5.24 { reason: 'NOT_RUN' }
 * ```
 */
export function allReadings(readings: Readonly<Partial<Record<MetricName, Reading>>>): AllReadings {
  const names = Object.keys(metricDefinitions) as MetricName[];
  const unknown = Object.keys(readings).find((name) => !Object.hasOwn(metricDefinitions, name));
  if (unknown !== undefined) {
    throw new RangeError(
      `allReadings: "${unknown}" is no metric, expected one of ${names.join(", ")}; correct the name.`,
    );
  }
  return Object.fromEntries(
    names.map((name) => [name, checked(name, readings[name] ?? { reason: "NOT_RUN" })]),
  ) as unknown as AllReadings;
}

/** Rounding may take a number this far, in parts of itself or in units, past the end of its range. */
const rounding = 1e-9;

function checked(name: MetricName, reading: Reading): Reading {
  if (isMissing(reading)) {
    if (Object.hasOwn(reasons, reading.reason)) return reading;
    throw new RangeError(
      `allReadings: ${name} must give one of the reasons ${Object.keys(reasons).join(", ")}, found "${String(reading.reason)}"; choose one.`,
    );
  }
  const [low, high] = metricDefinitions[name].range;
  const slack = rounding * Math.max(1, high ?? 1);
  if (!(Number.isFinite(reading) && reading >= low - slack && reading <= (high ?? Infinity) + slack)) {
    throw new RangeError(
      `allReadings: ${name} must be a number from ${low}${high === null ? " on" : ` to ${high}`}, found ${reading}; give a reason where there is none.`,
    );
  }
  return reading;
}
