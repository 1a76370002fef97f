/** A signal, such as phi, of shadow models on samples, and the side that each model is on for each sample. */
export interface ShadowSignals {
  /** `[models, samples]` row-major. */
  readonly values: Float64Array;
  /** `[models, samples]`: 1 where the model is on the member side of the sample, 0 on the other, -1 on neither. */
  readonly sides: Int8Array;
  readonly samples: number;
}

/** What the middle of a side is. The reference code of LiRA takes the median, its paper the mean. */
export type Location = "mean" | "median";

/** A Gaussian for each sample, fitted to one side's models. */
export interface GaussianSide {
  /** Models of this side, for each sample. */
  readonly counts: Int32Array;
  /** Mean or median; 0 where there is no model. */
  readonly locations: Float64Array;
  /** Standard deviation around the mean (ddof 0), exactly 0 where all values are equal. */
  readonly spreads: Float64Array;
  /** One standard deviation for all samples: that of all residuals (value - location) together, around their mean. */
  readonly pooledSpread: number;
}

/**
 * Fits a Gaussian to the models of one side, for each sample.
 *
 * pooled variance = mean over all residuals of (residual - mean residual)^2
 *
 * Source: Carlini et al., Membership Inference Attacks From First Principles, 2022, sections V and VI-B; pooled form as
 * in tensorflow/privacy `advanced_mia.py` at 03035d5. The form of `plot.py` there (the spread of raw scores, of one side
 * for both) is not followed.
 */
export function fitSide(
  { values, sides, samples }: ShadowSignals,
  side: 1 | 0,
  { location = "mean" }: { readonly location?: Location } = {},
): GaussianSide {
  const models = samples === 0 ? 0 : values.length / samples;
  const counts = new Int32Array(samples);
  const locations = new Float64Array(samples);
  const spreads = new Float64Array(samples);
  const column = new Float64Array(models);
  let [residuals, sum, squares] = [0, 0, 0];
  for (let i = 0; i < samples; i++) {
    let count = 0;
    for (let m = 0; m < models; m++) {
      if (sides[m * samples + i] === side) column[count++] = values[m * samples + i] as number;
    }
    counts[i] = count;
    if (count === 0) continue;
    // In order of size, so that the same models in another order give the same numbers to the last bit.
    const own = column.subarray(0, count).sort();
    const mean = meanOf(own);
    const middle = location === "mean" ? mean : medianOf(own);
    locations[i] = middle;
    if (own[0] !== own[count - 1]) {
      spreads[i] = Math.sqrt(own.reduce((total, value) => total + (value - mean) ** 2, 0) / count);
    }
    for (const value of own) {
      const residual = value - middle;
      residuals += 1;
      sum += residual;
      squares += residual * residual;
    }
  }
  const mean = residuals === 0 ? 0 : sum / residuals;
  const pooledSpread = residuals === 0 ? 0 : Math.sqrt(Math.max(squares / residuals - mean * mean, 0));
  return { counts, locations, spreads, pooledSpread };
}

function meanOf(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

function medianOf(sorted: Float64Array): number {
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] as number) + upper) / 2;
}

/** Which spread a per-example attack divides by. `"auto"`: of each sample from 16 models a side on, else pooled. */
export type Variance = "auto" | "perSample" | "pooled";

/** The words of {@link Variance}. */
export const varianceWords: readonly Variance[] = ["auto", "perSample", "pooled"];

/** From this many models a side on, each sample has a spread of its own by default. */
export const modelsForOwnVariance = 16;

/** The variance that is used: whether every sample that both sides know has enough models for its own. */
export function resolveVariance(variance: Variance, sides: readonly GaussianSide[]): "perSample" | "pooled" {
  if (variance !== "auto") return variance;
  return fewestModels(sides) >= modelsForOwnVariance ? "perSample" : "pooled";
}

/** The smallest number of models on a side, over the samples that have enough of them to be scored. */
export function fewestModels(sides: readonly GaussianSide[]): number {
  let fewest = Number.POSITIVE_INFINITY;
  sides[0]?.counts.forEach((_, i) => {
    const least = Math.min(...sides.map(({ counts }) => counts[i] as number));
    if (least >= leastModels.pooled) fewest = Math.min(fewest, least);
  });
  return Number.isFinite(fewest) ? fewest : 0;
}

/** The fewest models a side may have: a spread of its own needs two. */
export const leastModels: Readonly<Record<"perSample" | "pooled", number>> = { perSample: 2, pooled: 1 };
