import { isMissing, type Reading } from "./reasons.ts";
import { checkGap } from "./format-parts.ts";
import { meanMetrics, metricKeys, noiseFloorOf, oracleEnsemble } from "./oracles.ts";
import { oracleRow, type Result } from "./result.ts";

const tolerance = 1e-6;

/**
 * Checks that the row of the retrained models is the mean of the reference, and that what is said of their spread and of
 * the noise floor follows from the models themselves.
 *
 * @throws RangeError with the place and the mistake.
 */
export function checkOracles(result: Pick<Result, "oracles" | "original" | "rows">): void {
  const { oracles, original } = result;
  const row = oracleRow(result);
  const { reference, heldOut } = oracles;
  if ((row === undefined) !== (reference.length === 0)) {
    throw new RangeError(
      `result: oracles.reference must hold the models behind the row "retrain", found ${reference.length} and ${row === undefined ? "no such row" : "that row"}; give both or neither.`,
    );
  }
  if (row !== undefined) {
    const mean = meanMetrics(reference.map(({ metrics }) => metrics));
    for (const key of metricKeys) {
      if (same(row.metrics[key], mean[key])) continue;
      throw new RangeError(
        `result: ${key} of the row "retrain" must be the mean over the oracles, ${show(mean[key])}, found ${show(row.metrics[key])}; compute it again with meanMetrics.`,
      );
    }
  }
  heldOut.forEach((oracle, i) => checkGap(oracle, row, `result: oracles.heldOut[${i}]`));
  const floor = noiseFloorOf(heldOut);
  if (!same(oracles.noiseFloor, floor)) {
    throw new RangeError(
      `result: oracles.noiseFloor must be the mean gap of the held-out oracles, ${show(floor)}, found ${show(oracles.noiseFloor)}; compute it again with noiseFloorOf.`,
    );
  }
  const again = oracleEnsemble({ reference, heldOut, original: original.metrics });
  for (const key of metricKeys) {
    if (!same(oracles.sd[key], again.sd[key])) {
      throw new RangeError(
        `result: oracles.sd.${key} must be ${show(again.sd[key])}, found ${show(oracles.sd[key])}; compute it again with oracleEnsemble.`,
      );
    }
    const [found, right] = [oracles.contrast[key], again.contrast[key]];
    if (
      isMissing(found) === isMissing(right) &&
      (isMissing(found) || isMissing(right) || found.signal === right.signal)
    )
      continue;
    throw new RangeError(
      `result: oracles.contrast.${key} does not follow from the models; compute it again with oracleEnsemble.`,
    );
  }
}

function same(a: Reading, b: Reading): boolean {
  if (isMissing(a) || isMissing(b)) return isMissing(a) && isMissing(b);
  return Math.abs(a - b) <= tolerance;
}

function show(reading: Reading): string {
  return isMissing(reading) ? `the reason ${reading.reason}` : String(reading);
}
