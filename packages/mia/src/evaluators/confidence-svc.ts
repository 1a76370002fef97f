import { LtuError, type EvaluatorAttack, type Predictions } from "@ltu/core";
import { miaEfficacy } from "@ltu/metrics";

import { trueProbabilityFloat64 } from "../signals/true-probability.ts";
import { fitSvc, type Points, type SvcOptions } from "./svc.ts";

/** One model's outputs (evaluation mode, no augmentation) on the sets of MIA-efficacy, in data-set order. */
export interface ConfidenceSvcInput {
  /** All of D_r, never only its accessible share; the first samples are the members. */
  readonly retain: Predictions;
  /** D_test; the first samples are the non-members. */
  readonly test: Predictions;
  /** D_f; every sample is judged. */
  readonly forget: Predictions;
}

/** What the attack decided, and on how many samples. */
export interface ConfidenceSvcResult {
  /** MIA-efficacy in percent: the share of the forget set taken for non-members. The target is the retrained model's. */
  readonly efficacyPercent: number;
  /** One for each forget sample; above 0 means predicted member. */
  readonly decisions: Float64Array;
  readonly samples: { readonly members: number; readonly nonMembers: number; readonly forget: number };
  readonly offset: number;
  readonly offsetUnique: boolean;
  readonly supportVectors: number;
  readonly iterations: number;
}

/**
 * The attack of MIA-efficacy: a support vector classifier on the probability of the true class, fitted for one model
 * on min(|D_r|, |D_test|) members and as many non-members, then asked about the forget set.
 *
 * efficacy = 100 * |{x in D_f : decision(p_y(x)) <= 0}| / |D_f|
 *
 * A population attack on one model, and it reads the signal that most feedback attacks read: for a model unlearned
 * with those, it is no independent audit.
 *
 * @param options - Those of `fitSvc`: C = 3, gamma 1 / features = 1, tolerance 1e-3, as the reference.
 * @returns An evaluator; it holds no tensors. Its `evaluate` throws LtuError `DATA` for an empty set or outputs that
 * are not finite, `NO_SIGNAL` when every member and non-member has the same probability.
 *
 * Source: Unlearn-Saliency, `Classification/evaluation/SVC_MIA.py` at a6e89fd, field `confidence`. Differs from it
 * where D_r is smaller than D_test: the reference fails there.
 *
 * @example
 * ```ts
 * import { confidenceSvc } from "@ltu/mia/evaluators";
 *
 * // Logits (z, 0) of two classes with true class 0: a large z is a confident, member-like output.
 * const outputs = (...z: number[]) => ({
 *   logits: Float32Array.from(z.flatMap((value) => [value, 0])),
 *   labels: new Int32Array(z.length),
 *   classes: 2,
 * });
 * const { efficacyPercent, samples } = confidenceSvc().evaluate({
 *   retain: outputs(6, 7, 8, 9),
 *   test: outputs(0, 1, -1),
 *   forget: outputs(8, 7, 0, 0.5),
 * });
 * console.log(efficacyPercent, samples.members); // → 50 3
 * ```
 */
export function confidenceSvc(
  options: SvcOptions = {},
): EvaluatorAttack<ConfidenceSvcInput, ConfidenceSvcResult> {
  return {
    role: "evaluator",
    name: "confidence-svc",
    evaluate: ({ retain, test, forget }) => {
      const each = Math.min(retain.labels.length, test.labels.length);
      if (each === 0 || forget.labels.length === 0) {
        throw new LtuError(
          "DATA",
          `confidenceSvc: expected retain, test and forget samples, found ${retain.labels.length}, ${test.labels.length} and ${forget.labels.length}; give three non-empty sets.`,
        );
      }
      const svc = fitSvc(confidences(first(retain, each)), confidences(first(test, each)), options);
      const decisions = svc.decide(confidences(forget));
      const { offset, offsetUnique, supportVectors, iterations } = svc;
      return {
        efficacyPercent: miaEfficacy(decisions),
        decisions,
        samples: { members: each, nonMembers: each, forget: decisions.length },
        offset,
        offsetUnique,
        supportVectors,
        iterations,
      };
    },
  };
}

function confidences(predictions: Predictions): Points {
  return { values: trueProbabilityFloat64(predictions), dimensions: 1 };
}

function first({ logits, labels, classes }: Predictions, count: number): Predictions {
  return { logits: logits.subarray(0, count * classes), labels: labels.subarray(0, count), classes };
}
