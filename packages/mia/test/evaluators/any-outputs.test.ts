import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { isLtuError, type Predictions } from "@ltu/core";

import {
  auditInput,
  ensemble,
  entropyThreshold,
  evaluatorAttacks,
  hasScores,
  labelOnly,
  lira,
  lossThreshold,
  modifiedEntropyThreshold,
  quantile,
  rmia,
  uLira,
  type AuditInput,
  type AuditSamples,
  type Evaluator,
  type ShadowModel,
} from "../../src/evaluators/index.ts";
import { origin } from "./shadow-table.ts";

const classes = 3;
/** Any finite logit of a network; ties and the ends of float32 more often than chance has them. */
const logit = fc.oneof(
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(3.4028234663852886e38, -3.4028234663852886e38, 1e20, -1e20, 100, -100, 1e-45),
);
const labels = (count: number): fc.Arbitrary<Int32Array> =>
  fc
    .array(fc.nat(classes - 1), { minLength: count, maxLength: count })
    .map((values) => Int32Array.from(values));
const logits = (count: number): fc.Arbitrary<Float32Array> =>
  fc
    .array(logit, { minLength: count * classes, maxLength: count * classes })
    .map((values) => Float32Array.from(values));

/** Samples with all that an evaluator may ask of them. */
const samplesFrom = (from: number, count: number): fc.Arbitrary<AuditSamples> =>
  fc.tuple(labels(count), logits(count), logits(count), logits(count)).map(([own, now, before, noisy]) => {
    const outputs = (values: Float32Array): Predictions => ({ logits: values, labels: own, classes });
    return {
      ...outputs(now),
      indexes: Int32Array.from({ length: count }, (_, i) => from + i),
      before: outputs(before),
      features: { values: before, width: classes },
      views: [
        { noise: 0, outputs: outputs(now) },
        { noise: 0.1, outputs: outputs(noisy) },
      ],
      gradientNorms: Float64Array.from(now.subarray(0, count), Math.abs),
    };
  });

const [scored, population, calibration, fitting] = [4, 3, 3, 12];
const tableSize = scored + population + calibration;
/** Six shadow models, half of which have seen each sample of the table; all of them unlearned, or none. */
const shadowsOf = (kind: "original" | "unlearned"): fc.Arbitrary<readonly ShadowModel[]> =>
  fc
    .tuple(labels(tableSize), fc.array(logits(tableSize), { minLength: 6, maxLength: 6 }))
    .map(([own, tables]) =>
      tables.map((values, m): ShadowModel => {
        const seen = Int32Array.from({ length: tableSize }, (_, i) => i).filter((i) => (i + m) % 2 === 0);
        return {
          ...origin,
          key: `shadow/${m}`,
          kind,
          method: kind === "unlearned" ? origin.method : undefined,
          trainedOn: seen,
          forgotten: kind === "unlearned" ? seen : new Int32Array(0),
          outputs: { logits: values, labels: own, classes },
        };
      }),
    );

const inputWith = (kind: "original" | "unlearned"): fc.Arbitrary<AuditInput> =>
  fc
    .record({
      score: samplesFrom(0, scored),
      population: samplesFrom(scored, population),
      calibration: samplesFrom(scored + population, calibration),
      members: samplesFrom(100, fitting),
      nonMembers: samplesFrom(200, fitting),
      models: shadowsOf(kind),
    })
    .map(({ members, nonMembers, models, ...parts }) =>
      auditInput({
        ...parts,
        fit: { members, nonMembers },
        model: origin,
        shadows: { indexes: Int32Array.from({ length: tableSize }, (_, i) => i), models },
      }),
    );

const { "confidence-svc": confidenceSvc, ...factories } = evaluatorAttacks;
const perClass = { perClass: true, minClassSamples: 1 } as const;
const evaluators: readonly Evaluator[] = [
  ...Object.values(factories).map((factory) => factory()),
  lira({ form: "offline" }),
  lira({ form: "offlineDensity", variance: "perSample", location: "mean" }),
  uLira({ variance: "perSample" }),
  rmia({ form: "online", temperature: 2 }),
  quantile({ fpr: 0.3 }),
  labelOnly({ form: "boundary" }),
  lossThreshold(perClass),
  entropyThreshold(perClass),
  modifiedEntropyThreshold(perClass),
  ensemble({ evaluators: [lira({ form: "offline" }), rmia(), lossThreshold()], rule: "intersection" }),
];

describe("any finite outputs", () => {
  it.each(evaluators.map((evaluator, i) => [`${evaluator.name} (${i})`, evaluator] as const))(
    "give %s a finite score or a reason for each sample, or a refusal",
    (_, evaluator) => {
      const kind = evaluator.name === "u-lira" ? "unlearned" : "original";
      fc.assert(
        fc.property(inputWith(kind), (input) => {
          let result: ReturnType<Evaluator["evaluate"]>;
          try {
            result = evaluator.evaluate(input);
          } catch (error) {
            if (isLtuError(error)) return;
            throw error;
          }
          if (!hasScores(result)) return;
          expect([...result.scores].filter((score) => !Number.isFinite(score))).toEqual([]);
          expect(result.rows.length + result.leftOut.length).toBe(scored);
          // What is reported of it holds no NaN either, for which JSON has null.
          expect(JSON.stringify(result.about)).not.toContain("null");
        }),
      );
    },
  );

  it("give MIA-efficacy a percentage or a refusal", () => {
    fc.assert(
      fc.property(inputWith("original"), ({ score, fit }) => {
        const sides = fit as NonNullable<typeof fit>;
        try {
          const { efficacyPercent, decisions } = confidenceSvc().evaluate({
            retain: sides.members,
            test: sides.nonMembers,
            forget: score.samples,
          });
          expect(efficacyPercent >= 0 && efficacyPercent <= 100).toBe(true);
          expect([...decisions].every(Number.isFinite)).toBe(true);
        } catch (error) {
          if (!isLtuError(error)) throw error;
        }
      }),
    );
  });
});
