import { describe, expect, it } from "vitest";

import { createLoadedData, type LoadedDataSource } from "../src/index.ts";

const source: LoadedDataSource = {
  name: "three",
  imageShape: [1, 1, 2],
  classNames: ["a", "b"],
  pixels: Uint8Array.of(1, 2, 3, 4, 5, 6),
  labels: Int32Array.of(0, 1, 1),
  sizes: { train: 1, val: 1, test: 1 },
  normalization: { mean: [0.5, 0.5], std: [0.5, 0.5] },
  augmentation: "none",
};

describe("createLoadedData", () => {
  it("cuts the parts in order and holds the arrays it was given", () => {
    const { dataset, parts } = createLoadedData(source);
    expect([...parts.train, ...(parts.val ?? []), ...parts.test]).toEqual([0, 1, 2]);
    expect(dataset.pixels).toBe(source.pixels);
    expect(createLoadedData({ ...source, sizes: { train: 2, test: 1 } }).parts.val).toBeUndefined();
  });

  it("refuses what does not fit, naming it", () => {
    const cases: [Partial<LoadedDataSource>, RegExp][] = [
      [{ pixels: new Uint8Array(5) }, /three: expected 6 bytes of pixels for 3 images of 1x1x2, found 5;/],
      [{ sizes: { train: 1, test: 1 } }, /expected parts of 3 images together, found 1 \+ 0 \+ 1;/],
      // Together they are three, and yet no part holds what it says.
      [{ sizes: { train: 4, test: -1 } }, /expected sizes in whole images, found 4 \+ 0 \+ -1;/],
      [{ sizes: { train: 1.5, test: 1.5 } }, /expected sizes in whole images, found 1\.5 \+ 0 \+ 1\.5;/],
      [{ classNames: ["a", "b", "a"] }, /expected a name of its own for each class, found "a" twice;/],
      [{ normalization: { mean: [0.5], std: [0.5] } }, /expected 2 means and deviations/],
      [{ labels: Int32Array.of(0, 2, 1) }, /expected labels from 0 to 1, found 2 for image 1;/],
      [{ labels: Int32Array.of(0, 1, -1) }, /found -1 for image 2;/],
    ];
    for (const [change, message] of cases) {
      expect(() => createLoadedData({ ...source, ...change })).toThrow(message);
    }
  });
});
