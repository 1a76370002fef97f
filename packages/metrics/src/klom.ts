import { checkNumbers, checkWhole } from "./check-numbers.ts";
import {
  acrossModels,
  checkModelScores,
  checkSameSamples,
  someModels,
  type ModelScores,
} from "./model-scores.ts";
import { quantile } from "./quantile.ts";
import type { Missing } from "./reasons.ts";

/** Options of {@link klom}; fixed before any margin is seen. */
export interface KlomOptions {
  /** Bins of equal width; 20 by default. */
  readonly bins?: number;
  /** The range of the bins; what lies outside counts in the first or last bin. -100 to 100 by default. */
  readonly clip?: readonly [number, number];
  /** Smallest share of a bin that oracles are in; 1e-5 by default. */
  readonly floor?: number;
  /** `"floor"` (the definition), or `"laplace"`: the floor is added to every count of both histograms. */
  readonly smoothing?: "floor" | "laplace";
}

/** KLOM over a set of samples. */
export interface Klom {
  /** Divergence of each sample, in nats; 0 is perfect. */
  readonly perSample: Float64Array;
  readonly mean: number;
  readonly p95: number;
  readonly models: { readonly oracles: number; readonly unlearned: number };
  readonly samples: number;
}

/**
 * KLOM ("KL divergence of margins"): how far each sample's margins under unlearned models are from those under oracles.
 *
 * KLOM(x) = KL(oracle || unlearned) = sum over bins of p log(p / q), with p and q the histograms of
 * {@link logitMargin} over models; q is raised to the floor where p > 0 and divided by its sum. The edges are fixed and
 * the last bin holds its right edge, so every margin counts.
 *
 * With few models the floor decides most of it: read it between the two ends of {@link klomWithEnds}, and never beside
 * a value from another number of models.
 *
 * @param oracles - Margins under retrained models, 100 in the paper.
 * @param unlearned - Margins of the same samples under unlearned models.
 * @returns Mean and 95th percentile over samples, and each sample's own.
 * @throws RangeError when sizes disagree, a margin is not finite or an option is out of range.
 *
 * Source: Georgiev et al., Attribute-to-Delete, 2024 (arXiv 2410.23232), appendix E.1. *Differs from* released code in
 * its fixed edges and its closed last bin.
 *
 * @example
 * ```ts
 * import { klom } from "@ltu/metrics";
 *
 * const oracles = { values: [1, 2, 3, 4], models: 4, samples: 1 };
 * const far = { values: [-50, -51, -52, -53], models: 4, samples: 1 };
 * console.log(klom(oracles, oracles).mean, klom(oracles, far).mean.toFixed(1)); // → 0 11.5
 * ```
 */
export function klom(oracles: ModelScores, unlearned: ModelScores, options: KlomOptions = {}): Klom {
  const { bins = 20, clip = [-100, 100], floor = 1e-5, smoothing = "floor" } = options;
  checkModelScores("klom", "oracles", oracles);
  checkModelScores("klom", "unlearned", unlearned);
  checkSameSamples("klom", oracles, unlearned);
  checkOptions({ bins, clip, floor, smoothing });
  const perSample = Float64Array.from({ length: oracles.samples }, (_, sample) => {
    const p = fixedHistogram(acrossModels(oracles, sample), { bins, clip });
    const q = fixedHistogram(acrossModels(unlearned, sample), { bins, clip });
    return smoothing === "floor" ? flooredKl(p, q, floor) : laplaceKl(p, q, floor);
  });
  return {
    perSample,
    mean: perSample.reduce((a, b) => a + b, 0) / perSample.length,
    p95: quantile(perSample, 0.95),
    models: { oracles: oracles.models, unlearned: unlearned.models },
    samples: oracles.samples,
  };
}

/** KLOM of a method between what it can be at best and what doing nothing gives. */
export interface KlomWithEnds {
  readonly unlearned: Klom;
  /** The second half of the oracles against the first: what a perfect method would show with half the models. */
  readonly noiseFloor: Klom | Missing;
  /** The original models, which have seen everything. */
  readonly ceiling: Klom | Missing;
}

/**
 * {@link klom} of unlearned models beside its noise floor and its ceiling.
 *
 * @param models - Margins of the same samples under oracles (all independent), unlearned and, where there are any,
 * original models.
 * @returns Three times KLOM; `TOO_FEW_MODELS` for a floor of fewer than four oracles, `NOT_RUN` without originals.
 * @throws RangeError as {@link klom}.
 */
export function klomWithEnds(
  {
    oracles,
    unlearned,
    originals,
  }: {
    readonly oracles: ModelScores;
    readonly unlearned: ModelScores;
    readonly originals?: ModelScores | undefined;
  },
  options: KlomOptions = {},
): KlomWithEnds {
  const half = Math.ceil(oracles.models / 2);
  return {
    unlearned: klom(oracles, unlearned, options),
    noiseFloor:
      oracles.models < 4
        ? { reason: "TOO_FEW_MODELS", detail: `two halves need at least 4 oracles, found ${oracles.models}` }
        : klom(someModels(oracles, 0, half), someModels(oracles, half, oracles.models), options),
    ceiling:
      originals === undefined
        ? { reason: "NOT_RUN", detail: "no margins of original models" }
        : klom(oracles, originals, options),
  };
}

/**
 * Counts of values in bins of equal width between fixed edges; the counts sum to the number of values. A value outside
 * counts in the first or last bin, and the last bin holds its right edge.
 *
 * @throws RangeError when a value is not finite or the bins are none.
 */
export function fixedHistogram(
  values: ArrayLike<number>,
  { bins, clip }: { readonly bins: number; readonly clip: readonly [number, number] },
): Int32Array {
  checkNumbers("fixedHistogram", "values", values);
  checkBins("fixedHistogram", bins, clip);
  const [low, high] = clip;
  const width = (high - low) / bins;
  const edge = (k: number): number => (k >= bins ? high : low + k * width);
  const counts = new Int32Array(bins);
  for (let i = 0; i < values.length; i++) {
    const value = Math.min(Math.max(values[i] as number, low), high);
    let bin = Math.min(bins - 1, Math.floor((value - low) / width));
    // The quotient rounds; the edges decide.
    while (bin > 0 && value < edge(bin)) bin--;
    while (bin < bins - 1 && value >= edge(bin + 1)) bin++;
    counts[bin] = (counts[bin] as number) + 1;
  }
  return counts;
}

function flooredKl(oracle: Int32Array, unlearned: Int32Array, floor: number): number {
  const total = (counts: Int32Array): number => counts.reduce((a, b) => a + b, 0);
  const [oracles, models] = [total(oracle), total(unlearned)];
  const raised = Array.from(unlearned, (count, k) =>
    (oracle[k] as number) > 0 ? Math.max(count / models, floor) : count / models,
  );
  const sum = raised.reduce((a, b) => a + b, 0);
  return divergence(
    Array.from(oracle, (count) => count / oracles),
    raised.map((share) => share / sum),
  );
}

function laplaceKl(oracle: Int32Array, unlearned: Int32Array, floor: number): number {
  const shares = (counts: Int32Array): number[] => {
    const raised = Array.from(counts, (count) => count + floor);
    const sum = raised.reduce((a, b) => a + b, 0);
    return raised.map((count) => count / sum);
  };
  return divergence(shares(oracle), shares(unlearned));
}

/** KL(p || q); rounding does not take it below 0. */
function divergence(p: readonly number[], q: readonly number[]): number {
  return Math.max(
    0,
    p.reduce((sum, share, k) => (share > 0 ? sum + share * Math.log(share / (q[k] as number)) : sum), 0),
  );
}

function checkBins(where: string, bins: number, [low, high]: readonly [number, number]): void {
  checkWhole(where, "bins", bins, 1);
  if (!(low < high && Number.isFinite(high - low))) {
    throw new RangeError(
      `${where}: clip must be two rising finite numbers, found ${low} and ${high}; the usual ones are -100 and 100.`,
    );
  }
}

function checkOptions({ bins, clip, floor, smoothing }: Required<KlomOptions>): void {
  checkBins("klom", bins, clip);
  if (!(floor > 0 && floor < 1)) {
    throw new RangeError(`klom: floor must be above 0 and below 1, found ${floor}; the usual value is 1e-5.`);
  }
  if (smoothing !== "floor" && smoothing !== "laplace") {
    throw new RangeError(
      `klom: smoothing must be "floor" or "laplace", found "${String(smoothing)}"; choose one.`,
    );
  }
}
