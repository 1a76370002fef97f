import type { Predictions } from "@ltu/core";

import { entropyFloat64 } from "../signals/entropy.ts";
import { fromTop, logSumExpOf, mapRows } from "../signals/logit-rows.ts";
import { phiFloat64 } from "../signals/phi.ts";
import type { AuditSamples, FitPart } from "./audit-input.ts";
import { auditScores } from "./audit-result.ts";
import { aboveZero, checkOptions } from "./check-options.ts";
import { defineEvaluator, type Evaluator } from "./evaluator.ts";
import { logisticRegression } from "./logistic-regression.ts";
import { linearPredictor, standardise } from "./standardised.ts";

/** Options of {@link updatePair}. */
export interface UpdatePairOptions {
  /** Penalty of the classifier's squared coefficients (features on one scale), above 0; 1 by default. */
  readonly ridge?: number;
}

/** Below this many fitting samples of a side there is no classifier. */
const leastSamples = 10;
/** Numbers that {@link pairFeatures} gives for a sample. */
const width = 6;

/**
 * The before/after attack: whoever sees the original and the unlearned model sees what changed. It finds what was made to
 * stand out by forgetting too much as well as what was not forgotten.
 *
 * score = log odds of a logistic regression on: phi of both models, phi after - phi before, its size, the change of
 * entropy, and the Euclidean distance of the two soft-max outputs
 *
 * `fit.members` are samples that a shadow model was trained on and then unlearned, `fit.nonMembers` samples that it has
 * never seen; each with the outputs of that shadow before (`before`) and after. Never those of the audited model, whose
 * answer they would be.
 *
 * @returns An evaluator; the reason is `TOO_FEW_SAMPLES` below 10 fitting samples of a side.
 * @throws LtuError `OPTION`.
 *
 * Source: Chen et al., When Machine Unlearning Jeopardizes Privacy, 2021 (arXiv 2005.02205); the six features are ours.
 */
export function updatePair(options: UpdatePairOptions = {}): Evaluator {
  checkOptions("update-pair", options, { ridge: aboveZero });
  const { ridge = 1 } = options;
  return defineEvaluator({
    name: "update-pair",
    kind: "population",
    families: ["update-pair"],
    needs: ["fit", "before"],
    readsLabels: true,
    score: ({ score: { samples }, fit }) => {
      const { members, nonMembers } = fit as FitPart;
      const counts = [members.labels.length, nonMembers.labels.length] as const;
      if (Math.min(...counts) < leastSamples) {
        return {
          reason: "TOO_FEW_SAMPLES",
          detail: `update-pair: expected at least ${leastSamples} fitting samples of each side, found ${counts[0]} and ${counts[1]}; give more.`,
        };
      }
      const known = Float64Array.from([...pairFeatures(members), ...pairFeatures(nonMembers)]);
      const scaling = standardise(known, width);
      const sides = Uint8Array.from({ length: counts[0] + counts[1] }, (_, i) => (i < counts[0] ? 1 : 0));
      const coefficients = logisticRegression(scaling.design(known), sides, { ridge });
      const scores = linearPredictor(scaling.design(pairFeatures(samples)), coefficients);
      return auditScores(scores, "population", {
        ridge,
        coefficients: [...coefficients],
        fitMembers: counts[0],
        fitNonMembers: counts[1],
      });
    },
  });
}

/** What the attack reads of both models, `[samples, 6]` row-major. */
function pairFeatures(samples: AuditSamples): Float64Array {
  const before = samples.before as Predictions;
  const [phiBefore, phiAfter] = [phiFloat64(before), phiFloat64(samples)];
  const [entropyBefore, entropyAfter] = [entropyFloat64(before), entropyFloat64(samples)];
  const [softmaxBefore, softmaxAfter] = [softmaxOf(before), softmaxOf(samples)];
  const features = new Float64Array(width * samples.labels.length);
  samples.labels.forEach((_, i) => {
    const change = (phiAfter[i] as number) - (phiBefore[i] as number);
    let distance = 0;
    for (let j = i * samples.classes; j < (i + 1) * samples.classes; j++) {
      distance += ((softmaxAfter[j] as number) - (softmaxBefore[j] as number)) ** 2;
    }
    features.set(
      [
        phiBefore[i] as number,
        phiAfter[i] as number,
        change,
        Math.abs(change),
        (entropyAfter[i] as number) - (entropyBefore[i] as number),
        Math.sqrt(distance),
      ],
      i * width,
    );
  });
  return features;
}

function softmaxOf(outputs: Predictions): Float64Array {
  return mapRows(outputs, outputs.classes, (logits, _label, write) => {
    const row = fromTop(logits);
    const total = logSumExpOf(row);
    row.forEach((logit) => write(Math.exp(logit - total)));
  });
}
