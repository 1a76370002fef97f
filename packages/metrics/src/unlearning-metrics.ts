import { accuracyPercent, type LabelledLogits } from "./accuracy.ts";

/** The four numbers of an unlearning table, in percent. None of them is "the higher the better"; see `metricDefinitions`. */
export interface UnlearningMetrics {
  /** 100 minus the accuracy on the forget set. */
  readonly UA: number;
  /** Accuracy on the retain set. */
  readonly RA: number;
  /** Accuracy on the test set. */
  readonly TA: number;
  /** MIA-efficacy: share of the forget set taken for non-members. */
  readonly MIA: number;
}

/** The four numbers and how many samples each was measured on. */
export interface MeasuredUnlearning extends UnlearningMetrics {
  readonly samples: { readonly forget: number; readonly retain: number; readonly test: number };
}

/**
 * Unlearning, retain and test accuracy of one model, beside its MIA-efficacy.
 *
 * UA = 100 - accuracy(forget), RA = accuracy(retain), TA = accuracy(test), all in percent and over every sample given.
 *
 * @param outputs - Logits and true labels on the forget, the whole retain and the test set (class-wise forgetting:
 * the test set without the forgotten class).
 * @param options - `miaEfficacy`: the percentage that `confidenceSvc` of `@ltu/mia/evaluators` (or
 * {@link miaEfficacy} from decisions of another attack) gave for this model.
 * @returns The four numbers and the sizes of the sets.
 * @throws RangeError when a set is empty or malformed, or when `miaEfficacy` is not in [0, 100].
 *
 * Source: Unlearn-Saliency, `Classification/main_forget.py` at a6e89fd.
 *
 * @example
 * ```ts
 * import { unlearningMetrics } from "@ltu/metrics";
 *
 * const right = { logits: [1, 0], labels: [0], classes: 2 };
 * const wrong = { logits: [1, 0], labels: [1], classes: 2 };
 * const { UA, RA, TA } = unlearningMetrics({ forget: wrong, retain: right, test: right }, { miaEfficacy: 80 });
 * console.log(UA, RA, TA); // → 100 100 100
 * ```
 */
export function unlearningMetrics(
  outputs: {
    readonly forget: LabelledLogits;
    readonly retain: LabelledLogits;
    readonly test: LabelledLogits;
  },
  { miaEfficacy }: { readonly miaEfficacy: number },
): MeasuredUnlearning {
  if (!(miaEfficacy >= 0 && miaEfficacy <= 100)) {
    throw new RangeError(
      `unlearningMetrics: miaEfficacy must be a percentage from 0 to 100, found ${miaEfficacy}; take it from an evaluator.`,
    );
  }
  const percent = (set: LabelledLogits): number => accuracyPercent(set.logits, set.labels, set.classes);
  return {
    UA: 100 - percent(outputs.forget),
    RA: percent(outputs.retain),
    TA: percent(outputs.test),
    MIA: miaEfficacy,
    samples: {
      forget: outputs.forget.labels.length,
      retain: outputs.retain.labels.length,
      test: outputs.test.labels.length,
    },
  };
}
