import { LtuError } from "@ltu/core";

import { auditScores } from "./audit-result.ts";
import { defineEvaluator, type Evaluator } from "./evaluator.ts";

/**
 * The gradient norm attack: a model lies near the minimum of the loss of what it was trained on, so those samples pull
 * least at its parameters. It needs the parameters.
 *
 * score = -||d loss(x, y) / d theta||
 *
 * The norms come from {@link gradientNorms}.
 *
 * Source: Nasr et al., Comprehensive Privacy Analysis of Deep Learning, 2019 (arXiv 1812.00910), section V; the sign and the
 * use of the norm alone are ours.
 */
export function gradientNorm(): Evaluator {
  return defineEvaluator({
    name: "gradient-norm",
    kind: "population",
    families: ["gradient"],
    needs: ["gradientNorms"],
    readsLabels: true,
    score: ({ score: { samples } }) => {
      const norms = Float64Array.from(samples.gradientNorms as ArrayLike<number>);
      const broken = norms.find((norm) => !(norm >= 0 && Number.isFinite(norm)));
      if (broken !== undefined) {
        throw new LtuError(
          "DATA",
          `gradientNorm: norms must be finite and not negative, found ${broken}; measure them with gradientNorms.`,
        );
      }
      return auditScores(
        norms.map((norm) => -norm),
        "population",
      );
    },
  });
}
