import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createRng } from "@ltu/core";

import { auditInput, hasScores, quantile, type AuditSamples } from "../../src/evaluators/index.ts";
import { quantileRegression } from "../../src/evaluators/quantile-regression.ts";
import { linearPredictor, standardise } from "../../src/evaluators/standardised.ts";
import { samplesWith } from "./shadow-table.ts";

const ones = (count: number): Float64Array => new Float64Array(count).fill(1);

describe("quantileRegression", () => {
  it("is the quantile itself where there are no features", () => {
    const values = Float64Array.from({ length: 20 }, (_, i) => (7 * i) % 20);
    const [q90] = quantileRegression(ones(20), values, { quantile: 0.9, ridge: 1 });
    // 18 of the 20 values 0 to 19 are at most 17.
    expect(q90).toBeCloseTo(17, 9);
  });

  it("follows a line and its spread: the slope of the 90 % quantile of x + x u is 1.9", () => {
    const rng = createRng(2);
    const x = Float64Array.from({ length: 4000 }, () => 1 + rng.uniform());
    const y = x.map((value) => value + value * rng.uniform());
    const design = Float64Array.from([...x].flatMap((value) => [1, value]));
    const [intercept, slope] = quantileRegression(design, y, {
      quantile: 0.9,
      ridge: 1e-9,
    }) as unknown as number[];
    expect(slope).toBeCloseTo(1.9, 1);
    expect(intercept).toBeCloseTo(0, 0);
    const below = y.filter(
      (value, i) => value <= (linearPredictor(design, [intercept as number, slope as number])[i] as number),
    );
    expect(below.length / 4000).toBeCloseTo(0.9, 2);
  });

  it("has the asked share of its fitting values below, whatever they are", () => {
    const value = fc.double({ min: -100, max: 100, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 20, maxLength: 40 }),
        fc.double({ min: 0.1, max: 0.95, noNaN: true }),
        (all, share) => {
          const values = Float64Array.from(all);
          const features = standardise(
            all.map((one, i) => one * 0.3 + (i % 3)),
            1,
          );
          const design = features.design(all.map((one, i) => one * 0.3 + (i % 3)));
          const coefficients = quantileRegression(design, values, { quantile: share, ridge: 1 });
          const predicted = linearPredictor(design, coefficients);
          const below = values.filter((one, i) => one <= (predicted[i] as number) + 1e-9).length;
          expect(below).toBeGreaterThanOrEqual(Math.ceil(share * all.length));
        },
      ),
    );
  });
});

describe("quantile", () => {
  // Hard samples (feature 0) have phi near 0, easy ones (feature 1) near 5, whether seen or not.
  const withFeatures = (from: number, phi: readonly number[], feature: readonly number[]): AuditSamples => ({
    ...samplesWith(phi, from),
    features: { values: feature, width: 1 },
  });
  const rng = createRng(5);
  const kinds = Array.from({ length: 200 }, (_, i) => i % 2);
  const nonMembers = withFeatures(
    100,
    kinds.map((kind) => 5 * kind + rng.normal()),
    kinds,
  );
  const members = withFeatures(1000, [1], [0]);

  it("asks whether the model is surer than of non-members that look alike", () => {
    const score = withFeatures(0, [4, 4], [0, 1]);
    const result = quantile().evaluate(auditInput({ score, fit: { members, nonMembers } }));
    if (!hasScores(result)) throw new Error(result.detail);
    const [hard, easy] = result.scores as unknown as [number, number];
    expect([hard > 0, easy < 0]).toEqual([true, true]);
    // The same phi, and what the features foretell differs by about 5.
    expect(hard - easy).toBeCloseTo(5, 0);
    expect(result.about).toMatchObject({ fpr: 0.05, features: 1, fitNonMembers: 200 });
  });

  it("rises with phi one to one", () => {
    const at = (phi: number): number => {
      const asked = auditInput({ score: withFeatures(0, [phi], [1]), fit: { members, nonMembers } });
      const result = quantile().evaluate(asked);
      return hasScores(result) ? (result.scores[0] as number) : Number.NaN;
    };
    expect(at(3.5) - at(1)).toBeCloseTo(2.5, 5);
  });

  it("needs as many non-members as its rate of false positives asks for", () => {
    const input = auditInput({ score: withFeatures(0, [4], [0]), fit: { members, nonMembers } });
    expect(quantile({ fpr: 0.004 }).evaluate(input)).toMatchObject({
      reason: "TOO_FEW_SAMPLES",
      detail: expect.stringContaining(
        "at least 250 non-members for a false positive rate of 0.004, found 200",
      ) as string,
    });
  });

  it("refuses features that are not finite or not the same", () => {
    const asked = (score: AuditSamples) => () =>
      quantile().evaluate(auditInput({ score, fit: { members, nonMembers } }));
    expect(asked(withFeatures(0, [4], [Number.NaN]))).toThrow("features must be finite, found NaN");
    const wide = { ...samplesWith([4]), features: { values: [1, 2], width: 2 } };
    expect(asked(wide)).toThrow("found 1 and 2");
    expect(() => quantile({ fpr: 1 })).toThrow("fpr must be above 0 and below 1");
  });
});
