import { describe, expect, it } from "vitest";

import { createRng } from "@ltu/core";

import { auditInput, hasScores, updatePair, type AuditSamples } from "../../src/evaluators/index.ts";
import { logisticRegression } from "../../src/evaluators/logistic-regression.ts";
import { outputsWith, samplesWith } from "./shadow-table.ts";

describe("logisticRegression", () => {
  it("finds the log odds of two groups, sides of equal weight", () => {
    // x = 0: 1 member of 4; x = 1: 3 of 4. With equal sides the odds are 1/3 and 3: intercept -log 3, slope 2 log 3.
    const design = Float64Array.of(1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1);
    const [intercept, slope] = logisticRegression(design, [1, 0, 0, 0, 1, 1, 1, 0], { ridge: 1e-9 });
    expect(intercept).toBeCloseTo(-Math.log(3), 4);
    expect(slope).toBeCloseTo(2 * Math.log(3), 4);
  });

  it("stays finite where a line parts the sides", () => {
    const coefficients = logisticRegression(Float64Array.of(1, -1, 1, 1), [0, 1], { ridge: 0.1 });
    expect(coefficients.every(Number.isFinite)).toBe(true);
    expect(coefficients[1]).toBeGreaterThan(0);
  });
});

describe("updatePair", () => {
  const rng = createRng(3);
  const pairs = (from: number, before: number, after: number, size = 40): AuditSamples => {
    const noisy = (middle: number): number[] =>
      Array.from({ length: size }, () => middle + 0.5 * rng.normal());
    return { ...samplesWith(noisy(after), from), before: outputsWith(noisy(before)) };
  };
  // Forgotten samples were sure (6) and are pushed far below what a model that never saw them has (1).
  const fit = { members: pairs(100, 6, -4), nonMembers: pairs(200, 1, 1) };

  it("finds samples that stand out because too much was forgotten", () => {
    const score = {
      ...samplesWith([-4, 1, -4.5, 0.5]),
      before: outputsWith([6, 1, 5.5, 1.5]),
    };
    const result = updatePair().evaluate(auditInput({ score, fit }));
    if (!hasScores(result)) throw new Error(result.detail);
    expect([...result.scores].map((value) => value > 0)).toEqual([true, false, true, false]);
    expect(result.about).toMatchObject({ fitMembers: 40, fitNonMembers: 40 });
  });

  it("needs at least ten fitting samples of each side", () => {
    const few = { ...fit, members: pairs(300, 6, -4, 9) };
    const score = pairs(0, 1, 1, 2);
    expect(updatePair().evaluate(auditInput({ score, fit: few }))).toMatchObject({
      reason: "TOO_FEW_SAMPLES",
      detail: expect.stringContaining("found 9 and 40") as string,
    });
  });
});
