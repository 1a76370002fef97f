import type { DatasetParts } from "./dataset-parts.ts";

/**
 * Parts for data whose publisher named none: every fifth image of each class, in the order of the data, is a test
 * image, and so is the last of a class that has two to four; the others are training images.
 */
export function everyFifthForTest(labels: Int32Array): DatasetParts {
  const ofClass = new Map<number, number>();
  for (const label of labels) ofClass.set(label, (ofClass.get(label) ?? 0) + 1);
  const seen = new Map<number, number>();
  const train: number[] = [];
  const test: number[] = [];
  labels.forEach((label, index) => {
    const count = (seen.get(label) ?? 0) + 1;
    const all = ofClass.get(label) as number;
    seen.set(label, count);
    const forTest = all < 5 ? count === all && all > 1 : count % 5 === 0;
    (forTest ? test : train).push(index);
  });
  return { train: Int32Array.from(train), test: Int32Array.from(test) };
}
