import type { IndexSet } from "@ltu/core";

import { labelOf } from "./check-request.ts";

/** The candidates of each class that occurs among them, classes in ascending order, candidates in theirs. O(n). */
export function byClass(
  where: string,
  candidates: IndexSet,
  labels: ArrayLike<number>,
): Map<number, IndexSet> {
  // First how many there are of each class, then each to its place: no array grows.
  const places: number[] = []; // by label; an array is several times faster here than a Map
  const found: [label: number, place: number][] = [];
  const placeOf = new Int32Array(candidates.length);
  const counts: number[] = [];
  for (let i = 0; i < candidates.length; i++) {
    const label = labelOf(where, labels, candidates[i] as number);
    let place = places[label];
    if (place === undefined) {
      place = counts.push(0) - 1;
      places[label] = place;
      found.push([label, place]);
    }
    placeOf[i] = place;
    counts[place] = (counts[place] as number) + 1;
  }
  const groups = counts.map((count) => new Int32Array(count));
  const filled = new Int32Array(counts.length);
  for (let i = 0; i < candidates.length; i++) {
    const place = placeOf[i] as number;
    const at = filled[place] as number;
    (groups[place] as Int32Array)[at] = candidates[i] as number;
    filled[place] = at + 1;
  }
  found.sort(([a], [b]) => a - b);
  return new Map(found.map(([label, place]) => [label, groups[place] as Int32Array]));
}
