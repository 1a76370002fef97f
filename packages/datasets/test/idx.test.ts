import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { encodeIdx, parseIdx } from "../src/index.ts";

describe("parseIdx", () => {
  it("reads shape and bytes, also behind another array", () => {
    const bytes = Uint8Array.of(
      0,
      0,
      8,
      2,
      0,
      0,
      0,
      2,
      0,
      0,
      0,
      3,
      1,
      2,
      3,
      4,
      5,
      6,
      0,
      0,
      8,
      1,
      0,
      0,
      0,
      1,
      9,
    );
    const first = parseIdx(bytes);
    expect(first.shape).toEqual([2, 3]);
    expect([...first.data]).toEqual([1, 2, 3, 4, 5, 6]);
    const second = parseIdx(bytes, first.end);
    expect([...second.shape, ...second.data]).toEqual([1, 9]);
    expect(second.end).toBe(bytes.length);
  });

  it("gives back what encodeIdx wrote, and refuses every shorter file", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
        fc.nat(),
        (shape, cut) => {
          const length = shape.reduce((a, b) => a * b, 1);
          const data = Uint8Array.from({ length }, (_, i) => (i * 37) % 256);
          const bytes = encodeIdx(shape, data);
          expect(parseIdx(bytes).shape).toEqual(shape);
          expect(parseIdx(bytes).data).toEqual(data);
          expect(() => parseIdx(bytes.subarray(0, cut % bytes.length))).toThrow(/parseIdx: expected/);
        },
      ),
    );
  });

  it("refuses another type of numbers", () => {
    expect(() => parseIdx(Uint8Array.of(0, 0, 13, 1, 0, 0, 0, 0))).toThrow(/magic number.*found 0xd01/);
  });
});
