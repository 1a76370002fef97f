import { LtuError, type IndexSet } from "@ltu/core";

/** Refuses a count that the candidates cannot give. */
export function checkCount(where: string, candidates: IndexSet, count: number): void {
  if (!Number.isInteger(count) || count < 0 || count > candidates.length) {
    throw new LtuError(
      "OPTION",
      `${where}: count must be a whole number from 0 to the number of candidates, ${candidates.length}, found ${count}; ask for fewer samples or give more candidates.`,
    );
  }
}

/** The label of a sample, or an error that says it is missing. */
export function labelOf(where: string, labels: ArrayLike<number>, index: number): number {
  const label = labels[index];
  if (label === undefined || !Number.isInteger(label)) {
    throw new LtuError(
      "DATA",
      `${where}: statistics.labels must hold a class for every candidate, found ${label} at index ${index}; pass the labels of the whole data set.`,
    );
  }
  return label;
}
