import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { accuracy, accuracyPercent } from "../src/index.ts";

describe("accuracy", () => {
  it("counts the samples whose largest logit is the true class's", () => {
    expect(accuracy([0, 1, 5, 2, 1, 9], [1, 0, 0], 2)).toBeCloseTo(2 / 3, 12);
    expect(accuracyPercent([0, 1, 5, 2], [1, 0], 2)).toBe(100);
  });

  it("predicts the lowest class on ties", () => {
    expect(accuracy([1, 1, 1], [0], 3)).toBe(1);
    expect(accuracy([0, 1, 1], [2], 3)).toBe(0);
  });

  it("does not depend on a monotone change of the logits", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 3, maxLength: 30 }), (values) => {
        const logits = values.slice(0, 3 * Math.floor(values.length / 3));
        const labels = logits.filter((_, i) => i % 3 === 0).map((value) => Math.abs(value) % 3);
        expect(
          accuracy(
            logits.map((z) => 2 * z + 7),
            labels,
            3,
          ),
        ).toBe(accuracy(logits, labels, 3));
      }),
    );
  });

  it.each([
    ["no sample", [], [], 2, "at least one sample"],
    ["a missing row", [1, 2], [0, 1], 2, "expected 2 x 2 logits, found 2"],
    ["a label that is no class", [1, 2], [2], 2, "from 0 to 1, found 2"],
    ["a diverged model", [1, Number.NaN], [0], 2, "found NaN at sample 0"],
    [
      "an infinite logit, whichever class has it",
      [0, 0, Infinity, 1],
      [0, 1],
      2,
      "found Infinity at sample 1",
    ],
    ["logits of minus infinity", [-Infinity, -Infinity], [0], 2, "found -Infinity at sample 0"],
  ])("refuses %s", (_, logits, labels, classes, message) => {
    expect(() => accuracy(logits, labels, classes)).toThrow(RangeError);
    expect(() => accuracy(logits, labels, classes)).toThrow(message);
  });
});
