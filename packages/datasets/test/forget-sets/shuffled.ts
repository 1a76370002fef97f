import { createRng, type IndexSet } from "@ltu/core";
import { expect } from "vitest";

/** A training set that is not the first images of its data set: 3, 10, 17, ... */
export function someTrainSet(size: number): IndexSet {
  return Int32Array.from({ length: size }, (_, i) => 7 * i + 3);
}

/** The training set and the rows that belong to its images, in another order. */
export function shuffled(
  trainSet: IndexSet,
  rows: Float32Array,
  seed: number,
): { trainSet: IndexSet; rows: Float32Array } {
  const width = rows.length / trainSet.length;
  const order = createRng(seed).split("shuffle").permutation(trainSet.length);
  return {
    trainSet: order.map((row) => trainSet[row] as number),
    rows: Float32Array.from([...order].flatMap((row) => [...rows.subarray(row * width, (row + 1) * width)])),
  };
}

/** What every forget set is: training images, none twice, as many as asked. */
export function expectForgetSet(forgetSet: IndexSet, trainSet: IndexSet, count: number): void {
  expect(forgetSet).toBeInstanceOf(Int32Array);
  expect(forgetSet.length).toBe(count);
  expect(new Set(forgetSet).size).toBe(count);
  const allowed = new Set(trainSet);
  expect(forgetSet.every((index) => allowed.has(index))).toBe(true);
}
