import {
  applyClassThresholds,
  auc,
  aucDistance,
  bestBalancedAccuracy,
  fitClassThresholds,
  rocCurve,
  tprOnCurve,
  type ClassScores,
  type FprConvention,
} from "@ltu/metrics";
import { compareGolden, decodeTensor, type GoldenCase, type GoldenTopic } from "@ltu/testing";

const conventions: Readonly<Record<string, FprConvention>> = {
  tprAtFprStep: "step",
  tprAtFprLiraStrict: "strict",
  tprAtFprInterpolated: "interpolated",
};

/** Scores turned to "higher = more likely a member" where a case has them the other way. */
function scoresOf(value: unknown, params: GoldenCase["params"]): number[] {
  const { data } = decodeTensor(value);
  return params["higherMeansMember"] === false ? data.map((score) => -score) : data;
}

function compareCurve({ inputs, params, expected, tolerance }: GoldenCase): string[] {
  const comparison = { abs: tolerance.abs ?? 0, rel: tolerance.rel };
  const members = scoresOf(inputs["memberScores"], params);
  const nonMembers = scoresOf(inputs["nonMemberScores"], params);
  const roc = rocCurve(members, nonMembers);
  const best = bestBalancedAccuracy(roc);
  const numbers: Readonly<Record<string, ArrayLike<number> | number>> = {
    auc: auc(members, nonMembers),
    aucTwoSided: 0.5 + aucDistance(members, nonMembers),
    bestBalancedAccuracy: best.value,
    bestThresholds: best.thresholds.toSorted((a, b) => a - b),
    bestIsTrivial: Number(best.trivial),
    rocPoints: roc.fpr.length,
  };
  return Object.entries(expected).flatMap(([field, wanted]) => {
    if (wanted === null) return [];
    const convention = conventions[field];
    if (convention !== undefined) {
      return Object.entries(wanted as Record<string, unknown>).flatMap(([rate, tpr]) =>
        compareGolden(`${field}[${rate}]`, tprOnCurve(roc, Number(rate), { convention }), tpr, comparison),
      );
    }
    if (field === "roc") {
      const curve = wanted as { readonly fpr: unknown; readonly tpr: unknown };
      return [
        ...compareGolden("roc.fpr", roc.fpr, curve.fpr, comparison),
        ...compareGolden("roc.tpr", roc.tpr, curve.tpr, comparison),
      ];
    }
    const got = numbers[field];
    if (got === undefined) return [`${field}: no number of this name`];
    const target =
      field === "bestThresholds" ? (wanted as number[]).toSorted((a, b) => a - b) : wanted;
    return compareGolden(field, got, target, comparison);
  });
}

function compareClasses({ inputs, params, expected, tolerance }: GoldenCase): string[] {
  const comparison = { abs: tolerance.abs ?? 0, rel: tolerance.rel };
  const side = (name: string): ClassScores => {
    const { labels, scores } = inputs[name] as { readonly labels: unknown; readonly scores: unknown };
    return { labels: decodeTensor(labels).data, scores: scoresOf(scores, params) };
  };
  const found = (): Readonly<Record<string, ArrayLike<number> | number>> => {
    const fitted = fitClassThresholds(side("shadowMembers"), side("shadowNonMembers"), {
      classes: Number(params["numClasses"]),
    });
    const { tpr, tnr, balancedAccuracy } = applyClassThresholds(
      fitted,
      side("targetMembers"),
      side("targetNonMembers"),
    );
    return {
      thresholds: fitted.thresholds,
      shadowBalancedAccuracyPerClass: fitted.balancedAccuracy,
      targetTpr: tpr,
      targetTnr: tnr,
      attackAccuracy: balancedAccuracy,
    };
  };
  if (expected["error"] === true) {
    try {
      found();
    } catch (error) {
      return error instanceof RangeError ? [] : [`expected a RangeError, found ${String(error)}`];
    }
    return ["expected an error, found thresholds"];
  }
  const numbers = found();
  return Object.entries(expected).flatMap(([field, wanted]) => {
    const got = numbers[field];
    if (wanted === null) return [];
    return got === undefined ? [`${field}: no number of this name`] : compareGolden(field, got, wanted, comparison);
  });
}

/** AUC, balanced accuracy and true-positive rates of score thresholds, for all samples or for each class. */
export const topic: GoldenTopic = {
  topic: "mia-thresholds",
  run: async (golden) =>
    golden.params["numClasses"] === undefined ? compareCurve(golden) : compareClasses(golden),
};
