import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createRng } from "@ltu/core";

import { randomLabelEpochs } from "../src/random-label-training.ts";
import { chiSquare, chiSquareBound } from "./chi-square.ts";

const indexes = (start: number, end: number): Int32Array =>
  Int32Array.from({ length: end - start }, (_, i) => start + i);

describe("randomLabelEpochs", () => {
  it("gives every class of the data the same chance, in either order (chi-square)", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 100 }),
        fc.constantFrom("sequential", "mixed"),
        fc.nat(),
        (classes, order, seed) => {
          const sets = { forgetSet: indexes(0, 60 * classes), retained: indexes(6000, 6010) };
          const plan = randomLabelEpochs(sets, { classes, order, excludeTrueLabel: false });
          const [first] = plan(0, createRng(seed)) as readonly (readonly {
            label?: (position: number, trueLabel: number) => number;
          }[])[];
          const { label } = (first as NonNullable<typeof first>)[0] as {
            label: (p: number, t: number) => number;
          };
          const drawn = Array.from({ length: 60 * classes }, (_, position) => label(position, 0));
          expect(chiSquare(drawn, classes)).toBeLessThan(chiSquareBound(classes));
        },
      ),
      { numRuns: 30 },
    );
  });

  it("draws anew for every epoch, and the same again for the same one", () => {
    const sets = { forgetSet: indexes(0, 50), retained: indexes(50, 60) };
    const plan = randomLabelEpochs(sets, { classes: 10, order: "sequential", excludeTrueLabel: false });
    const labelsOf = (epoch: number): number[] => {
      const [[forget]] = plan(epoch, createRng(1).split(epoch)) as unknown as [
        [{ label: (p: number, t: number) => number }],
      ];
      return Array.from({ length: 50 }, (_, position) => forget.label(position, 0));
    };
    expect(labelsOf(0)).toEqual(labelsOf(0));
    expect(labelsOf(0)).not.toEqual(labelsOf(1));
  });
});
