import type { IndexSet } from "@ltu/core";

import { labelOf } from "./check-request.ts";

/** The candidates of each class that occurs among them, classes in ascending order. */
export function byClass(
  where: string,
  candidates: IndexSet,
  labels: ArrayLike<number>,
): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (const index of candidates) {
    const label = labelOf(where, labels, index);
    const group = groups.get(label);
    if (group === undefined) groups.set(label, [index]);
    else group.push(index);
  }
  return new Map([...groups].sort(([a], [b]) => a - b));
}
