import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createRng } from "@ltu/core";

import { drawLabels } from "../src/draw-labels.ts";

/** How often each class was drawn for samples whose true label is `trueLabel`. */
const counts = (count: number, classes: number, excludeTrueLabel: boolean, trueLabel: number): number[] => {
  const label = drawLabels(count, { classes, excludeTrueLabel, rng: createRng(11) });
  const found = Array.from({ length: classes }, () => 0);
  for (let position = 0; position < count; position++) {
    const drawn = label(position, trueLabel);
    found[drawn] = (found[drawn] as number) + 1;
  }
  return found;
};

describe("drawLabels", () => {
  it("draws every class of the data alike, the true one too", () => {
    const found = counts(12_000, 4, false, 2);
    expect(found).toHaveLength(4);
    // Five standard deviations of a binomial count with share 1/4.
    for (const n of found) expect(Math.abs(n - 3000)).toBeLessThan(5 * Math.sqrt(12_000 * 0.25 * 0.75));
  });

  it("draws every class but the true one alike where that is asked for", () => {
    const found = counts(12_000, 4, true, 2);
    expect(found[2]).toBe(0);
    for (const k of [0, 1, 3]) {
      expect(Math.abs((found[k] as number) - 4000)).toBeLessThan(5 * Math.sqrt(12_000 * (1 / 3) * (2 / 3)));
    }
  });

  it("stays in the range of the data's classes, whatever their number, and answers the same twice", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 200 }),
        fc.boolean(),
        fc.nat(),
        (classes, excludeTrueLabel, seed) => {
          const label = drawLabels(20, { classes, excludeTrueLabel, rng: createRng(seed) });
          for (let position = 0; position < 20; position++) {
            const trueLabel = position % classes;
            const drawn = label(position, trueLabel);
            expect(drawn >= 0 && drawn < classes).toBe(true);
            if (excludeTrueLabel) expect(drawn).not.toBe(trueLabel);
            expect(label(position, trueLabel)).toBe(drawn);
          }
        },
      ),
    );
  });
});
