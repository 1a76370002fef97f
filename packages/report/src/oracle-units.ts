import { inOracleUnits, metricDefinitions } from "@ltu/metrics";

import { isMissing, type Reading } from "./reasons.ts";
import { metricKeys, metricLabels } from "./oracles.ts";
import { oracleRow, type Result, type Row, type RowMetrics } from "./result.ts";
import { marksOfCell, noSignalMark, notHeldOutMark, type TableCells } from "./table-cells.ts";

/** Standard deviations beyond which a number no longer says how far, only that it is far. */
const farAway = 100;

/** Every metric in standard deviations of the oracles; `undefined` without two oracles to take them from. */
export function oracleUnitCells(result: Result): TableCells | undefined {
  const { reference, heldOut } = result.oracles;
  if (oracleRow(result) === undefined || reference.length < 2) return undefined;
  const cell = (key: keyof RowMetrics, value: Reading): string => {
    const values = reference.map(({ metrics }) => metrics[key]);
    if (isMissing(value) || values.some(isMissing)) return "n/a";
    const found = inOracleUnits(value, values as number[]);
    if (isMissing(found)) return value === values[0] ? "0" : "n/a";
    const size = Math.min(Math.abs(found.sds), farAway).toFixed(1);
    const sign = Number(size) === 0 ? "" : found.sds > 0 ? "+" : "-";
    return `${sign}${Math.abs(found.sds) > farAway ? "> " : ""}${size}${found.within ? "" : " !"}`;
  };
  const lines: readonly Pick<Row, "label" | "metrics" | "notHeldOut">[] = [
    ...heldOut.map(({ name, metrics }) => ({ label: name, metrics })),
    ...result.rows.filter(({ method }) => method !== "retrain"),
  ];
  return {
    columns: ["Method", ...metricKeys.map((key) => metricLabels[key])],
    rows: lines.map((line) => [
      line.label,
      ...metricKeys.map((key) => cell(key, line.metrics[key]) + marksOfCell(result, key, line)),
    ]),
    notes: [
      `(value - mean of the oracles) / their standard deviation, over ${reference.length} oracles; 0 is the target. "!": outside the 95 % band in which one more oracle would lie. ${noSignalMark} no signal and ${notHeldOutMark} shared signal, as in the table above. n/a: all oracles have one value, or there is none.`,
      `${metricLabels.aucForgetTest}: of p_y between forget and test set; the table above shows its distance from one half (${metricDefinitions.aucDistance.label}).`,
    ],
    textColumns: 1,
  };
}
