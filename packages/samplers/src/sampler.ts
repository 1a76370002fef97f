import type { IndexSet, Rng } from "@ltu/core";

/** What a sampler may know of the samples, looked up by their index in the data set. */
export interface SamplerStatistics {
  /** True labels: `labels[index]` for each candidate. */
  readonly labels: ArrayLike<number>;
  /** Per-sample losses under the current weights: `losses[index]`, at least 0. Only `hard` reads them. */
  readonly losses?: ArrayLike<number> | undefined;
  /**
   * Features of each candidate and each support sample, such as the input of the last layer under the original weights:
   * sample `index` has `features[index * featureWidth]` and the following. Only `nearForget` reads them.
   */
  readonly features?: Float32Array | undefined;
  /** How many features a sample has. */
  readonly featureWidth?: number | undefined;
  /** The samples to forget in this iteration, as indexes in the data set. Only `nearForget` reads them. */
  readonly support?: IndexSet | undefined;
}

/** Options of every sampler. */
export interface SamplerOptions {
  readonly rng: Rng;
  readonly statistics: SamplerStatistics;
}

/**
 * Chooses `count` different indexes among the candidates: a pure function of its arguments and the stream.
 *
 * @param candidates - Indexes in the data set, each once; left as it is.
 * @param count - How many; from 0 to `candidates.length`.
 * @returns A new array of exactly `count` indexes.
 * @throws LtuError `OPTION` when there are fewer candidates than asked, `DATA` for statistics that are missing.
 */
export type Sampler = (candidates: IndexSet, count: number, options: SamplerOptions) => IndexSet;
