import type { LabelledLogits } from "./accuracy.ts";

/**
 * Margin of the true class in logits: log(p_y / (1 - p_y)), also called phi or logit-scaled confidence.
 *
 * m = z_y - log(sum over j != y of exp(z_j))
 *
 * @param outputs - Logits `[samples, classes]` of at least two classes, with the true labels.
 * @returns `[samples]`; forgetting quality and KLOM are computed from these under many models.
 * @throws RangeError when sizes disagree, a label is out of range or a logit is not finite.
 *
 * Source: Carlini et al., Membership Inference Attacks From First Principles, 2022, section IV.
 *
 * @example
 * ```ts
 * import { logitMargin } from "@ltu/metrics";
 *
 * // Two equal logits beside the true class's: log(e^2 / (1 + 1)).
 * console.log(logitMargin({ logits: [2, 0, 0], labels: [0], classes: 3 })[0]?.toFixed(3)); // → 1.307
 * ```
 */
export function logitMargin({ logits, labels, classes }: LabelledLogits): Float64Array {
  if (!Number.isInteger(classes) || classes < 2) {
    throw new RangeError(
      `logitMargin: expected at least 2 classes, found ${classes}; give the model's logits.`,
    );
  }
  if (logits.length !== labels.length * classes) {
    throw new RangeError(
      `logitMargin: expected ${labels.length} x ${classes} logits, found ${logits.length}; give one row of logits per label.`,
    );
  }
  return Float64Array.from({ length: labels.length }, (_, i) => {
    const label = labels[i] as number;
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new RangeError(
        `logitMargin: labels must be whole numbers from 0 to ${classes - 1}, found ${label} at sample ${i}; check the data set.`,
      );
    }
    let largest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < classes; k++) {
      const logit = logits[i * classes + k] as number;
      if (!Number.isFinite(logit)) {
        throw new RangeError(
          `logitMargin: logits must be finite, found ${logit} at sample ${i}; the model has diverged.`,
        );
      }
      if (k !== label) largest = Math.max(largest, logit);
    }
    let others = 0;
    for (let k = 0; k < classes; k++) {
      if (k !== label) others += Math.exp((logits[i * classes + k] as number) - largest);
    }
    return (logits[i * classes + label] as number) - largest - Math.log(others);
  });
}
