import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { resize, type Pixels } from "../../src/images/resize.ts";

const resized = (picture: Pixels, height: number, width: number, fit: "crop" | "stretch" = "stretch") => {
  const out = new Uint8Array(height * width * picture.channels + 2).fill(9);
  resize(picture, { out, start: 1, height, width, fit });
  expect([out[0], out.at(-1)]).toEqual([9, 9]);
  return [...out.subarray(1, -1)];
};
const row = (...data: number[]): Pixels => ({
  data: Uint8Array.from(data),
  width: data.length,
  height: 1,
  channels: 1,
});

describe("resize", () => {
  it("copies a picture of the right size", () => {
    expect(resized(row(1, 2, 3), 1, 3)).toEqual([1, 2, 3]);
  });

  it("interpolates where it enlarges", () => {
    // Centres at 1/4, 3/4, 5/4 and 7/4 of two pixels: ends stay, the middle mixes 3 to 1.
    expect(resized(row(0, 100), 1, 4)).toEqual([0, 25, 75, 100]);
  });

  it("averages over the area where it shrinks", () => {
    // Halved, the triangle reaches two pixels far: weights 3, 3, 1 of 7 for a pixel at the border.
    expect(resized(row(0, 70, 140, 210), 1, 2)).toEqual([50, 160]);
    // One white pixel of 16 columns is not lost, as it is with plain bilinear interpolation.
    const line = row(...Array.from({ length: 16 }, (_, i) => (i === 5 ? 255 : 0)));
    expect(resized(line, 1, 4).reduce((a, b) => a + b)).toBeGreaterThan(50);
  });

  it("cuts out the middle with crop and squeezes with stretch", () => {
    const wide = row(0, 0, 80, 80, 0, 0);
    const two = { ...wide, height: 2, data: Uint8Array.of(...wide.data, ...wide.data) };
    expect(resized(two, 2, 2, "crop")).toEqual([80, 80, 80, 80]);
    expect(resized(two, 1, 1, "stretch")[0]).toBeLessThan(60);
    const tall = { data: Uint8Array.of(0, 80, 80, 0), width: 1, height: 4, channels: 1 };
    expect(resized(tall, 2, 1, "crop")).toEqual([80, 80]);
  });

  it("keeps one colour, stays within the picture's values, and mirrors with it", () => {
    fc.assert(
      fc.property(
        fc.record({
          width: fc.integer({ min: 1, max: 20 }),
          height: fc.integer({ min: 1, max: 20 }),
          channels: fc.constantFrom(1, 3),
        }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom("crop" as const, "stretch" as const),
        fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
        (sides, height, width, fit, stream) => {
          const length = sides.width * sides.height * sides.channels;
          const data = Uint8Array.from({ length }, () => stream.next().value);
          const out = resized({ ...sides, data }, height, width, fit);
          expect(Math.min(...out)).toBeGreaterThanOrEqual(Math.min(...data));
          expect(Math.max(...out)).toBeLessThanOrEqual(Math.max(...data));
          expect(new Set(resized({ ...sides, data: data.fill(77) }, height, width, fit))).toEqual(
            new Set([77]),
          );
        },
      ),
    );
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 10 }),
        (data, width) => {
          const forth = resized(row(...data), 1, width);
          const back = resized(row(...data.toReversed()), 1, width);
          // Sums in another order may round to the neighbour.
          back.toReversed().forEach((value, i) => expect(Math.abs(value - forth[i]!)).toBeLessThanOrEqual(1));
        },
      ),
    );
  });
});
