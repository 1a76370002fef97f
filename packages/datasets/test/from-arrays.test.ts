import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { cutSplits, fromArrays, type ArraySource } from "../src/index.ts";

const source: ArraySource = {
  images: [
    [0, 51],
    [255, 102],
    [10, 20],
  ],
  labels: [0, 1, 0],
  imageShape: [1, 2, 1],
  classNames: ["a", "b"],
};

describe("fromArrays", () => {
  it("keeps images in their order, and holds every fifth of each class out", () => {
    const { dataset, parts } = fromArrays(source);
    expect([...dataset.pixels]).toEqual([0, 51, 255, 102, 10, 20]);
    // Class b has one image, which has to train.
    expect([[...parts.train], [...parts.test]]).toEqual([[0, 1], [2]]);
    const many = fromArrays({
      ...source,
      images: Array.from({ length: 20 }, () => [1, 2]),
      labels: Array.from({ length: 20 }, (_, i) => i % 2),
    });
    expect([...many.parts.test]).toEqual([8, 9, 18, 19]);
  });

  it("gives the same data from images, pixels and floats", () => {
    const bytes = Uint8Array.of(0, 51, 255, 102, 10, 20);
    const { images, ...rest } = source;
    const wanted = fromArrays(source).contentHash;
    expect(images).toHaveLength(3);
    const held = fromArrays({ ...rest, pixels: bytes });
    expect(held.dataset.pixels).toBe(bytes);
    const floats = Float32Array.from(bytes, (byte) => byte / 255);
    for (const pixels of [[...bytes], floats, Uint8ClampedArray.from(bytes)]) {
      expect(fromArrays({ ...rest, pixels }).contentHash).toBe(wanted);
    }
    expect(held.contentHash).toBe(wanted);
  });

  it("takes mean and deviation of the training images where none are given", () => {
    const { normalization } = fromArrays({
      ...source,
      images: [
        [0, 255],
        [255, 0],
        [9, 9],
      ],
      sizes: { train: 2, test: 1 },
    });
    expect(normalization).toEqual({ mean: [0.5], std: [0.5] });
    const flat = fromArrays({ ...source, images: [[7, 7], [7, 7], [0, 0]] }); // prettier-ignore
    expect(flat.normalization.std).toEqual([1]);
    const own = { mean: [0.1], std: [0.2] };
    expect(fromArrays({ ...source, normalization: own }).normalization).toBe(own);
  });

  it("puts each image in one part, whatever the labels, and can be cut", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 60 }), (labels) => {
        const { parts } = fromArrays({
          images: labels.map(() => [0]),
          labels,
          imageShape: [1, 1, 1],
          classNames: ["a", "b", "c"],
        });
        expect([...parts.train, ...parts.test].sort((a, b) => a - b)).toEqual(labels.map((_, i) => i));
        for (const label of labels) expect([...parts.train].some((i) => labels[i] === label)).toBe(true);
      }),
    );
    const data = fromArrays({
      ...source,
      images: Array.from({ length: 40 }, (_, i) => [i, i]),
      labels: Array.from({ length: 40 }, (_, i) => i % 2),
    });
    expect(cutSplits(data, { forget: 2, splitSeed: 1 }).forgetSet).toHaveLength(2);
  });

  it("refuses what does not fit, naming it", () => {
    const cases: [Partial<ArraySource>, RegExp][] = [
      [{ pixels: [1] }, /either pixels or images, found both/],
      [{ images: undefined } as unknown as Partial<ArraySource>, /found neither/],
      [{ images: [[1, 2], [3], [4, 5]] }, /expected 2 numbers in each image, found 1 in image 1;/],
      [
        {
          images: [
            [1, 2],
            [3, 4],
            [4, 256],
          ],
        },
        /whole numbers from 0 to 255, found 256 in image 2;/,
      ],
      [
        { images: [[0, 0], Float32Array.of(0, Number.NaN), [0, 0]] },
        /floats from 0 to 1, found NaN in image 1/,
      ],
      [{ labels: [0, 1] }, /expected 4 bytes of pixels for 2 images/],
      [{ labels: [] }, /at least one image, found none/],
      [{ labels: [0, 0.5, 1] }, /whole numbers as labels, found 0.5 for image 1;/],
      [{ labels: [0, 2, 1] }, /expected labels from 0 to 1, found 2 for image 1;/],
      [{ classNames: ["a", "a"] }, /found "a" twice/],
      [{ imageShape: [1, 0, 1] }, /imageShape \[height, width, channels\], found \[1, 0, 1\]/],
      [{ sizes: { train: 3, test: 1 } }, /expected parts of 3 images together, found 3 \+ 0 \+ 1/],
      [
        { parts: { train: Int32Array.of(0, 1), test: Int32Array.of(1) } },
        /each image from 0 to 2 in one part, found 1 twice or outside/,
      ],
      [{ parts: { train: Int32Array.of(0, 1), test: Int32Array.of(3) } }, /found 3 twice or outside/],
      [
        { sizes: { train: 2, test: 1 }, parts: { train: new Int32Array(0), test: new Int32Array(0) } },
        /sizes or parts or none of them, found both/,
      ],
    ];
    for (const [change, message] of cases) {
      expect(() => fromArrays({ ...source, ...change }), `${message}`).toThrow(message);
    }
  });
});
