import type { AuditScores } from "@ltu/mia/evaluators";

/** Scores at their rows; NaN, which no golden value equals, where a row has none. */
export function byRow({ rows, scores }: Pick<AuditScores, "rows" | "scores">, count: number): Float64Array {
  const all = new Float64Array(count).fill(Number.NaN);
  rows.forEach((row, k) => {
    all[row] = scores[k] as number;
  });
  return all;
}
