import { phiFloat64 } from "../signals/phi.ts";
import type { AuditInput } from "./audit-input.ts";
import { auditScores, type AuditReason, type AuditScores } from "./audit-result.ts";
import { checkOptions, type OptionRule } from "./check-options.ts";
import { defineEvaluator, type Evaluator } from "./evaluator.ts";
import {
  fewestModels,
  fitSide,
  leastModels,
  resolveVariance,
  varianceWords,
  type GaussianSide,
  type Location,
  type ShadowSignals,
  type Variance,
} from "./gaussian-sides.ts";
import { logDensity, logSurvival } from "./log-survival.ts";
import type { ModelOrigin, ShadowOutputs } from "./shadow-models.ts";
import { checkShadows, scoreInTable, shadowSignals } from "./shadow-outputs.ts";

/** Options of {@link lira} and {@link liraScores}. */
export interface LiraOptions {
  /**
   * - `"online"` (the default): log N(phi; in) - log N(phi; out).
   * - `"offline"`: -log(1 - Phi((phi - mean_out) / spread_out)): one-sided, needs OUT models only, never saturates.
   * - `"offlineDensity"`: -log N(phi; out) as in reference code, two-sided: far below counts as a member as well.
   */
  readonly form?: "online" | "offline" | "offlineDensity";
  /** `"auto"` by default: pooled below 16 models a side. */
  readonly variance?: Variance;
  /** `"median"` by default, as the reference code; the paper says mean. */
  readonly location?: Location;
}

const rules: Readonly<Record<string, OptionRule>> = {
  form: ["online", "offline", "offlineDensity"],
  variance: varianceWords,
  location: ["mean", "median"],
};

/**
 * The likelihood ratio attack: for each sample, how much likelier its phi is under models that trained on it than under
 * models that did not.
 *
 * score = log N(phi; mu_in, sigma_in^2) - log N(phi; mu_out, sigma_out^2)
 *
 * @param target - phi of the audited model, `[samples]`.
 * @param shadows - phi of the shadow models: side 1 trained on the sample, side 0 did not.
 * @returns Scores, higher for members. A sample has the reason `TOO_FEW_SHADOWS` below two models on a side it needs (one where
 * the variance is pooled), and `ZERO_VARIANCE` where all of a side's values are equal, or nearer to each other than
 * 1e-100.
 *
 * Source: Carlini et al., 2022, algorithm 1 and section VI-B. Reference: tensorflow/privacy `advanced_mia.py` at 03035d5,
 * with its sign turned round. Differs from it: no floor under a variance of zero.
 */
export function liraScores(
  target: Float64Array,
  shadows: ShadowSignals,
  options: LiraOptions = {},
): AuditScores {
  checkOptions("lira", options, rules);
  const { form = "online", variance = "auto", location = "median" } = options;
  const outside = fitSide(shadows, 0, { location });
  const sides = form === "online" ? [fitSide(shadows, 1, { location }), outside] : [outside];
  const used = resolveVariance(variance, sides);
  const entries = Array.from(target, (value, i): number | AuditReason => {
    const problem = problemOf(sides, i, used);
    if (problem !== undefined) return problem;
    const z = (side: GaussianSide): number =>
      (value - (side.locations[i] as number)) / spreadOf(side, i, used);
    const logNormal = (side: GaussianSide): number => logDensity(z(side)) - Math.log(spreadOf(side, i, used));
    if (form === "offline") return -logSurvival(z(outside));
    if (form === "offlineDensity") return -logNormal(outside);
    return logNormal(sides[0] as GaussianSide) - logNormal(outside);
  });
  return auditScores(entries, "perExample", {
    form,
    variance: used,
    location,
    fewestShadowsPerSide: fewestModels(sides),
  });
}

/** The spread that a side's values are divided by. */
export function spreadOf(side: GaussianSide, i: number, variance: "perSample" | "pooled"): number {
  return variance === "pooled" ? side.pooledSpread : (side.spreads[i] as number);
}

/** The square of a signal divided by anything smaller may be infinite in float64, and a difference of two such no number. */
const smallestSpread = 1e-100;

/** Why a sample cannot be scored, if so. */
export function problemOf(
  sides: readonly GaussianSide[],
  i: number,
  variance: "perSample" | "pooled",
): AuditReason | undefined {
  if (sides.some(({ counts }) => (counts[i] as number) < leastModels[variance])) return "TOO_FEW_SHADOWS";
  if (sides.some((side) => !(spreadOf(side, i, variance) > smallestSpread))) return "ZERO_VARIANCE";
  return undefined;
}

/**
 * LiRA as an evaluator, with `original` shadow models. Shadows that were never unlearned say how a model treats what it
 * was trained on; for an unlearned model they are the wrong member side, and the result says so: `u-lira` is its audit.
 *
 * @example
 * ```ts
 * import { liraScores } from "@ltu/mia/evaluators";
 *
 * // One sample, four shadow models: two trained on it (phi 4 and 6), two did not (phi -1 and 1).
 * const shadows = {
 *   values: Float64Array.of(4, 6, -1, 1),
 *   sides: Int8Array.of(1, 1, 0, 0),
 *   samples: 1,
 * };
 * const { scores, about } = liraScores(Float64Array.of(5), shadows);
 * console.log(scores[0], about.variance); // → 12.5 pooled
 * ```
 */
export function lira(options: LiraOptions = {}): Evaluator {
  checkOptions("lira", options, rules);
  return defineEvaluator({
    name: "lira",
    kind: "perExample",
    families: ["lira"],
    needs: ["shadows"],
    readsLabels: true,
    score: (input) => {
      const { samples, shadows, model } = withShadows("lira", input);
      const originals = shadows.models.filter(({ kind }) => kind !== "unlearned");
      const signals = shadowSignals({ ...shadows, models: originals }, (_, { trained }) => (trained ? 1 : 0));
      const result = scoreInTable(shadows, samples.indexes, phiFloat64(samples), (target) =>
        liraScores(target, signals, options),
      );
      const shadowsAre = model.method === undefined ? "as the model" : "not unlearned, as the model is";
      return { ...result, about: { ...result.about, shadows: originals.length, shadowsAre } };
    },
  });
}

/** The scored samples and the shadow models of an input, checked. */
export function withShadows(
  name: string,
  { score: { samples }, shadows, model }: AuditInput,
): { samples: AuditInput["score"]["samples"]; shadows: ShadowOutputs; model: ModelOrigin } {
  const [given, origin] = [shadows as ShadowOutputs, model as ModelOrigin];
  checkShadows(name, given, origin, samples.classes);
  return { samples, shadows: given, model: origin };
}
