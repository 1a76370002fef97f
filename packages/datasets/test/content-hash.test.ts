import { createHash } from "node:crypto";

import { describe, expect, it } from "vitest";

import { contentHash, createLoadedData, type LoadedDataSource } from "../src/index.ts";

const source: LoadedDataSource = {
  name: "two",
  imageShape: [1, 2, 1],
  classNames: ["a", "b"],
  pixels: Uint8Array.of(1, 2, 3, 4),
  labels: Int32Array.of(0, 1),
  sizes: { train: 1, test: 1 },
  normalization: { mean: [0.5], std: [0.5] },
  augmentation: "none",
};

describe("contentHash", () => {
  it("changes with pixels, labels, shape, class count and parts, not with names", () => {
    const hash = (change: Partial<LoadedDataSource>) =>
      createLoadedData({ ...source, ...change }).contentHash;
    const wanted = hash({});
    expect(hash({ name: "other", classNames: ["x", "y"], augmentation: "crop-flip" })).toBe(wanted);
    const changed = [
      hash({ pixels: Uint8Array.of(1, 2, 3, 5) }),
      hash({ labels: Int32Array.of(1, 0) }),
      hash({ imageShape: [2, 1, 1] }),
      hash({ classNames: ["a", "b", "c"] }),
      hash({ sizes: { train: 2, test: 0 } }),
      hash({ sizes: { train: 1, val: 1, test: 0 } }),
    ];
    expect(new Set([wanted, ...changed]).size).toBe(7);
  });

  it("is the same with Node's hash, and stays the same from version to version", () => {
    const { dataset, parts, contentHash: wanted } = createLoadedData(source);
    expect(contentHash(dataset, parts, { createSha256: () => createHash("sha256") })).toBe(wanted);
    expect(wanted).toMatchInlineSnapshot(
      `"c8874cc0e84ffbbcd80433102f3bb14d13a91031663d0cda2e25b883b9089b00"`,
    );
  });
});
