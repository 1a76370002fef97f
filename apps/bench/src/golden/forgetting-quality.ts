import {
  challengeScore,
  epsilonPoints,
  forgettingQuality,
  isMissing,
  type ModelScores,
  type Reading,
} from "@ltu/metrics";
import { compareGolden, decodeTensor, type GoldenCase, type GoldenTopic } from "@ltu/testing";

/** Two rules whose epsilons are this close may each be called the best. */
const ruleTie = 1e-6;

function scoresOf(value: unknown): ModelScores {
  const { data, shape } = decodeTensor(value);
  return { values: data, models: shape[0] as number, samples: shape[1] as number };
}

function compareEpsilons({ inputs, params, expected, tolerance }: GoldenCase): string[] {
  const comparison = { abs: tolerance.abs ?? 0, rel: tolerance.rel };
  const bucketSize = Number(params["bucketSize"]);
  const maxEpsilon = Number(params["maxEpsilon"]);
  const found = forgettingQuality(scoresOf(inputs["unlearned"]), scoresOf(inputs["retrained"]), {
    delta: Number(params["delta"]),
    cap: Number(params["epsilonCap"]),
    thresholdsPerUnit: Number(params["thresholdsPerUnit"]),
    bucketSize,
  });
  if (isMissing(found)) return [`expected epsilons, found ${found.reason}`];
  const differences: string[] = [];
  if (found.resolution.maxEpsilon !== maxEpsilon) {
    differences.push(`maxEpsilon: expected ${maxEpsilon}, found ${found.resolution.maxEpsilon}`);
  }
  const epsilons = found.perSample.map((each) => (isMissing(each) ? Number.NaN : each.epsilon));
  differences.push(...compareGolden("epsilon", epsilons, expected["epsilon"], comparison));

  // A tolerance of epsilon may carry an example over the edge of its bin: the bin beside it is right too.
  const near = new Set((expected["examplesNearABinEdge"] ?? []) as number[]);
  let slack = 0;
  ((expected["points"] ?? []) as number[]).forEach((wanted, i) => {
    const points = found.points[i] ?? Number.NaN;
    const beside = near.has(i) && (points === wanted / 2 || points === wanted * 2);
    if (beside) slack += Math.abs(points - wanted) / found.points.length;
    else differences.push(...compareGolden(`points[${i}]`, points, wanted, comparison));
  });
  differences.push(
    ...compareGolden("fScore", numberOf(found.forgetScore), expected["fScore"], {
      ...comparison,
      abs: comparison.abs + slack,
    }),
    ...compareGolden(
      "points of epsilon",
      epsilons.map((epsilon) => (Number.isNaN(epsilon) ? epsilon : epsilonPoints(epsilon, { bucketSize, maxEpsilon }))),
      found.points.map((points) => points ?? Number.NaN),
      comparison,
    ),
  );
  ((expected["retrainIsPositive"] ?? []) as number[]).forEach((wanted, i) => {
    const each = found.perSample[i];
    if (each === undefined || isMissing(each) || (each.positive === "retrained") !== (wanted === 1)) {
      differences.push(`retrainIsPositive[${i}]: expected ${wanted}, found ${JSON.stringify(each)}`);
    }
  });
  ((expected["bestRule"] ?? []) as string[]).forEach((wanted, i) => {
    const each = found.perSample[i];
    if (each === undefined || isMissing(each)) return;
    const { single, double } = each.rules;
    if (single !== undefined && double !== undefined && Math.abs(single - double) <= ruleTie) return;
    if (!wanted.startsWith(each.rule)) differences.push(`bestRule[${i}]: expected ${wanted}, found ${each.rule}`);
  });
  return differences;
}

function compareFinal({ inputs, expected, tolerance }: GoldenCase): string[] {
  const score = challengeScore(Number(inputs["fScore"]), {
    unlearned: {
      retain: Number(inputs["retainAccuracyUnlearned"]),
      test: Number(inputs["testAccuracyUnlearned"]),
    },
    retrained: {
      retain: Number(inputs["retainAccuracyRetrained"]),
      test: Number(inputs["testAccuracyRetrained"]),
    },
  });
  if (expected["undefined"] === true) return isMissing(score) ? [] : [`expected a reason, found ${score}`];
  return compareGolden("score", numberOf(score), expected["score"], {
    abs: tolerance.abs ?? 0,
    rel: tolerance.rel,
  });
}

/** A reason is no number: it differs from every expected one. */
function numberOf(reading: Reading): number {
  return isMissing(reading) ? Number.NaN : reading;
}

/** Epsilon of each example, points, F-score and final score of the 2023 challenge. */
export const topic: GoldenTopic = {
  topic: "forgetting-quality",
  run: async (golden) => {
    const { kind } = golden.params;
    if (kind === "epsilon") return compareEpsilons(golden);
    if (kind === "final") return compareFinal(golden);
    return [`no runner for the kind ${String(kind)}`];
  },
};
