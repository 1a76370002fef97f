import { LtuError } from "@ltu/core";

import { phiFloat64 } from "../signals/phi.ts";
import type { AuditSamples, FitPart } from "./audit-input.ts";
import { auditScores } from "./audit-result.ts";
import { aboveZero, betweenZeroAndOne, checkOptions } from "./check-options.ts";
import { defineEvaluator, type Evaluator } from "./evaluator.ts";
import { quantileRegression } from "./quantile-regression.ts";
import { linearPredictor, standardise } from "./standardised.ts";

/** Options of {@link quantile}. */
export interface QuantileOptions {
  /** The rate of false positives that the decision `score > 0` aims at, above 0 and below 1; 0.05 by default. */
  readonly fpr?: number;
  /** Penalty of the regressor's squared coefficients (features on one scale), above 0; 1 by default. */
  readonly ridge?: number;
}

/**
 * Quantile regression: a sample is called a member when the model is surer of it than of nearly all non-members that look
 * like it. No shadow model is needed.
 *
 * score = phi(x) - q(x),  q the (1 - fpr) quantile of phi over non-members, predicted from the features of x
 *
 * The features must not come from the audited model: the outputs or the penultimate layer of a model that has seen neither
 * side, or statistics of the image. The regressor is linear in them, fitted on `fit.nonMembers` alone.
 *
 * @returns An evaluator; the reason is `TOO_FEW_SAMPLES` below 1 / fpr non-members.
 * @throws LtuError `OPTION`.
 *
 * Source: Bertran et al., Scalable Membership Inference Attacks via Quantile Regression, 2023 (arXiv 2307.03694), which
 * trains a neural network on the image; the linear regressor on features is ours.
 */
export function quantile(options: QuantileOptions = {}): Evaluator {
  checkOptions("quantile", options, { fpr: betweenZeroAndOne, ridge: aboveZero });
  const { fpr = 0.05, ridge = 1 } = options;
  return defineEvaluator({
    name: "quantile",
    kind: "perExample",
    families: ["quantile"],
    needs: ["fit", "features"],
    readsLabels: true,
    score: ({ score: { samples }, fit }) => {
      const { nonMembers } = fit as FitPart;
      const [known, asked] = [featuresOf(nonMembers), featuresOf(samples)];
      const count = nonMembers.labels.length;
      const needed = Math.ceil(1 / fpr);
      if (count < needed) {
        return {
          reason: "TOO_FEW_SAMPLES",
          detail: `quantile: expected at least ${needed} non-members for a false positive rate of ${fpr}, found ${count}; give more or raise fpr.`,
        };
      }
      if (known.width !== asked.width || known.width < 1) {
        throw new LtuError(
          "SHAPE",
          `quantile: expected the same features of every sample, found ${known.width} and ${asked.width}; take them from one source.`,
        );
      }
      const scaling = standardise(known.values, known.width);
      const coefficients = quantileRegression(scaling.design(known.values), phiFloat64(nonMembers), {
        quantile: 1 - fpr,
        ridge,
      });
      const predicted = linearPredictor(scaling.design(asked.values), coefficients);
      const scores = phiFloat64(samples).map((value, i) => value - (predicted[i] as number));
      return auditScores(scores, "perExample", { fpr, ridge, features: known.width, fitNonMembers: count });
    },
  });
}

function featuresOf(samples: AuditSamples): NonNullable<AuditSamples["features"]> {
  const features = samples.features as NonNullable<AuditSamples["features"]>;
  const broken = Array.from(features.values).find((value) => !Number.isFinite(value));
  if (broken !== undefined) {
    throw new LtuError(
      "DATA",
      `quantile: features must be finite, found ${broken}; check where they come from.`,
    );
  }
  return features;
}
