import {
  add,
  div,
  expandDims,
  log,
  mul,
  neg,
  softplus,
  sub,
  tensor1d,
  type Tensor1D,
  type Tensor2D,
} from "@tensorflow/tfjs-core";

import { logsumexp } from "../signals/logsumexp.ts";
import { logSumExpOf } from "../signals/logit-rows.ts";
import { loss, lossFloat64, softplusFloat64 } from "../signals/loss.ts";
import { trueProbabilityFloat64 } from "../signals/true-probability.ts";
import type { AttackOutputs, FeedbackDefinition } from "./definition.ts";
import { fitThreshold, thresholdProblem, type FittedThreshold } from "./fit-threshold.ts";

/** The dials of {@link softShareLogit} and of the offline p(x). */
export interface SoftRatioOptions {
  /** How much likelier than z a sample must be: gamma. */
  readonly gamma: number;
  /** How much the p(x) of models that have seen x is above that of models that have not: a, 0 to 1. */
  readonly offlineA: number;
  /** Width of the soft comparison, in log LR; towards 0 it becomes RMIA's count. */
  readonly temperature: number;
}

/** gamma 2 and a 0.33, the defaults of LeakPro; temperature 1, ours. */
export const softRatioDefaults: SoftRatioOptions = { gamma: 2, offlineA: 0.33, temperature: 1 };

/** Population samples that the score compares with: at most this many quantiles of them. */
const maxPopulation = 256;

/** The fitted numbers of {@link softRatio}. */
export interface FittedSoftRatio extends FittedThreshold {
  /** log [p(z | target) / p(z)] of the population, ascending. */
  readonly population: readonly number[];
}

/**
 * RMIA with a soft count: the share of population samples z that x beats, each comparison made smooth.
 *
 * LR(x, z) = [p(x | target) / p(x)] / [p(z | target) / p(z)];  S(x) = mean_z sigmoid((log LR - log gamma) / temperature)
 * logit = (log [S / (1 - S)] - threshold) / scale
 *
 * p(x | target) is the true class's probability; p(x) = 1/2 [(1 + a) mean_out(x) + (1 - a)] from reference models that
 * have not seen x. The population are the fitting non-members, thinned to at most 256 quantiles, and their ratios are
 * those of the original model: they stay as they are while the model unlearns.
 *
 * Source: Zarifzadeh et al., Low-Cost High-Power Membership Inference Attacks, 2024, equations 2 to 4 (arXiv
 * 2312.03262); a and gamma as in aidotse/LeakPro. Soft count, frozen population and threshold are ours.
 */
export const softRatio: FeedbackDefinition<FittedSoftRatio> = {
  name: "soft-ratio",
  readsLabels: true,
  reference: (outputs) => trueProbabilityFloat64(outputs),
  fit: ({ members, nonMembers }) => {
    const population = thinned(logRatios(nonMembers).sort());
    const share = (outputs: AttackOutputs): Float64Array =>
      logRatios(outputs).map((ratio) => softShareLogit(ratio, population));
    return { population, ...fitThreshold(share(members), share(nonMembers)) };
  },
  score: ({ population, threshold, scale }, { logits, labels, reference }) => {
    const { gamma, offlineA, temperature } = softRatioDefaults;
    const prior = mul(0.5, add(mul(reference as Tensor1D, 1 + offlineA), 1 - offlineA));
    const ratio = sub(neg(loss(logits, labels)), log(prior));
    const shift = tensor1d(population as number[], "float32");
    const v: Tensor2D = div(
      sub(expandDims(ratio, 1), add(expandDims(shift, 0), Math.log(gamma))),
      temperature,
    );
    const odds = sub(logsumexp(neg(softplus(neg(v)))), logsumexp(neg(softplus(v))));
    return div(sub(odds, threshold), scale);
  },
  scoreFloat64: ({ population, threshold, scale }, outputs) =>
    logRatios(outputs).map((ratio) => (softShareLogit(ratio, population) - threshold) / scale),
  problem: (fitted) =>
    Array.isArray(fitted.population) && fitted.population.length > 0
      ? thresholdProblem(fitted)
      : "a population is needed",
};

/**
 * log [S / (1 - S)] of the soft share S = mean_z sigmoid((log ratio_x - log ratio_z - log gamma) / temperature), without
 * losing digits near 0 and 1.
 */
export function softShareLogit(
  logRatio: number,
  population: readonly number[],
  { gamma, temperature }: Pick<SoftRatioOptions, "gamma" | "temperature"> = softRatioDefaults,
): number {
  const v = population.map((other) => (logRatio - other - Math.log(gamma)) / temperature);
  return (
    logSumExpOf(v.map((value) => -softplusFloat64(-value))) -
    logSumExpOf(v.map((value) => -softplusFloat64(value)))
  );
}

/** log p(x) of models that have not seen x, brought half way to those that have: 1/2 [(1 + a) mean + (1 - a)]. */
export function offlineLogPrior(
  meanOut: number,
  { offlineA }: Pick<SoftRatioOptions, "offlineA"> = softRatioDefaults,
): number {
  return Math.log(0.5 * ((1 + offlineA) * meanOut + 1 - offlineA));
}

/** log [p(x | target) / p(x)] of each sample. */
function logRatios(outputs: AttackOutputs): Float64Array {
  return lossFloat64(outputs).map((value, i) => -value - offlineLogPrior(outputs.reference?.[i] as number));
}

/** At most `maxPopulation` of the sorted values, evenly spaced in rank. */
function thinned(sorted: Float64Array): number[] {
  const count = Math.min(maxPopulation, sorted.length);
  return Array.from(
    { length: count },
    (_, i) => sorted[Math.floor(((i + 0.5) / count) * sorted.length)] as number,
  );
}
