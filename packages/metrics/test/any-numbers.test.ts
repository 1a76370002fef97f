import fc from "fast-check";
import { describe, expect, it } from "vitest";

import * as metrics from "../src/index.ts";
import { seeded } from "./random.ts";

const {
  accuracy,
  accuracyPercent,
  applyClassThresholds,
  attackStrength,
  auc,
  aucChanceP,
  aucDifferenceP,
  aucDistance,
  aucInterval,
  avgGap,
  avgGapColumn,
  bestBalancedAccuracy,
  bootstrapInterval,
  challengeScore,
  classView,
  clopperPearson,
  epsilonPoints,
  fitClassThresholds,
  fixedHistogram,
  forgetEpsilon,
  forgettingQuality,
  holm,
  inOracleUnits,
  klom,
  klomWithEnds,
  logitMargin,
  logLogPoints,
  miaEfficacy,
  oracleContrast,
  pairedComparison,
  pairedComparisons,
  predictionInterval,
  rankGroups,
  relearnRatio,
  relearnSteps,
  relearnTime,
  rocCurve,
  smallestFpr,
  streisand,
  tInterval,
  tow,
  towMia,
  tprAtFpr,
  tprOnCurve,
  unlearningMetrics,
  zrf,
} = metrics;

const huge = Number.MAX_VALUE;
/** Any finite number; ties, and the ends of float64, more often than chance has them. */
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(huge, -huge, Number.MIN_VALUE, 1e154, -1e154, 1e-8, 0.1),
);
const score = fc.oneof(number, fc.constantFrom(Infinity, -Infinity));
const numbers = fc.array(number, { minLength: 1, maxLength: 8 });
const scores = fc.array(score, { minLength: 1, maxLength: 8 });
const share = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.constantFrom(0, 1, 0.5, Number.MIN_VALUE),
);
const confidence = fc.oneof(fc.constant(0.95), share);
const percents = fc.record({ UA: share, RA: share, TA: share, MIA: share }).map(({ UA, RA, TA, MIA }) => ({
  UA: 100 * UA,
  RA: 100 * RA,
  TA: 100 * TA,
  MIA: 100 * MIA,
}));
const outputs = fc.integer({ min: 2, max: 4 }).chain((classes) =>
  fc
    .array(fc.tuple(fc.array(score, { minLength: classes, maxLength: classes }), fc.nat(classes - 1)), {
      minLength: 1,
      maxLength: 4,
    })
    .map((rows) => ({
      logits: rows.flatMap(([logits]) => logits),
      labels: rows.map(([, label]) => label),
      classes,
    })),
);
const margins = fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 6 }).map((rows) => ({
  values: rows.flat(),
  models: rows.length,
  samples: 2,
}));
const ends = fc.tuple(share, share, share).map((three) => {
  const [low, middle, high] = three.sort((a, b) => a - b) as [number, number, number];
  return { low, auc: middle, mean: middle, high };
});
const labelled = fc.array(fc.tuple(number, fc.nat(1)), { minLength: 2, maxLength: 8 }).map((pairs) => ({
  scores: pairs.map(([value]) => value),
  labels: pairs.map(([, label]) => label),
}));

/** Where a number in a value is none, if anywhere. */
function placeOfNaN(value: unknown, place = ""): string | undefined {
  if (typeof value === "number") return Number.isNaN(value) ? place : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, part] of Object.entries(value)) {
    const found = placeOfNaN(part, `${place}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

type Call = (...parts: never[]) => unknown;
const asks = <T extends unknown[]>(
  given: { [K in keyof T]: fc.Arbitrary<T[K]> },
  call: (...parts: T) => unknown,
): readonly [readonly fc.Arbitrary<unknown>[], Call] => [
  given as readonly fc.Arbitrary<unknown>[],
  call as Call,
];
const firstOf = ([values = []]: readonly (readonly number[])[]): number => Math.max(...values);

/** Every function that gives a number, asked with any numbers. */
const calls: Readonly<Record<string, readonly [readonly fc.Arbitrary<unknown>[], Call]>> = {
  accuracy: asks([outputs], ({ logits, labels, classes }) => accuracy(logits, labels, classes)),
  accuracyPercent: asks([outputs], ({ logits, labels, classes }) => accuracyPercent(logits, labels, classes)),
  applyClassThresholds: asks([labelled, labelled], (a, b) =>
    applyClassThresholds(fitClassThresholds(a, b, { classes: 2 }), b, a),
  ),
  attackStrength: asks([scores, scores, confidence], (a, b, c) => attackStrength(a, b, { confidence: c })),
  auc: asks([scores, scores], auc),
  aucChanceP: asks([share, fc.nat(1e6), fc.nat(1e6)], (value, members, nonMembers) =>
    aucChanceP(value, { members, nonMembers }),
  ),
  aucDifferenceP: asks([ends, fc.array(ends, { maxLength: 3 })], aucDifferenceP),
  aucDistance: asks([scores, scores], aucDistance),
  aucInterval: asks([scores, scores, confidence], (a, b, c) => aucInterval(a, b, { confidence: c })),
  avgGap: asks([percents, percents], avgGap),
  avgGapColumn: asks([percents, percents], (a, b) => avgGapColumn({ a, b }, { reference: "b" })),
  bestBalancedAccuracy: asks([scores, scores], (a, b) => bestBalancedAccuracy(rocCurve(a, b))),
  bootstrapInterval: asks(
    [numbers, confidence, fc.constantFrom("bca" as const, "percentile" as const), fc.nat()],
    (values, c, method, seed) =>
      bootstrapInterval([values], firstOf, {
        random: seeded(seed),
        method,
        confidence: c,
        repetitions: 100,
      }),
  ),
  challengeScore: asks([number, number, number, number, number], (f, a, b, c, d) =>
    challengeScore(f, { unlearned: { retain: a, test: b }, retrained: { retain: c, test: d } }),
  ),
  classView: asks([outputs, outputs], (forget, test) =>
    classView(
      { forget, test },
      { testClasses: test.labels, classCount: test.classes, forgotten: test.labels[0] as number },
    ),
  ),
  clopperPearson: asks([fc.nat(100_000), fc.nat(100_000), confidence], (k, n, c) =>
    clopperPearson(k, n, { confidence: c }),
  ),
  epsilonPoints: asks([number, number, number], (epsilon, bucketSize, maxEpsilon) =>
    epsilonPoints(epsilon, { bucketSize, maxEpsilon }),
  ),
  fitClassThresholds: asks([labelled, labelled], (a, b) => fitClassThresholds(a, b, { classes: 2 })),
  fixedHistogram: asks([numbers, number, number], (values, low, high) =>
    fixedHistogram(values, { bins: 5, clip: [low, high] }),
  ),
  forgetEpsilon: asks([numbers, numbers], (a, b) => forgetEpsilon(a, b)),
  forgettingQuality: asks([margins, margins], (a, b) => forgettingQuality(a, b)),
  holm: asks([fc.array(share)], holm),
  inOracleUnits: asks([number, numbers, confidence], (value, oracles, c) =>
    inOracleUnits(value, oracles, { confidence: c }),
  ),
  klom: asks([margins, margins], (a, b) => klom(a, b)),
  klomWithEnds: asks([margins, margins], (oracles, unlearned) =>
    klomWithEnds({ oracles, unlearned, originals: unlearned }),
  ),
  logitMargin: asks([outputs], logitMargin),
  logLogPoints: asks([scores, scores], (a, b) => logLogPoints(rocCurve(a, b), { points: 2 })),
  miaEfficacy: asks([scores], miaEfficacy),
  oracleContrast: asks([numbers, numbers, confidence], (a, b, c) => oracleContrast(a, b, { confidence: c })),
  pairedComparison: asks(
    [fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 6 }), confidence],
    (pairs, c) =>
      pairedComparison(
        pairs.map(([a]) => a),
        pairs.map(([, b]) => b),
        { confidence: c },
      ),
  ),
  pairedComparisons: asks(
    [fc.array(fc.tuple(number, number, number), { minLength: 1, maxLength: 5 })],
    (rows) =>
      pairedComparisons({
        a: rows.map(([a]) => a),
        b: rows.map(([, b]) => b),
        c: rows.map(([, , c]) => c),
      }),
  ),
  predictionInterval: asks([numbers, fc.integer({ min: 1, max: 5 }), confidence], (values, runs, c) =>
    predictionInterval(values, { runs, confidence: c }),
  ),
  rankGroups: asks([ends, ends, fc.constantFrom("lower" as const, "higher" as const)], (a, b, direction) =>
    rankGroups({ a, b }, { direction }),
  ),
  relearnRatio: asks([number, number], relearnRatio),
  relearnSteps: asks([numbers, number], (losses, target) => relearnSteps(losses, { target })),
  relearnTime: asks([numbers, numbers, number], (a, b, target) => relearnTime(a, b, { target })),
  rocCurve: asks([scores, scores], rocCurve),
  smallestFpr: asks([scores, scores], (a, b) => smallestFpr(rocCurve(a, b))),
  streisand: asks([share, fc.array(share), confidence], (a, b, c) => streisand(a, b, { confidence: c })),
  tInterval: asks([numbers, confidence], (values, c) => tInterval(values, { confidence: c })),
  tow: asks([percents, percents], tow),
  towMia: asks([percents, percents], towMia),
  tprAtFpr: asks([scores, scores, share, confidence], (a, b, fpr, c) =>
    tprAtFpr(rocCurve(a, b), fpr, { confidence: c }),
  ),
  tprOnCurve: asks(
    [scores, scores, share, fc.constantFrom("step" as const, "strict" as const, "interpolated" as const)],
    (a, b, fpr, convention) => tprOnCurve(rocCurve(a, b), fpr, { convention }),
  ),
  unlearningMetrics: asks([outputs, outputs, outputs, share], (forget, retain, test, efficacy) =>
    unlearningMetrics({ forget, retain, test }, { miaEfficacy: 100 * efficacy }),
  ),
  zrf: asks([outputs, fc.array(number, { minLength: 16, maxLength: 16 })], ({ logits, classes }, teacher) =>
    zrf(logits, teacher.slice(0, logits.length), { classes }),
  ),
};

/** Names and questions, which give no number of their own. */
const others = [
  "allReadings",
  "areSeparate",
  "isMissing",
  "metricDefinitions",
  "reasons",
  "reasonText",
  "reportedFprs",
];

describe("any numbers", () => {
  it("are tried on every function of the package", () => {
    expect([...Object.keys(calls), ...others].sort()).toEqual(Object.keys(metrics).sort());
  });

  it.each(Object.entries(calls))("give %s a number, a reason or a refusal, never NaN", (_, [given, call]) => {
    fc.assert(
      fc.property(fc.tuple(...given), (parts) => {
        let found: unknown;
        try {
          found = call(...(parts as never[]));
        } catch (error) {
          // A refusal says where, in the package's words.
          if (error instanceof RangeError && /^\w+: /u.test(error.message)) return;
          throw error;
        }
        expect(placeOfNaN(found)).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });
});
