import { metricDefinitions } from "@ltu/metrics";

import { meanCell, type OverSeeds } from "./over-seeds.ts";
import { studyAttackSummaries, type StudyAttackSummary } from "./study-attacks.ts";
import type { Study } from "./study.ts";
import { sharedMark, type TableCells } from "./table-cells.ts";

/** What each evaluator finds, as means over seeds with their intervals; `undefined` for a study without evaluators. */
export function studyAttackCells(study: Study): TableCells | undefined {
  const summaries = studyAttackSummaries(study);
  if (summaries.length === 0) return undefined;
  const { axis, seeds } = study;
  const distance = (summary: StudyAttackSummary): string => meanCell(summary.aucDistance, 3);
  const missing = summaries.filter(({ auc, reasons }) => auc.missing > 0 && reasons.length > 0);
  const marked = summaries.filter(({ marks }) => marks.length > 0);
  return {
    columns: [
      "Model",
      ...(axis === undefined ? [] : [axis.key]),
      "Attack",
      metricDefinitions.auc.label,
      metricDefinitions.aucDistance.label,
      metricDefinitions.tprAt1.label,
      "turned",
    ],
    rows: summaries.map((summary) => [
      summary.model,
      ...(axis === undefined ? [] : [String(summary.value)]),
      `${attackName(summary)}${summary.marks.length === 0 ? "" : sharedMark}`,
      meanCell(summary.auc, 3),
      distance(summary),
      percentCell(summary.tprAt1),
      percentCell(summary.turnedTprAt1),
    ]),
    notes: [
      `Forgotten images against images that no model has seen: ${seeds.length < 2 ? "one seed, so there is no interval." : `mean ± half the width of its 95 % t interval over ${seeds.length} seeds.`} The target is what held-out oracles have, which is one half but for chance; below it the sets are told apart as well, and |AUC - 1/2| of single seeds is above 0 by chance alone.`,
      "TPR at 1 % FPR in percent; turned: the same with the score turned round. Chance is 1.",
      ...(marked.length === 0
        ? []
        : [
            `${sharedMark} No independent audit: ${marked.map((summary) => `${attackName(summary)} on ${summary.model} (${summary.marks.join("; ")})`).join("; ")}.`,
          ]),
      ...missing.map(
        (summary) =>
          `${attackName(summary)} on ${summary.model}${summary.value === undefined ? "" : ` at ${String(summary.value)}`}: ${summary.auc.missing} of ${seeds.length} seeds have no number (${summary.reasons.join(", ")}).`,
      ),
    ],
    textColumns: axis === undefined ? 2 : 3,
  };
}

function attackName({ attack, role, shadowsOf }: StudyAttackSummary): string {
  return shadowsOf === undefined || role === "row" ? attack : `${attack}, shadows of ${shadowsOf}`;
}

/** A share as `1.2 ± 0.4` percent. */
function percentCell({ mean, interval }: OverSeeds): string {
  if (mean === undefined) return "n/a";
  const shown = (100 * mean).toFixed(1);
  return interval === undefined ? shown : `${shown} ± ${(100 * interval.half).toFixed(1)}`;
}
