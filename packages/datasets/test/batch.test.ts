import { createRng } from "@ltu/core";
import { memory } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { drawCropFlip } from "../src/augment.ts";
import { createBatches, createLoadedData } from "../src/index.ts";

/** Images whose first two pixels spell their index, so that none can be taken for another. */
const size = 300;
const { dataset } = createLoadedData({
  name: "numbered",
  imageShape: [6, 6, 1],
  classNames: ["a", "b", "c"],
  pixels: Uint8Array.from({ length: size * 36 }, (_, p) => {
    const index = Math.floor(p / 36);
    return p % 36 === 0 ? index & 255 : p % 36 === 1 ? index >> 8 : (p * 7) % 256;
  }),
  labels: Int32Array.from({ length: size }, (_, i) => i % 3),
  sizes: { train: size, test: 0 },
  normalization: { mean: [0.5], std: [0.5] },
  augmentation: "crop-flip",
});
const batches = createBatches(dataset, { augmentation: "crop-flip" });

/** The values of a batch, which is disposed. */
const valuesOf = async (...call: Parameters<typeof batches>): Promise<number[]> => {
  const { images } = batches(...call);
  const values = await images.data();
  images.dispose();
  return [...values];
};

describe("createBatches", () => {
  it("gives pixels in [0, 1], labels and indexes in the order asked for", async () => {
    const indexes = Int32Array.of(257, 3);
    const { images, labels, indexes: same } = batches(indexes);
    expect(images.shape).toEqual([2, 6, 6, 1]);
    expect([...labels]).toEqual([257 % 3, 0]);
    expect(same).toBe(indexes);
    const values = await images.data();
    images.dispose();
    expect([values[0], values[1], values[36], values[37]].map((value) => Math.round(value! * 255))).toEqual([
      1, 1, 3, 0,
    ]);
    // All pixels, bit for bit.
    const bytes = [257, 3].flatMap((index) => [...dataset.pixels.subarray(index * 36, (index + 1) * 36)]);
    expect([...values]).toEqual(bytes.map((byte) => Math.fround(byte / 255)));
    expect(Math.max(...values)).toBeLessThanOrEqual(1);
    expect(batches.classes).toBe(3);
    expect(batches.imageShape).toEqual([6, 6, 1]);
  });

  it("makes one tensor, which is the caller's", () => {
    const before = memory().numTensors;
    const { images } = batches(Int32Array.of(0));
    expect(memory().numTensors).toBe(before + 1);
    images.dispose();
  });

  it("augments only when asked to, and only data that has an augmentation", async () => {
    const indexes = Int32Array.from({ length: 20 }, (_, i) => i);
    const plain = await valuesOf(indexes);
    expect(await valuesOf(indexes, {})).toEqual(plain);
    expect(await valuesOf(indexes, { augment: createRng(1) })).not.toEqual(plain);
    const without = createBatches(dataset)(indexes, { augment: createRng(1) }).images;
    expect([...(await without.data())]).toEqual(plain);
    without.dispose();
  });

  it("gives, bit for bit, what padding, cutting and mirroring pixel by pixel gives", async () => {
    const [height, width, channels] = [5, 7, 3];
    const pixels = Uint8Array.from(
      { length: 12 * height * width * channels },
      (_, p) => (p * 89 + (p >> 3)) % 256,
    );
    const colour = createLoadedData({
      name: "colour",
      imageShape: [height, width, channels],
      classNames: ["a"],
      pixels,
      labels: new Int32Array(12),
      sizes: { train: 12, test: 0 },
      normalization: { mean: [0, 0, 0], std: [1, 1, 1] },
      augmentation: "crop-flip",
    });
    await fc.assert(
      fc.asyncProperty(fc.nat(10_000), async (seed) => {
        const indexes = createRng(seed).split("order").permutation(12);
        const draws = createRng(seed).split("augment");
        const wanted: number[] = [];
        for (const index of indexes) {
          const { top, left, flipped } = drawCropFlip(draws);
          for (let y = 0; y < height; y++) {
            for (let x = 0; x < width; x++) {
              const [row, column] = [y + top - 4, (flipped ? width - 1 - x : x) + left - 4];
              const inside = row >= 0 && row < height && column >= 0 && column < width;
              for (let channel = 0; channel < channels; channel++) {
                const at = ((index * height + row) * width + column) * channels + channel;
                wanted.push(inside ? Math.fround((pixels[at] as number) / 255) : 0);
              }
            }
          }
        }
        const source = createBatches(colour.dataset, { augmentation: "crop-flip" });
        const { images } = source(indexes, { augment: createRng(seed).split("augment") });
        const found = await images.data();
        images.dispose();
        expect([...found]).toEqual(wanted);
      }),
      { numRuns: 30 },
    );
  });

  it("gives the same images the same pixels however they are cut into batches", async () => {
    const indexes = createRng(5).permutation(40);
    const whole = await valuesOf(indexes, { augment: createRng(6) });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 }), async (batch) => {
        const augment = createRng(6);
        const pieces: number[] = [];
        for (let i = 0; i < 40; i += batch) {
          pieces.push(...(await valuesOf(indexes.subarray(i, i + batch), { augment })));
        }
        expect(pieces).toEqual(whole);
      }),
      { numRuns: 10 },
    );
    expect(await valuesOf(indexes, { augment: createRng(7) })).not.toEqual(whole);
  });

  // Public code kept drawing the first batch.
  it("visits each image once in an epoch, and in another order in the next", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1000), fc.integer({ min: 1, max: 64 }), async (seed, batch) => {
        const epoch = async (e: number): Promise<number[]> => {
          const order = createRng(seed).split(`epoch/${e}`).permutation(size);
          const seen: number[] = [];
          for (let i = 0; i < size; i += batch) {
            const indexes = order.subarray(i, i + batch);
            const { images, labels } = batches(indexes);
            const values = await images.data();
            images.dispose();
            indexes.forEach((index, row) => {
              seen.push(Math.round(values[row * 36]! * 255) + 256 * Math.round(values[row * 36 + 1]! * 255));
              expect(labels[row]).toBe(index % 3);
            });
          }
          expect(seen).toEqual([...order]);
          return seen;
        };
        const [first, second] = [await epoch(0), await epoch(1)];
        expect(new Set(first).size).toBe(size);
        expect([...second].sort((a, b) => a - b)).toEqual([...first].sort((a, b) => a - b));
        expect(second).not.toEqual(first);
      }),
      { numRuns: 10 },
    );
  });

  it("refuses an index outside the data, naming it", () => {
    for (const index of [-1, size, 70_000]) {
      expect(() => batches(Int32Array.of(0, index))).toThrow(
        `createBatches: an index must be from 0 to 299 (numbered), found ${index} at position 1; take indexes from splits of this data set.`,
      );
    }
  });

  it("refuses an augmentation that it does not know", () => {
    expect(() => createBatches(dataset, { augmentation: "flip" as "none" })).toThrow(/found "flip"/);
  });
});
