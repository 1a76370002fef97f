import { correctnessFloat64 } from "../signals/correctness.ts";
import type { QueryView } from "./audit-input.ts";
import { auditScores } from "./audit-result.ts";
import { checkOptions } from "./check-options.ts";
import { defineEvaluator, type Evaluator } from "./evaluator.ts";

/** Options of {@link labelOnly}. */
export interface LabelOnlyOptions {
  /**
   * - `"votes"` (the default): the share of augmented views that are classified right.
   * - `"boundary"`: the mean noise that a sample bears before its label flips.
   */
  readonly form?: "votes" | "boundary";
}

/**
 * Label-only attacks: nothing is read but which class is predicted, so that no change of the confidences hides anything.
 *
 * votes: score = share of the views without noise whose prediction is y
 * boundary: score = integral of P(prediction is y | noise) over the noise, from 0 to the largest that was tried, by
 * trapezoids; it is the mean noise at which the label flips, as far as that was tried
 *
 * The views come from {@link queryViews}: the same queries for every sample, members or not.
 *
 * @returns An evaluator; the reason is `NO_VIEWS` where there is no augmented view, or fewer than two strengths of noise
 * (0 counts as one).
 *
 * Source: Choquette-Choo et al., Label-Only Membership Inference Attacks, 2021 (arXiv 2007.14321), augmentation and noise
 * attacks; Li and Zhang, 2021 (arXiv 2007.15528). The integral over strengths is ours.
 */
export function labelOnly(options: LabelOnlyOptions = {}): Evaluator {
  checkOptions("label-only", options, { form: ["votes", "boundary"] });
  const { form = "votes" } = options;
  return defineEvaluator({
    name: "label-only",
    kind: "query",
    families: ["label-only"],
    needs: ["views"],
    readsLabels: true,
    score: ({ score: { samples } }) => {
      const views = samples.views as readonly QueryView[];
      const strengths = [...new Set(views.map(({ noise }) => noise))].sort((a, b) => a - b);
      const used = form === "votes" ? strengths.filter((noise) => noise === 0) : strengths;
      if (used.length < (form === "votes" ? 1 : 2)) {
        const expected =
          form === "votes" ? "views without noise" : "views of at least two strengths of noise";
        return {
          reason: "NO_VIEWS",
          detail: `label-only: expected ${expected}, found ${views.length} views of strength ${strengths.join(", ") || "none"}; ask queryViews for them.`,
        };
      }
      const shares = used.map((noise) => shareRight(views.filter((view) => view.noise === noise)));
      const about = { form, views: views.length, strengths };
      if (form === "votes") return auditScores(shares[0] as Float64Array, "query", about);
      const distances = new Float64Array(samples.labels.length);
      for (let k = 1; k < used.length; k++) {
        const width = (used[k] as number) - (used[k - 1] as number);
        distances.forEach((distance, i) => {
          const [left, right] = [shares[k - 1]?.[i] as number, shares[k]?.[i] as number];
          distances[i] = distance + (width * (left + right)) / 2;
        });
      }
      // Equal distances that come from other shares differ in their last digits, and must tie.
      return auditScores(
        distances.map((distance) => Number(distance.toPrecision(12))),
        "query",
        about,
      );
    },
  });
}

function shareRight(views: readonly QueryView[]): Float64Array {
  const counts = views.map(({ outputs }) => correctnessFloat64(outputs));
  const [first, ...others] = counts as [Float64Array, ...Float64Array[]];
  return first.map(
    (right, i) => others.reduce((total, own) => total + (own[i] as number), right) / views.length,
  );
}
