import { LtuError, type IndexSet, type Predictions } from "@ltu/core";

import { logSumExpOf } from "../signals/logit-rows.ts";
import { lossFloat64 } from "../signals/loss.ts";
import type { AuditSamples } from "./audit-input.ts";
import { auditScores, type AuditReason, type AuditScores, type Unavailable } from "./audit-result.ts";
import { aboveZero, checkOptions, someText, type OptionRule } from "./check-options.ts";
import { defineEvaluator, type Evaluator } from "./evaluator.ts";
import type { ShadowSignals } from "./gaussian-sides.ts";
import { withShadows } from "./lira.ts";
import { countBelow } from "../ranks.ts";
import { scoreInTable, shadowColumns, shadowSignals } from "./shadow-outputs.ts";

/** Options of {@link rmia} and {@link rmiaScores}. */
export interface RmiaOptions {
  /** `"offline"` (the default) needs only reference models that have not seen x; `"online"` both kinds. */
  readonly form?: "offline" | "online";
  /** How much likelier than z a sample must be, above 0; 1 by default, 2 in LeakPro. */
  readonly gamma?: number;
  /** How far p(x) of models that have seen x is above that of models that have not, 0 to 1; 0.33 by default. Offline only. */
  readonly a?: number;
}

const rules: Readonly<Record<string, OptionRule>> = {
  form: ["offline", "online"],
  gamma: aboveZero,
  a: { expected: "from 0 to 1", holds: (value) => typeof value === "number" && value >= 0 && value <= 1 },
};

/** Log likelihoods of the true class: -loss. */
export interface RmiaSignals {
  /** log p(x | target), `[samples]`. */
  readonly target: Float64Array;
  /** log p(x | reference): side 1 has seen x, side 0 has not. */
  readonly references: ShadowSignals;
  /** log p(z | target), `[population]`. */
  readonly populationTarget: Float64Array;
  /** log p(z | reference) of every reference model, `[models, population]` row-major. */
  readonly populationReferences: Float64Array;
}

/** What {@link rmiaScores} returns beside the scores. */
export interface RmiaScores extends AuditScores {
  /** log p(x) of each scored row. */
  readonly logPrior: Float64Array;
  /** log p(z) of the population. */
  readonly populationLogPrior: Float64Array;
}

/**
 * RMIA: the share of population samples z that x beats.
 *
 * LR(x, z) = [p(x | target) / p(x)] / [p(z | target) / p(z)];  score(x) = |{z : LR(x, z) > gamma}| / |Z|
 * offline: p(x) = 1/2 [(1 + a) mean_out(x) + 1 - a], and p(z) likewise over all reference models
 * online: p(x) = 1/2 [mean_in(x) + mean_out(x)], p(z) = mean over all reference models
 *
 * Everything is in logarithms, so that the smallest probabilities keep their ratio.
 *
 * @returns Scores from 0 to 1, higher for members; a sample without a reference model on a side it needs has the reason
 * `TOO_FEW_SHADOWS`.
 * @throws LtuError `OPTION`; `DATA` for an empty population; `SHAPE`.
 *
 * Source: Zarifzadeh et al., Low-Cost High-Power Membership Inference Attacks, 2024, equations 2 to 4 and appendix B
 * (arXiv 2312.03262). privacytrustlab/ml_privacy_meter at e384af8 keeps only the largest signals of the population, a
 * bias that is not followed.
 *
 * @example
 * ```ts
 * import { rmiaScores } from "@ltu/mia/evaluators";
 *
 * // The audited model gives x probability 0.8, a reference model 0.4; for the population both are alike.
 * const log = (...values: number[]) => Float64Array.from(values, Math.log);
 * const { scores } = rmiaScores(
 *   {
 *     target: log(0.8),
 *     references: { values: log(0.4), sides: Int8Array.of(0), samples: 1 },
 *     populationTarget: log(0.5, 0.9),
 *     populationReferences: log(0.5, 0.3),
 *   },
 *   { a: 1 },
 * );
 * console.log(scores[0]); // → 0.5
 * ```
 */
export function rmiaScores(
  { target, references, populationTarget, populationReferences }: RmiaSignals,
  options: RmiaOptions = {},
): RmiaScores {
  checkOptions("rmia", options, rules);
  const { form = "offline", gamma = 1, a = 0.33 } = options;
  const population = populationTarget.length;
  if (population === 0) {
    throw new LtuError("DATA", "rmia: expected samples of the population, found none; give at least one.");
  }
  const { values, sides, samples } = references;
  const models = samples === 0 ? 0 : values.length / samples;
  if (target.length !== samples || populationReferences.length !== models * population) {
    throw new LtuError(
      "SHAPE",
      `rmia: expected ${samples} target values and ${models} x ${population} of the population, found ${target.length} and ${populationReferences.length}; take all from the same models and samples.`,
    );
  }
  const offline = (logMean: number): number => Math.log(0.5 * ((1 + a) * Math.exp(logMean) + 1 - a));
  const exact = (logMean: number): number => (a === 1 ? logMean : offline(logMean));
  const populationLogPrior = Float64Array.from(populationTarget, (_, z) => {
    const all = Array.from({ length: models }, (__, m) => populationReferences[m * population + z] as number);
    return form === "offline" ? exact(logMeanExp(all)) : logMeanExp(all);
  });
  const ratios = populationTarget.map((value, z) => value - (populationLogPrior[z] as number)).sort();
  const priors: number[] = [];
  const entries = Array.from(target, (value, i): number | AuditReason => {
    const on = (side: number): number[] => {
      const own: number[] = [];
      for (let m = 0; m < models; m++)
        if (sides[m * samples + i] === side) own.push(values[m * samples + i] as number);
      return own;
    };
    const outside = on(0);
    const inside = form === "online" ? on(1) : [];
    if (outside.length === 0 || (form === "online" && inside.length === 0)) return "TOO_FEW_SHADOWS";
    const prior =
      form === "offline" ? exact(logMeanExp(outside)) : logMeanExp([logMeanExp(inside), logMeanExp(outside)]);
    priors.push(prior);
    return countBelow(ratios, value - prior - Math.log(gamma)) / population;
  });
  const about = { form, gamma, population, references: models, ...(form === "offline" ? { a } : {}) };
  return {
    ...auditScores(entries, "perExample", about),
    logPrior: Float64Array.from(priors),
    populationLogPrior,
  };
}

/** log of the mean of exp. */
function logMeanExp(logs: readonly number[]): number {
  // In order of size, so that the same models in another order give the same number to the last bit.
  return logSumExpOf([...logs].sort((x, y) => x - y)) - Math.log(logs.length);
}

/** What {@link rmia} takes beside the options of {@link rmiaScores}. */
export interface RmiaEvaluatorOptions extends RmiaOptions {
  /** Divides the logits first; 1 by default, 2 in LeakPro. */
  readonly temperature?: number;
  /**
   * Which shadows are its reference models. `"trained"` (the default): those that were trained only, originals on random
   * halves, or retrained models, which are OUT for what is to be forgotten. `"unlearned"`: those that a method unlearned, as
   * the audited model was; a model is then IN where it was trained on x and made to forget it, and OUT where it has never
   * seen x.
   */
  readonly references?: "trained" | "unlearned";
  /** The method whose shadows to take, for `"unlearned"`; that of the audited model by default. */
  readonly method?: string;
}

/**
 * RMIA as an evaluator. The shadows' outputs must cover the population too.
 *
 * @returns An evaluator; the reason is `NO_SHADOWS`, or `NO_UNLEARNED_SHADOWS`, where there is no model of the asked kind.
 * @throws LtuError `OPTION`.
 */
export function rmia(given: RmiaEvaluatorOptions = {}): Evaluator {
  checkOptions("rmia", given, {
    ...rules,
    temperature: aboveZero,
    references: ["trained", "unlearned"],
    method: someText,
  });
  const { temperature = 1, references: wanted = "trained", method, ...options } = given;
  if (method !== undefined && wanted !== "unlearned") {
    throw new LtuError(
      "OPTION",
      `rmia: method belongs to references "unlearned", found it with "${wanted}"; leave it out.`,
    );
  }
  const logLikelihood = ({ logits, labels, classes }: Predictions): Float64Array =>
    lossFloat64({ logits: logits.map((z) => z / temperature), labels, classes }).map((value) => -value);
  return defineEvaluator({
    name: "rmia",
    kind: "perExample",
    families: ["rmia"],
    needs: ["shadows", "population"],
    readsLabels: true,
    score: (input) => {
      const { samples, shadows, model } = withShadows("rmia", input);
      const population = input.population as AuditSamples;
      const by = method ?? model.method;
      const models = shadows.models.filter((shadow) =>
        wanted === "trained" ? shadow.kind !== "unlearned" : by !== undefined && shadow.method === by,
      );
      const columns = populationColumns(shadows.indexes, population.indexes);
      if (models.length === 0) return withoutReferences(wanted, by);
      const references = shadowSignals(
        { ...shadows, models },
        (_, { trained, forgotten }) => (!trained ? 0 : wanted === "trained" || forgotten ? 1 : -1),
        logLikelihood,
      );
      const populationReferences = Float64Array.from(
        models.flatMap(({ outputs }) => {
          const all = logLikelihood(outputs);
          return Array.from(columns, (column) => all[column] as number);
        }),
      );
      const populationTarget = logLikelihood(population);
      const result = scoreInTable(shadows, samples.indexes, logLikelihood(samples), (target) =>
        rmiaScores({ target, references, populationTarget, populationReferences }, options),
      );
      return { ...result, about: { ...result.about, temperature, referencesAre: wanted } };
    },
  });
}

function withoutReferences(wanted: "trained" | "unlearned", method: string | undefined): Unavailable {
  return wanted === "trained"
    ? {
        reason: "NO_SHADOWS",
        detail:
          "rmia: expected reference models that were trained only, found none; give originals or retrained models.",
      }
    : {
        reason: "NO_UNLEARNED_SHADOWS",
        detail: `rmia: expected reference models unlearned by ${method === undefined ? "a named method" : `"${method}"`}, found none; unlearn shadow models by the audited method and options.`,
      };
}

function populationColumns(indexes: IndexSet, population: IndexSet): Int32Array {
  const columns = shadowColumns({ indexes }, population);
  const absent = columns.indexOf(-1);
  if (absent >= 0) {
    throw new LtuError(
      "SHAPE",
      `rmia: shadow models need outputs of every sample of the population, found none of ${population[absent]}; add it to shadows.indexes.`,
    );
  }
  return columns;
}
