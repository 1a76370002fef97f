import { areSeparate } from "@ltu/metrics";

import { meanCell } from "./over-seeds.ts";
import { studySummaries, type StudySummary } from "./study-summary.ts";
import type { Study } from "./study.ts";

/**
 * What a study found, in a few sentences: only what its intervals carry. A change is one when its interval does not
 * hold 0, and a method is above another when their intervals have no point in common.
 */
export function studyHeadline(study: Study): string {
  const summaries = studySummaries(study).filter(({ row }) => row.method !== "retrain");
  if (summaries.every(({ gap }) => gap.mean === undefined)) return "This study measured no Avg. Gap.";
  return study.defaultRow === undefined ? separated(summaries) : changes(study, summaries);
}

function changes({ defaultRow, seeds }: Study, summaries: readonly StudySummary[]): string {
  const base = summaries.find(({ row }) => row.label === defaultRow);
  const variants = summaries.filter(({ row }) => row.changes !== undefined && row.label !== defaultRow);
  const clear = (sign: 1 | -1): string[] =>
    variants
      .filter(({ change }) => {
        const interval = change?.interval;
        return interval !== undefined && (sign > 0 ? interval.low > 0 : interval.high < 0);
      })
      .map(({ row, change }) => `${row.label} (${change === undefined ? "" : meanCell(change, 1, true)})`);
  const [further, closer] = [clear(1), clear(-1)];
  const rest = variants.length - further.length - closer.length;
  return [
    `"${defaultRow}" ends ${base === undefined ? "n/a" : meanCell(base.gap, 1)} points (Avg. Gap) from the retrained model over ${seeds.length} ${seeds.length === 1 ? "seed" : "seeds"}.`,
    further.length === 0 ? "" : `Clearly further away: ${further.join(", ")}.`,
    closer.length === 0 ? "" : `Clearly closer: ${closer.join(", ")}.`,
    rest === 0
      ? ""
      : `For ${rest} of ${variants.length} changes the interval holds 0: no evidence of a difference.`,
  ]
    .filter((sentence) => sentence !== "")
    .join(" ");
}

function separated(summaries: readonly StudySummary[]): string {
  let [pairs, apart] = [0, 0];
  summaries.forEach((a, i) => {
    for (const b of summaries.slice(i + 1)) {
      if (a.value !== b.value) continue;
      pairs += 1;
      if (a.gap.interval && b.gap.interval && areSeparate(a.gap.interval, b.gap.interval)) apart += 1;
    }
  });
  const ltu = summaries
    .filter(({ row }) => row.optionSet === "recommended")
    .map(
      ({ row, value, gap }) =>
        `${row.label}${value === undefined ? "" : ` at ${String(value)}`} ${meanCell(gap, 1)}`,
    );
  return [
    ltu.length === 0 ? "" : `Avg. Gap in points: ${ltu.join(", ")}.`,
    `Of ${pairs} pairs of methods with the same data, ${apart} have intervals that do not overlap; the order of the others is not settled.`,
  ]
    .filter((sentence) => sentence !== "")
    .join(" ");
}
