import { describe, expect, it } from "vitest";

import { createRng, type Unlearner } from "@ltu/core";

import { influenceUnlearning, l1Sparse, randomLabelEpochs } from "../../src/index.ts";
import { chiSquare, chiSquareBound } from "../chi-square.ts";

/** The port: one table of defaults for all methods, where a strength of 0.2 means two things. */
const sharedDefaults = { alpha: 0.2, numClasses: 10 };
const ported = {
  influence: { options: { alpha: sharedDefaults.alpha } },
  l1: { options: { gamma: sharedDefaults.alpha } },
};

/** The check: the default of each is within the range that is published for it. */
const isInRange = ({ influence, l1 }: Record<"influence" | "l1", Pick<Unlearner, "options">>): boolean => {
  const [alpha, gamma] = [influence.options["alpha"] as number, l1.options["gamma"] as number];
  return alpha >= 1 && alpha <= 20 && gamma >= 1e-6 && gamma <= 1e-4;
};

/** Labels of one epoch of random labels on data of `classes` classes. */
function labelsFor(classes: number): number[] {
  const sets = { forgetSet: new Int32Array(50 * classes), retained: Int32Array.of(1) };
  const plan = randomLabelEpochs(sets, { classes, order: "sequential", excludeTrueLabel: false });
  const [[forget]] = plan(0, createRng(5)) as unknown as [[{ label: (p: number, t: number) => number }]];
  return Array.from({ length: 50 * classes }, (_, position) => forget.label(position, 0));
}

describe("fault 25: defaults shared by methods with other scales, and ten classes whatever the data", () => {
  it("is caught in a faithful port", () => {
    expect(isInRange(ported)).toBe(false);
    const rng = createRng(5);
    for (const classes of [4, 100]) {
      const labels = Array.from({ length: 50 * classes }, () => rng.integer(sharedDefaults.numClasses));
      expect(chiSquare(labels, classes)).toBeGreaterThan(chiSquareBound(classes));
    }
  });

  it("is not in ours: each method has its own, and refuses the other's", () => {
    expect(isInRange({ influence: influenceUnlearning(), l1: l1Sparse() })).toBe(true);
    expect(() => l1Sparse({ alpha: 0.2 } as never)).toThrow(/found "alpha"/);
    expect(() => influenceUnlearning({ gamma: 0.2 } as never)).toThrow(/found "gamma"/);
    for (const classes of [4, 100])
      expect(chiSquare(labelsFor(classes), classes)).toBeLessThan(chiSquareBound(classes));
  });
});
