import { describe, expect, it } from "vitest";

import { mislabelled } from "../../src/index.ts";

describe("mislabelled", () => {
  it("takes the training images whose labels differ", () => {
    const labels = Int32Array.of(0, 1, 2, 3, 4);
    const noisyLabels = Int32Array.of(1, 1, 0, 3, 0);
    expect([...mislabelled(Int32Array.of(3, 2, 0, 1), { labels, noisyLabels })]).toEqual([0, 2]);
  });

  it("refuses labels that agree, or differ everywhere, or are of two lengths", () => {
    const trainSet = Int32Array.of(0, 1);
    const forget = (labels: number[], noisy: number[]) => () =>
      mislabelled(trainSet, { labels: Int32Array.from(labels), noisyLabels: Int32Array.from(noisy) });
    expect(forget([0, 1, 2], [0, 1, 0])).toThrow(
      /some of the 2 training images, and not all.*found 0; poisonLabels/,
    );
    expect(forget([0, 1], [1, 0])).toThrow(/found 2/);
    expect(forget([0, 1], [0])).toThrow(/noisyLabels must hold 2 labels, as labels does, found 1/);
    expect(forget([0], [0])).toThrow(/labels must hold one label/);
  });
});
