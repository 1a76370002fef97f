import { createRng } from "@ltu/core";
import { describe, expect, it } from "vitest";

import { channelStatistics, createLoadedData, datasets, normalization, synthetic } from "../src/index.ts";

describe("channelStatistics", () => {
  it("pools the pixels of a channel over the images asked for", () => {
    const { dataset } = createLoadedData({
      name: "three",
      imageShape: [1, 2, 2],
      classNames: ["a"],
      // Channel 0: 0, 255 | 255, 255 | 51, 51; channel 1: always 102.
      pixels: Uint8Array.of(0, 102, 255, 102, 255, 102, 255, 102, 51, 102, 51, 102),
      labels: new Int32Array(3),
      sizes: { train: 3, test: 0 },
      normalization: { mean: [0, 0], std: [1, 1] },
      augmentation: "none",
    });
    const { mean, std } = channelStatistics(dataset, Int32Array.of(0, 1));
    expect(mean[0]).toBeCloseTo(0.75, 12);
    expect(std[0]).toBeCloseTo(Math.sqrt(3) / 4, 12);
    expect([mean[1], std[1]]).toEqual([0.4, 0]);
    expect(channelStatistics(dataset, Int32Array.of(2)).mean[0]).toBeCloseTo(0.2, 12);
  });
});

describe("normalization", () => {
  it("has a row for every data set but one's own, with as many means as deviations", () => {
    expect(Object.keys(normalization)).toEqual(
      Object.keys(datasets).filter((name) => name !== "image-folder"),
    );
    for (const { mean, std } of Object.values(normalization)) {
      expect(mean.length).toBe(std.length);
      for (const value of [...mean, ...std]) expect(value).toBeGreaterThan(0);
    }
  });

  it("fits what the generator of synthetic images makes by default", () => {
    for (const seed of [1, 2, 3]) {
      const { dataset, parts, normalization: used } = synthetic({ rng: createRng(seed) });
      const { mean, std } = channelStatistics(dataset, parts.train);
      // One row for every seed, whose pictures differ: within a third of a deviation.
      expect(Math.abs((mean[0] as number) - (used.mean[0] as number))).toBeLessThan(0.05);
      expect(Math.abs((std[0] as number) - (used.std[0] as number))).toBeLessThan(0.05);
    }
  });
});
