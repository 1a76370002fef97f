import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { relearnRatio, relearnSteps, relearnTime } from "../src/index.ts";

describe("relearnSteps", () => {
  it("is the first step at or below the target, whatever comes after", () => {
    expect(relearnSteps([2, 1, 0.5, 0.9], { target: 0.5 })).toBe(2);
    expect(relearnSteps([0.1, 2], { target: 0.5 })).toBe(0);
  });

  it("does not grow with the target", () => {
    const losses = fc.array(fc.double({ min: 0, max: 5, noNaN: true }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(losses, fc.double({ min: 0, max: 5, noNaN: true }), (curve, target) => {
        const [strict, easy] = [relearnSteps(curve, { target }), relearnSteps(curve, { target: target + 1 })];
        if (typeof strict === "number") expect(easy).toBeLessThanOrEqual(strict);
      }),
    );
  });

  it("is censored, not the length of the run, when the target was not reached", () => {
    expect(relearnSteps([2, 1.5, 1], { target: 0.5 })).toEqual({
      reason: "CENSORED",
      detail: "above 0.5 after 2 steps",
    });
  });

  it("refuses an empty curve, a diverged loss and a target that is none", () => {
    expect(() => relearnSteps([], { target: 1 })).toThrow(/at least one number in losses/);
    expect(() => relearnSteps([2, Number.NaN], { target: 1 })).toThrow(
      /losses must be finite, found NaN at 1/,
    );
    expect(() => relearnSteps([2], { target: Infinity })).toThrow(/target must be finite/);
  });
});

describe("relearnRatio", () => {
  it("divides by the retrained model's steps and has a reason where that cannot be", () => {
    expect(relearnRatio(6, 12)).toBe(0.5);
    expect(relearnRatio(0, 8)).toBe(0);
    expect(relearnRatio(4, 0)).toMatchObject({ reason: "DEGENERATE" });
    expect(relearnRatio({ reason: "CENSORED", detail: "x" }, 8)).toEqual({
      reason: "CENSORED",
      detail: "the unlearned model: x",
    });
    expect(relearnRatio(3, { reason: "CENSORED" })).toEqual({
      reason: "CENSORED",
      detail: "the retrained model",
    });
    expect(() => relearnRatio(-1, 8)).toThrow(/at least 0, found -1/);
  });
});

describe("relearnTime", () => {
  it("keeps the curves beside the numbers", () => {
    const found = relearnTime(Float32Array.of(1, 0.25), [1, 0.5, 0.25], { target: 0.25 });
    expect(found).toEqual({
      target: 0.25,
      stepsUnlearned: 1,
      stepsRetrained: 2,
      ratio: 0.5,
      curves: { unlearned: [1, 0.25], retrained: [1, 0.5, 0.25] },
    });
  });
});
