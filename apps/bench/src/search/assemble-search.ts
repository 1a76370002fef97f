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
}: Pick<
  Search,
  "name" | "description" | "config" | "seeds" | "shortlist" | "retrain" | "engine" | "versions" | "notes"
> & {
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
    rule: rest.shortlist === undefined ? rule : `${rule}; ${shortlistRule(rest.shortlist, rest.seeds)}`,
    ...rest,
    rows,
    notes: [...notes, ...(searches.some(({ published }) => published.factory === "ltu") ? [attackNote] : [])],
  } satisfies Search);
}

function publishedOf({ published, source, fixed, ranges }: SearchGrid): SearchRow["published"] {
  return { what: published, source, fixed, ranges };
}

function shortlistRule(shortlist: number, [first]: readonly number[]): string {
  return `of each row's configurations the best ${Math.round(shortlist * 100)} % at seed ${first} went on to the other seeds`;
}

function choiceOf(
  label: string,
  trials: readonly SearchTrial[],
  search: Pick<Search, "retrain" | "seeds">,
): SearchRow["choice"] {
  const all = trials.map(({ seeds }) => seeds.map((reading) => searchGap(reading, search)));
  const failed = all.filter((gaps) => gaps.some((gap) => typeof gap !== "number")).length;
  // Those that a shortlist left out are not asked; where it let none go on, all failed at the first seed.
  const complete = all.flatMap((gaps, i) => (gaps.length === search.seeds.length ? [i] : []));
  const places = complete.length > 0 ? complete : all.map((_, i) => i);
  const gaps = places.map((i) => search.seeds.map((_, s) => all[i]?.[s] ?? { reason: "DIVERGED" }));
  try {
    const choice = chooseConfigurations({ [label]: { measuredOn: "validation", seeds: search.seeds, gaps } })[
      label
    ] as Choice;
    const index = places[choice.index] as number;
    return {
      ...choice,
      index,
      tried: trials.length,
      failed,
      options: (trials[index] as SearchTrial).options,
    };
  } catch (error) {
    if (!isLtuError(error) || error.code !== "DIVERGED") throw error;
    return { reason: error.message };
  }
}
