import { checkNumbers } from "./check-numbers.ts";
import { forgetEpsilon, type Epsilon, type EpsilonOptions } from "./epsilon.ts";
import { acrossModels, checkModelScores, checkSameSamples, type ModelScores } from "./model-scores.ts";
import { quantile } from "./quantile.ts";
import { isMissing, type Missing, type Reading } from "./reasons.ts";

/** What the number of models lets be seen. Scores from different numbers of models cannot be compared. */
export interface EpsilonResolution {
  /** Models of the smaller side. */
  readonly models: number;
  /** The smallest error rate that is not zero, 1 / models. */
  readonly smallestRate: number;
  /** The largest epsilon below infinity that these models can show, log((1 - delta) models - 1). */
  readonly largestFinite: number;
  /** Where the points end, ceil(log(models - 1)). */
  readonly maxEpsilon: number;
}

/** Forgetting quality of one method, with every sample's epsilon. */
export interface ForgettingQuality {
  /** F-score: the mean of the points, 0 to 1. */
  readonly forgetScore: Reading;
  readonly perSample: readonly (Epsilon | Missing)[];
  /** Points of each sample; a sample without an epsilon has none. */
  readonly points: readonly (number | null)[];
  /** The tail of epsilon over samples. */
  readonly epsilon: { readonly median: Reading; readonly p95: Reading; readonly largest: Reading };
  readonly resolution: EpsilonResolution;
  /** Samples whose epsilon counts, and those without one. */
  readonly samples: { readonly scored: number; readonly missing: number };
}

/** Options of {@link forgettingQuality}. */
export interface ForgettingQualityOptions extends EpsilonOptions {
  /** Width of the bins that points are given for; 0.5 by default. */
  readonly bucketSize?: number;
  /** Where the points end; ceil(log(models - 1)) by default. */
  readonly maxEpsilon?: number;
}

/**
 * Forgetting quality of the NeurIPS 2023 unlearning challenge: {@link forgetEpsilon} of each forgotten sample, turned
 * into points.
 *
 * points = 2^-b for epsilon in [b w, (b + 1) w) with bins of width w = 1/2, 0 from ceil(log(N - 1)) on;
 * F = mean of the points
 *
 * Even a perfect method does not reach F = 1 with few models: score a second group of retrained models against the
 * first, and read F beside that.
 *
 * @param unlearned - {@link logitMargin} of the forget set under N unlearned models.
 * @param retrained - The same under N retrained models; 512 in the challenge.
 * @returns F with the epsilons behind it and the resolution, or `TOO_FEW_MODELS` below three models a side.
 * @throws RangeError when sizes disagree or a score is not finite.
 *
 * Source: google-deepmind/unlearning_evaluation ffae0ff, `metric.py`.
 *
 * @example
 * ```ts
 * import { forgettingQuality } from "@ltu/metrics";
 *
 * const models = 8;
 * const values = [0, 1, 2, 3, 4, 5, 6, 7];
 * const same = forgettingQuality({ values, models, samples: 1 }, { values, models, samples: 1 });
 * console.log("forgetScore" in same && same.forgetScore); // → 1
 * console.log("resolution" in same && same.resolution.maxEpsilon); // → 2
 * ```
 */
export function forgettingQuality(
  unlearned: ModelScores,
  retrained: ModelScores,
  { bucketSize = 0.5, maxEpsilon, ...options }: ForgettingQualityOptions = {},
): ForgettingQuality | Missing {
  checkModelScores("forgettingQuality", "unlearned", unlearned);
  checkModelScores("forgettingQuality", "retrained", retrained);
  checkSameSamples("forgettingQuality", unlearned, retrained);
  const models = Math.min(unlearned.models, retrained.models);
  if (models < 3) {
    return { reason: "TOO_FEW_MODELS", detail: `at least 3 models a side are needed, found ${models}` };
  }
  const resolution = {
    models,
    smallestRate: 1 / models,
    largestFinite: Math.log((1 - (options.delta ?? 1e-5)) * models - 1),
    maxEpsilon: maxEpsilon ?? Math.ceil(Math.log(models - 1)),
  };
  const perSample = Array.from({ length: unlearned.samples }, (_, sample) =>
    forgetEpsilon(acrossModels(unlearned, sample), acrossModels(retrained, sample), options),
  );
  const points = perSample.map((found) =>
    isMissing(found) ? null : epsilonPoints(found.epsilon, { bucketSize, maxEpsilon: resolution.maxEpsilon }),
  );
  const epsilons = perSample.flatMap((found) => (isMissing(found) ? [] : [found.epsilon]));
  const tail = (probability: number): Reading =>
    epsilons.length === 0 ? noEpsilon : quantile(epsilons, probability);
  return {
    forgetScore:
      epsilons.length === 0
        ? noEpsilon
        : points.reduce<number>((total, each) => total + (each ?? 0), 0) / epsilons.length,
    perSample,
    points,
    epsilon: { median: tail(0.5), p95: tail(0.95), largest: tail(1) },
    resolution,
    samples: { scored: epsilons.length, missing: perSample.length - epsilons.length },
  };
}

const noEpsilon: Missing = { reason: "DEGENERATE", detail: "no sample has an epsilon" };

/** Points of one epsilon: 1, 1/2, 1/4, ... in bins of `bucketSize`, and 0 in no bin that ends by `maxEpsilon`. */
export function epsilonPoints(
  epsilon: number,
  { bucketSize = 0.5, maxEpsilon }: { readonly bucketSize?: number; readonly maxEpsilon: number },
): number {
  if (!(epsilon >= 0) || !(bucketSize > 0) || !Number.isFinite(maxEpsilon)) {
    throw new RangeError(
      `epsilonPoints: expected an epsilon of at least 0, a bucketSize above 0 and a finite maxEpsilon, found ${epsilon}, ${bucketSize} and ${maxEpsilon}; take them from forgettingQuality.`,
    );
  }
  let bucket = Math.floor(epsilon / bucketSize);
  if (bucket >= noPoints) return 0;
  // The quotient rounds; the edges decide.
  if (epsilon < bucket * bucketSize) bucket--;
  else if (epsilon >= (bucket + 1) * bucketSize) bucket++;
  return (bucket + 1) * bucketSize <= maxEpsilon ? 2 ** -bucket : 0;
}

/** From this bin on, 2^-bin is 0 in float64. */
const noPoints = 1075;

/**
 * Final score of the challenge: F times what is left of the accuracies.
 *
 * score = F (RA_U / RA_R) (TA_U / TA_R)
 *
 * @param forgetScore - F of {@link forgettingQuality}.
 * @param accuracies - Retain and test accuracy of the unlearned and of the retrained models, in one unit.
 * @returns The score; above F where unlearned models are more accurate. A reason when a retrained accuracy is zero.
 * @throws RangeError when a number is below 0 or not finite.
 */
export function challengeScore(
  forgetScore: number,
  {
    unlearned,
    retrained,
  }: {
    readonly unlearned: { readonly retain: number; readonly test: number };
    readonly retrained: { readonly retain: number; readonly test: number };
  },
): Reading {
  const numbers = [forgetScore, unlearned.retain, unlearned.test, retrained.retain, retrained.test];
  checkNumbers("challengeScore", "its inputs", numbers);
  const negative = numbers.find((number) => number < 0);
  if (negative !== undefined) {
    throw new RangeError(
      `challengeScore: scores and accuracies must be at least 0, found ${negative}; correct it.`,
    );
  }
  const score = forgetScore * (unlearned.retain / retrained.retain) * (unlearned.test / retrained.test);
  if (!Number.isFinite(score)) {
    return { reason: "DEGENERATE", detail: "a retrained model has an accuracy of zero" };
  }
  return score;
}
