import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  accuracy,
  attackStrength,
  auc,
  aucInterval,
  classView,
  fitClassThresholds,
  forgettingQuality,
  klom,
  logitMargin,
  miaEfficacy,
  unlearningMetrics,
  zrf,
} from "../src/index.ts";

const [samples, classes] = [9, 3];
const score = fc.double({ min: -9, max: 9, noNaN: true });
const column = fc.array(score, { minLength: samples, maxLength: samples });
const rows = fc.array(fc.array(score, { minLength: classes, maxLength: classes }), {
  minLength: samples,
  maxLength: samples,
});
const classOf = fc.array(fc.nat(classes - 1), { minLength: samples, maxLength: samples });
const order = fc.shuffledSubarray([...Array(samples).keys()], { minLength: samples, maxLength: samples });
const pick = <T>(values: readonly T[], places: readonly number[]): T[] => places.map((i) => values[i] as T);

/** All numbers of a value, in the order of its keys. */
const numbersOf = (value: unknown): number[] =>
  typeof value === "number"
    ? [value]
    : typeof value === "object" && value !== null
      ? Object.values(value).flatMap(numbersOf)
      : [];

/** Of 1 + |number|: a sum is taken in another order. */
const tolerance = 1e-9;
function expectSame(found: unknown, expected: unknown): void {
  const [a, b] = [numbersOf(found), numbersOf(expected)];
  expect(a).toHaveLength(b.length);
  a.forEach((number, i) => {
    const other = b[i] as number;
    if (number !== other)
      expect(Math.abs(number - other)).toBeLessThanOrEqual(tolerance * (1 + Math.abs(other)));
  });
}

describe("samples in another order", () => {
  it("leave the metrics of outputs as they are", () => {
    fc.assert(
      fc.property(rows, rows, classOf, order, (logits, teacher, labels, places) => {
        const set = (by: readonly number[]) => ({
          logits: pick(logits, by).flat(),
          labels: pick(labels, by),
          classes,
        });
        const measure = (by: readonly number[]): unknown => {
          const outputs = set(by);
          const sets = { forget: outputs, retain: outputs, test: outputs };
          const view = { testClasses: outputs.labels, classCount: classes, forgotten: labels[0] as number };
          return [
            accuracy(outputs.logits, outputs.labels, classes),
            unlearningMetrics(sets, { miaEfficacy: 5 }),
            zrf(outputs.logits, pick(teacher, by).flat(), { classes }),
            classView({ forget: outputs, test: outputs }, view),
          ];
        };
        const straight = [...Array(samples).keys()];
        expectSame(measure(places), measure(straight));
        expectSame(logitMargin(set(places)), pick([...logitMargin(set(straight))], places));
      }),
    );
  });

  it("leave what attacks come to as it is", () => {
    fc.assert(
      fc.property(column, column, order, order, (members, others, first, second) => {
        const [inside, outside] = [pick(members, first), pick(others, second)];
        expect(auc(inside, outside)).toBe(auc(members, others));
        expect(miaEfficacy(inside)).toBe(miaEfficacy(members));
        expectSame(aucInterval(inside, outside), aucInterval(members, others));
        expectSame(attackStrength(inside, outside), attackStrength(members, others));
        // Which of several equally good thresholds is taken may depend on the order; how good they are does not.
        const fit = (a: number[], b: number[]): unknown =>
          fitClassThresholds(
            { scores: a, labels: a.map(() => 0) },
            { scores: b, labels: b.map(() => 0) },
            { classes: 1 },
          ).balancedAccuracy;
        expectSame(fit(inside, outside), fit(members, others));
      }),
    );
  });

  it("leave what many models come to as it is", () => {
    const table = fc.array(column, { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(table, table, order, (unlearned, retrained, places) => {
        const scores = (of: number[][]) => ({ values: of.flat(), models: of.length, samples });
        const permuted = (of: number[][]) => scores(of.map((model) => pick(model, places)));
        const summary = (a: ReturnType<typeof scores>, b: ReturnType<typeof scores>): unknown => {
          const { mean, p95 } = klom(b, a);
          const quality = forgettingQuality(a, b);
          if ("reason" in quality) throw new Error(quality.detail);
          return [mean, p95, quality.forgetScore, quality.epsilon, quality.samples];
        };
        expectSame(
          summary(permuted(unlearned), permuted(retrained)),
          summary(scores(unlearned), scores(retrained)),
        );
      }),
      { numRuns: 30 },
    );
  });
});
