import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { liraScores, logSurvival, type LiraOptions } from "../../src/evaluators/index.ts";
import { anySignals, anyTarget, oneSample, reordered } from "./shadows.ts";

const forms = ["online", "offline", "offlineDensity"] as const;
const of = (...values: number[]): Float64Array => Float64Array.from(values);

describe("liraScores", () => {
  it("is the log of the ratio of two normal densities", () => {
    // IN: mean 4, spread 1. OUT: mean 0, spread 2. At phi = 3: -1/2 - [-(9/4)/2 - log 2] = 0.625 + log 2.
    const { scores, kind } = liraScores(of(3), oneSample([3, 5], [-2, 2]), {
      location: "mean",
      variance: "perSample",
    });
    expect(scores[0]).toBeCloseTo(0.625 + Math.log(2), 12);
    expect(kind).toBe("perExample");
  });

  it("is one-sided offline: far below OUT is no member, though the two-sided form of reference code says so", () => {
    const shadows = oneSample([], [-1, 1]);
    const at = (phi: number, form: LiraOptions["form"]): number =>
      liraScores(of(phi), shadows, { ...(form && { form }), variance: "perSample" }).scores[0] as number;
    expect(at(0, "offline")).toBeCloseTo(Math.log(2), 12);
    expect(at(40, "offline")).toBeCloseTo(-logSurvival(40), 6);
    expect(at(-40, "offline")).toBeLessThan(at(0, "offline"));
    expect(at(-40, "offlineDensity")).toBeGreaterThan(at(0, "offlineDensity"));
  });

  it("pools the variance below 16 models a side and says so", () => {
    const few = oneSample(
      Array.from({ length: 15 }, (_, i) => i),
      Array.from({ length: 30 }, (_, i) => -i),
    );
    const many = oneSample(
      Array.from({ length: 16 }, (_, i) => i),
      Array.from({ length: 30 }, (_, i) => -i),
    );
    expect(liraScores(of(0), few).about).toMatchObject({ variance: "pooled", fewestShadowsPerSide: 15 });
    expect(liraScores(of(0), many).about).toMatchObject({ variance: "perSample", fewestShadowsPerSide: 16 });
  });

  it("leaves out what it cannot score, with the reason", () => {
    const reasonOf = (inside: number[], outside: number[], options: LiraOptions): string | undefined =>
      liraScores(of(0), oneSample(inside, outside), options).leftOut[0]?.reason;
    expect(reasonOf([1], [1, 2], { variance: "perSample" })).toBe("TOO_FEW_SHADOWS");
    expect(reasonOf([], [1, 2], { variance: "pooled" })).toBe("TOO_FEW_SHADOWS");
    expect(reasonOf([1, 1], [1, 2], { variance: "perSample" })).toBe("ZERO_VARIANCE");
    expect(reasonOf([1, 1], [1, 2], { form: "offline", variance: "perSample" })).toBeUndefined();
    expect(reasonOf([1, 1], [1, 1], { variance: "pooled" })).toBe("ZERO_VARIANCE");
    // So near each other that squares of both sides' z are infinite, and their difference no number.
    expect(reasonOf([-5e-162, 5e-162], [-5e-162, 5e-162], { variance: "perSample" })).toBe("ZERO_VARIANCE");
  });

  it("scores each sample alike whatever the order of the models", () => {
    const order = fc.shuffledSubarray([...Array(12).keys()], { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(
        anySignals,
        anyTarget,
        order,
        fc.constantFrom(...forms),
        (shadows, target, models, form) => {
          const straight = liraScores(target, shadows, { form, variance: "perSample" });
          expect(liraScores(target, reordered(shadows, models), { form, variance: "perSample" })).toEqual(
            straight,
          );
        },
      ),
    );
  });

  it("rises with phi offline, and online where the member side is above with one spread for both", () => {
    const step = fc.double({ min: 0.01, max: 100, noNaN: true });
    fc.assert(
      fc.property(anySignals, anyTarget, step, (shadows, target, more) => {
        const score = (phi: Float64Array): Map<number, number> => {
          const { rows, scores } = liraScores(phi, shadows, { form: "offline", variance: "perSample" });
          return new Map(Array.from(rows, (row, k) => [row, scores[k] as number] as const));
        };
        const [lower, upper] = [score(target), score(target.map((phi) => phi + more))];
        lower.forEach((value, row) => expect(upper.get(row)).toBeGreaterThanOrEqual(value));
      }),
    );
    const shadows = oneSample([4, 6], [-1, 1]);
    const at = (phi: number): number => liraScores(of(phi), shadows).scores[0] as number;
    expect([at(-100) < at(0), at(0) < at(5), at(5) < at(100)]).toEqual([true, true, true]);
  });

  it("never gives a number that is not finite", () => {
    fc.assert(
      fc.property(anySignals, anyTarget, fc.constantFrom(...forms), (shadows, target, form) => {
        for (const variance of ["perSample", "pooled"] as const) {
          const { scores } = liraScores(target, shadows, { form, variance });
          expect(scores.every((score) => !Number.isNaN(score))).toBe(true);
        }
      }),
    );
  });

  it.each([
    [{ form: "both" }, "form must be online, offline, offlineDensity, found both"],
    [{ location: "mode" }, "location must be mean, median"],
    [{ spread: 1 }, 'options are form, variance, location, found "spread"'],
  ])("refuses %o", (options, message) => {
    const call = (): unknown => liraScores(of(0), oneSample([1, 2], [1, 2]), options as LiraOptions);
    expect(call).toThrow(expect.objectContaining({ code: "OPTION" }));
    expect(call).toThrow(message);
  });
});
