import { chooseConfigurations, type Choice, type SearchGrid } from "@ltu/baselines";
import { isLtuError } from "@ltu/core";
import {
  parseSearch,
  searchGap,
  searchVersion,
  type Search,
  type SearchRow,
  type SearchTrial,
} from "@ltu/report";
import type { Json } from "@ltu/runner";

import type { RowSearch } from "./plan-search.ts";

const rule =
  "smallest mean Avg. Gap over the pilot seeds, validation images in place of test images; of equal ones the first; configurations that failed are left out";
const attackNote =
  "ltu: its attacks were fitted with the same validation images as non-members, so they are not fresh to it.";

/** Collects the trials of a search, and lets the rule choose. */
export function assembleSearch({
  searches,
  trials,
  notes,
  ...rest
}: Pick<Search, "name" | "description" | "config" | "seeds" | "retrain" | "engine" | "versions" | "notes"> & {
  readonly searches: readonly RowSearch[];
  /** By row, by configuration. */
  readonly trials: readonly (readonly SearchTrial[])[];
}): Search {
  const rows = searches.map(({ row, published, grid }, r): SearchRow => {
    const tried = trials[r] as readonly SearchTrial[];
    return {
      label: row.label,
      method: row.method,
      base: JSON.parse(JSON.stringify(row.options)) as Record<string, Json>,
      fixed: grid.fixed,
      ranges: grid.ranges,
      published: publishedOf(published),
      trials: tried,
      choice: choiceOf(row.label, tried, rest),
    };
  });
  // Checked like any file that is read, so that nothing is written that cannot be read again.
  return parseSearch({
    schemaVersion: searchVersion,
    kind: "search",
    measuredOn: "validation",
    rule,
    ...rest,
    rows,
    notes: [...notes, ...(searches.some(({ published }) => published.factory === "ltu") ? [attackNote] : [])],
  } satisfies Search);
}

function publishedOf({ published, source, fixed, ranges }: SearchGrid): SearchRow["published"] {
  return { what: published, source, fixed, ranges };
}

function choiceOf(
  label: string,
  trials: readonly SearchTrial[],
  search: Pick<Search, "retrain" | "seeds">,
): SearchRow["choice"] {
  const gaps = trials.map(({ seeds }) => seeds.map((reading) => searchGap(reading, search)));
  try {
    const choice = chooseConfigurations({ [label]: { measuredOn: "validation", seeds: search.seeds, gaps } })[
      label
    ] as Choice;
    return { ...choice, options: trials[choice.index]?.options as SearchTrial["options"] };
  } catch (error) {
    if (!isLtuError(error) || error.code !== "DIVERGED") throw error;
    return { reason: error.message };
  }
}
