import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  auditInput,
  auditScores,
  defineEvaluator,
  ensemble,
  gradientNorm,
  hasScores,
  labelOnly,
  type Evaluator,
} from "../../src/evaluators/index.ts";
import { samplesWith } from "./shadow-table.ts";

/** An evaluator that gives one logit of a sample as its score; logits of samplesWith are (phi, 0). */
const reading = (name: string, value: (phi: number) => number): Evaluator =>
  defineEvaluator({
    name,
    kind: "population",
    families: ["confidence"],
    needs: [],
    readsLabels: false,
    score: ({ score: { samples } }) =>
      auditScores(
        Array.from(samples.labels, (_, i) => value(samples.logits[2 * i] as number)),
        "population",
      ),
  });
const rising = reading("rising", (phi) => phi);
const falling = reading("falling", (phi) => -phi);
const input = (phi: readonly number[], calibration: readonly number[]) =>
  auditInput({ score: samplesWith(phi), calibration: samplesWith(calibration, 100) });
const scoresOf = (evaluator: Evaluator, phi: readonly number[], calibration: readonly number[]): number[] => {
  const result = evaluator.evaluate(input(phi, calibration));
  if (!hasScores(result)) throw new Error(result.detail);
  return [...result.scores];
};

describe("ensemble", () => {
  it("joins how rare a score is among non-members, ties one half", () => {
    // Among 0, 1, 2, 3: phi 2 is above two and ties one: 2.5 / 4 rising; falling it is above one: 1.5 / 4.
    const evaluators = [rising, falling];
    expect(scoresOf(ensemble({ evaluators }), [2, 9, -9], [0, 1, 2, 3])).toEqual([0.625, 1, 1]);
    expect(scoresOf(ensemble({ evaluators, rule: "intersection" }), [2, 9, -9], [0, 1, 2, 3])).toEqual([
      0.375, 0, 0,
    ]);
  });

  it("does not depend on the scale of any family", () => {
    const phi = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(phi, phi, (asked, calibration) => {
        const stretched = reading("rising", (value) => Math.exp(value / 5));
        expect(scoresOf(ensemble({ evaluators: [stretched, falling] }), asked, calibration)).toEqual(
          scoresOf(ensemble({ evaluators: [rising, falling] }), asked, calibration),
        );
      }),
    );
  });

  it("leaves out what one family cannot score, and says what a family lacks", () => {
    const partial = defineEvaluator({
      ...rising,
      name: "partial",
      score: ({ score: { samples } }) =>
        auditScores(
          Array.from(samples.labels, (_, i) => (i === 1 ? "ZERO_VARIANCE" : 1)),
          "population",
        ),
    });
    const result = ensemble({ evaluators: [rising, partial] }).evaluate(input([1, 2, 3], [0, 1]));
    expect(result).toMatchObject({ leftOut: [{ row: 1, reason: "ZERO_VARIANCE" }] });
    const lacking = ensemble({ evaluators: [rising, gradientNorm()] }).evaluate(input([1], [0]));
    expect(lacking).toMatchObject({ reason: "NO_GRADIENT_NORMS" });
  });

  it("has the families, needs and kind of its parts", () => {
    const both = ensemble({ evaluators: [gradientNorm(), labelOnly()] });
    expect(both.families).toEqual(["gradient", "label-only"]);
    expect(both.needs).toEqual(["calibration", "gradientNorms", "views"]);
    expect(both.kind).toBe("query");
    expect(() => ensemble({ evaluators: [] })).toThrow("expected one evaluator or more");
    expect(() => ensemble({ evaluators: [rising, rising] })).toThrow("found [rising, rising]");
  });
});
