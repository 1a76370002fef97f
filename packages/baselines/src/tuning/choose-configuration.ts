import { LtuError } from "@ltu/core";

/** Why a configuration has no gap at a seed: it diverged, or its metrics could not be had. */
export interface FailedTrial {
  readonly reason: string;
}

/** What the search of one method came to. */
export interface Search {
  /** Which images stood in place of the test set when the gaps were measured. */
  readonly measuredOn: "validation";
  /** Pilot seeds, none of which is reported on. */
  readonly seeds: readonly number[];
  /** For each configuration, in the order tried, its Avg. Gap at each seed. */
  readonly gaps: readonly (readonly (number | FailedTrial)[])[];
}

/** The configuration to report with. */
export interface Choice {
  /** Position among the configurations tried. */
  readonly index: number;
  /** Its mean Avg. Gap over the pilot seeds, on the validation set. */
  readonly meanGap: number;
  readonly tried: number;
  /** Configurations that failed at one seed at least, and were left out. */
  readonly failed: number;
}

/**
 * The one selection rule, for all methods of a comparison: of each method's configurations the one with the smallest
 * mean Avg. Gap over the pilot seeds, measured with validation images in place of test images; of equal ones the first.
 * A configuration that failed at any seed is counted and left out. Every method must have had the same budget: as many
 * configurations, at the same seeds.
 *
 * @param searches - By method.
 * @returns By method, its choice.
 * @throws LtuError `OPTION` for unequal budgets and searches that are not complete, `FIREWALL` for gaps measured on
 *   anything but the validation set, `DIVERGED` for a method whose configurations failed one and all.
 *
 * Source: the way SalUn's authors say that they select: grid search, smallest average gap (issue 4 of
 * OPTML-Group/Unlearn-WorstCase).
 *
 * @example
 * ```ts
 * import { chooseConfigurations } from "@ltu/baselines";
 *
 * const pilot = { measuredOn: "validation", seeds: [101, 102] };
 * const { finetune } = chooseConfigurations({
 *   finetune: { ...pilot, gaps: [[4, 5], [3, 2], [1, { reason: "DIVERGED" }]] },
 * });
 * console.log(finetune.index, finetune.meanGap, finetune.failed); // → 1 2.5 1
 * ```
 */
export function chooseConfigurations(
  searches: Readonly<Record<string, Search>>,
): Readonly<Record<string, Choice>> {
  const entries = Object.entries(searches);
  const [first] = entries;
  for (const [method, search] of entries) {
    checkSearch(method, search);
    const [reference, budget] = first as [string, Search];
    for (const [what, own, others] of [
      ["configurations", search.gaps.length, budget.gaps.length],
      ["pilot seeds", search.seeds.join(", "), budget.seeds.join(", ")],
    ] as const) {
      if (own === others) continue;
      throw new LtuError(
        "OPTION",
        `selection: every method needs the same budget, found ${what} ${own} for ${method} and ${others} for ${reference}; search both alike.`,
      );
    }
  }
  return Object.fromEntries(entries.map(([method, search]) => [method, choiceOf(method, search)]));
}

function checkSearch(method: string, { measuredOn, seeds, gaps }: Search): void {
  if ((measuredOn as string) !== "validation") {
    throw new LtuError(
      "FIREWALL",
      `selection: expected gaps of ${method} measured on the validation set, found ${JSON.stringify(measuredOn)}; test images are for the report alone.`,
    );
  }
  const incomplete = gaps.findIndex((row) => row.length !== seeds.length);
  if (seeds.length === 0 || gaps.length === 0 || incomplete >= 0) {
    const found =
      incomplete >= 0 ? `${gaps[incomplete]?.length} for configuration ${incomplete + 1}` : "none";
    throw new LtuError(
      "OPTION",
      `selection: expected a gap of ${method} for each configuration at each of ${seeds.length} pilot seeds, found ${found}; finish the search.`,
    );
  }
}

function choiceOf(method: string, { gaps }: Search): Choice {
  const means = gaps.map((row) =>
    row.every((gap) => typeof gap === "number" && Number.isFinite(gap))
      ? (row as readonly number[]).reduce((total, gap) => total + gap, 0) / row.length
      : undefined,
  );
  const found = means.filter((mean) => mean !== undefined);
  if (found.length === 0) {
    throw new LtuError(
      "DIVERGED",
      `selection: expected a configuration of ${method} that works, found that all ${gaps.length} failed; search another range.`,
    );
  }
  const meanGap = Math.min(...found);
  return {
    index: means.indexOf(meanGap),
    meanGap,
    tried: gaps.length,
    failed: gaps.length - found.length,
  };
}
