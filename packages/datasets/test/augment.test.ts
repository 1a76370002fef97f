import { createRng } from "@ltu/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { cropFlip, drawCropFlip } from "../src/augment.ts";

const show = (
  pixels: readonly number[],
  imageShape: readonly [number, number, number],
  crop: { top: number; left: number; flipped: boolean },
): number[] => {
  const values = new Float32Array(pixels.length);
  cropFlip({ pixels: Uint8Array.from(pixels), start: 0 }, { values, start: 0 }, { crop, imageShape });
  return Array.from(values, (value) => Math.round(value * 255));
};

describe("cropFlip", () => {
  const image = [1, 2, 3, 4, 5, 6]; // two rows of three

  it("shows the image itself from the middle, and its mirror", () => {
    expect(show(image, [2, 3, 1], { top: 4, left: 4, flipped: false })).toEqual(image);
    expect(show(image, [2, 3, 1], { top: 4, left: 4, flipped: true })).toEqual([3, 2, 1, 6, 5, 4]);
  });

  it("shifts, and fills with zeros", () => {
    // One pixel further right and one further down in the padded image: what was there moves left and up.
    expect(show(image, [2, 3, 1], { top: 5, left: 5, flipped: false })).toEqual([5, 6, 0, 0, 0, 0]);
    expect(show(image, [2, 3, 1], { top: 3, left: 3, flipped: false })).toEqual([0, 0, 0, 0, 1, 2]);
    expect(show(image, [2, 3, 1], { top: 5, left: 5, flipped: true })).toEqual([0, 6, 5, 0, 0, 0]);
    expect(show(image, [2, 3, 1], { top: 8, left: 0, flipped: false })).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("keeps the channels of a pixel together", () => {
    expect(show([1, 2, 3, 4, 5, 6], [1, 2, 3], { top: 4, left: 4, flipped: true })).toEqual([
      4, 5, 6, 1, 2, 3,
    ]);
  });

  it("agrees with padding, cutting and mirroring step by step", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 3 }),
        fc.nat(8),
        fc.nat(8),
        fc.boolean(),
        (height, width, channels, top, left, flipped) => {
          const pixels = Array.from({ length: height * width * channels }, (_, i) => 1 + ((i * 41) % 255));
          const at = (y: number, x: number, channel: number): number => {
            const [row, column] = [y + top - 4, (flipped ? width - 1 - x : x) + left - 4];
            const inside = row >= 0 && row < height && column >= 0 && column < width;
            return inside ? (pixels[(row * width + column) * channels + channel] as number) : 0;
          };
          const wanted = pixels.map((_, i) => {
            const [pixel, channel] = [Math.floor(i / channels), i % channels];
            return at(Math.floor(pixel / width), pixel % width, channel);
          });
          expect(show(pixels, [height, width, channels], { top, left, flipped })).toEqual(wanted);
        },
      ),
    );
  });
});

describe("drawCropFlip", () => {
  it("draws each of the 162 cases equally often", () => {
    const rng = createRng(1);
    const counts = new Map<string, number>();
    const draws = 32_400;
    for (let i = 0; i < draws; i++) {
      const { top, left, flipped } = drawCropFlip(rng);
      const key = `${top} ${left} ${flipped}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(9 * 9 * 2);
    // Mean 200, standard deviation 14: five deviations.
    for (const count of counts.values()) expect(Math.abs(count - 200)).toBeLessThan(71);
  });
});
