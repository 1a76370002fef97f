import type { IndexSet } from "@ltu/core";

/** The candidates that are not among some, in their order. O(n). */
export function without(candidates: IndexSet, taken: Iterable<number>): IndexSet {
  const set = new Set(taken);
  // Most candidates share their lowest bits with none that is taken, and need no look into the set.
  const lowest = new Uint8Array(1 << 14);
  for (const index of set) lowest[index & 0x3fff] = 1;
  const left = new Int32Array(candidates.length);
  let size = 0;
  for (let i = 0; i < candidates.length; i++) {
    const index = candidates[i] as number;
    if (lowest[index & 0x3fff] === 0 || !set.has(index)) left[size++] = index;
  }
  return left.slice(0, size);
}
