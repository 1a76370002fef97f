import { phiFloat64 } from "../signals/phi.ts";
import { auditScores, type AuditReason, type AuditScores } from "./audit-result.ts";
import { checkOptions, someText } from "./check-options.ts";
import { defineEvaluator, type Evaluator } from "./evaluator.ts";
import {
  fewestModels,
  fitSide,
  resolveVariance,
  varianceWords,
  type ShadowSignals,
  type Variance,
} from "./gaussian-sides.ts";
import { problemOf, spreadOf, withShadows } from "./lira.ts";
import { logDensity } from "./log-survival.ts";
import { scoreInTable, shadowSignals } from "./shadow-outputs.ts";

/** Options of {@link uLira} and {@link uLiraScores}. */
export interface ULiraOptions {
  /** `"auto"` by default: pooled below 16 models a side. */
  readonly variance?: Variance;
  /**
   * Which models stand for "has never seen x": those that the method unlearned too, for something else (`"unlearned"`, the
   * default: the audited model of a test sample is one of them), or models trained without x (`"oracle"`).
   */
  readonly neverSeen?: "unlearned" | "oracle";
}

/** What {@link uLiraScores} returns: the log of the odds as the score, and the share it stands for. */
export interface ULiraScores extends AuditScores {
  /** N_U / (N_U + N_O) of each scored row: the logistic function of its score. */
  readonly probabilities: Float64Array;
}

/**
 * U-LiRA: for each sample, how much likelier its phi is under models that trained on it and then unlearned it (U) than
 * under models that have never seen it (O).
 *
 * score = log N(phi; mu_U, sigma_U^2) - log N(phi; mu_O, sigma_O^2);  N_U / (N_U + N_O) = 1 / (1 + exp(-score))
 *
 * The score is the logarithm because the densities themselves underflow in the tails; both orders are the same.
 *
 * @param target - phi of an audited model that is not among the shadows, `[samples]`.
 * @param shadows - phi of the shadow models: side 1 is U, side 0 is O.
 * @returns Scores, higher for samples that were once members; reasons as for `liraScores`.
 *
 * Source: Hayes et al., Inexact Unlearning Needs More Careful Evaluations, 2024 (arXiv 2403.01218), section 4. Differs
 * from deepunlearn's `consolidate_predictions.py` at 6830ff6, which fits 0/1 correctness and scores what it fitted.
 *
 * @example
 * ```ts
 * import { uLiraScores } from "@ltu/mia/evaluators";
 *
 * // Unlearned models still have phi near 2, models that never saw the sample have phi near 0.
 * const shadows = {
 *   values: Float64Array.of(1, 3, -1, 1),
 *   sides: Int8Array.of(1, 1, 0, 0),
 *   samples: 1,
 * };
 * const { scores, probabilities } = uLiraScores(Float64Array.of(2), shadows);
 * console.log(scores[0], probabilities[0].toFixed(3)); // → 2 0.881
 * ```
 */
export function uLiraScores(
  target: Float64Array,
  shadows: ShadowSignals,
  options: Pick<ULiraOptions, "variance"> = {},
): ULiraScores {
  checkOptions("uLiraScores", options, { variance: varianceWords });
  const { variance = "auto" } = options;
  const [unlearned, neverSeen] = [fitSide(shadows, 1), fitSide(shadows, 0)];
  const sides = [unlearned, neverSeen];
  const used = resolveVariance(variance, sides);
  const entries = Array.from(target, (value, i): number | AuditReason => {
    const problem = problemOf(sides, i, used);
    if (problem !== undefined) return problem;
    const [u, o] = sides.map((side) => {
      const spread = spreadOf(side, i, used);
      return logDensity((value - (side.locations[i] as number)) / spread) - Math.log(spread);
    }) as [number, number];
    return u - o;
  });
  const result = auditScores(entries, "perExample", {
    variance: used,
    fewestShadowsPerSide: fewestModels(sides),
  });
  return { ...result, probabilities: result.scores.map(logistic) };
}

/** 1 / (1 + exp(-x)), exact where it is tiny. */
function logistic(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

/**
 * U-LiRA as an evaluator. Its shadow models are really unlearned: by the method and the options that made the audited
 * model, after the same training recipe, read with the same evaluation transform. `shadowPlan` says which are needed.
 *
 * A model that was trained only (such as a retrained one, to see that it passes) is audited by naming the method whose
 * shadows are given.
 */
export function uLira(
  options: ULiraOptions & {
    /** The method whose shadows to take; that of the audited model by default. */
    readonly method?: string;
  } = {},
): Evaluator {
  checkOptions("u-lira", options, {
    method: someText,
    neverSeen: ["unlearned", "oracle"],
    variance: varianceWords,
  });
  const { method, neverSeen = "unlearned", ...ownOptions } = options;
  return defineEvaluator({
    name: "u-lira",
    kind: "perExample",
    families: ["u-lira"],
    needs: ["shadows"],
    readsLabels: true,
    score: (input) => {
      const { samples, shadows, model } = withShadows("u-lira", input);
      const wanted = method ?? model.method;
      const unlearned = shadows.models.filter(
        (shadow) => shadow.kind === "unlearned" && shadow.method === wanted,
      );
      if (wanted === undefined || unlearned.length === 0) {
        const found = [...new Set(shadows.models.map((shadow) => shadow.method ?? shadow.kind))].join(", ");
        return {
          reason: "NO_UNLEARNED_SHADOWS",
          detail: `u-lira: expected shadow models unlearned by ${wanted === undefined ? "a named method" : `"${wanted}"`}, found ${found || "none"}; unlearn shadow models by the audited method and options.`,
        };
      }
      const oracles = neverSeen === "oracle" ? shadows.models.filter(({ kind }) => kind === "oracle") : [];
      const signals = shadowSignals(
        { ...shadows, models: [...unlearned, ...oracles] },
        ({ kind }, { trained, forgotten }) => {
          if (kind === "unlearned" && trained && forgotten) return 1;
          if (trained || (neverSeen === "oracle") !== (kind === "oracle")) return -1;
          return 0;
        },
      );
      const result = scoreInTable(shadows, samples.indexes, phiFloat64(samples), (target) =>
        uLiraScores(target, signals, ownOptions),
      );
      const probabilities = result.scores.map(logistic);
      return {
        ...result,
        probabilities,
        about: { ...result.about, method: wanted, neverSeen, shadows: unlearned.length },
      };
    },
  });
}
