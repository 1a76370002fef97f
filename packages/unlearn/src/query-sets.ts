import {
  LtuError,
  type BatchSource,
  type IndexSet,
  type Model,
  type ModelWeights,
  type Rng,
} from "@ltu/core";
import { disjoint, samplers, type SamplerName, type SamplerStatistics } from "@ltu/samplers";
import { predict } from "@ltu/train";

import { countForward, type CostLedger } from "./cost-ledger.ts";
import { sampleLosses } from "./sample-losses.ts";

/** What the samplers know in one epoch. */
export type EpochStatistics = SamplerStatistics;

/** Labels of the accessible retain set by index, read once for a run. */
export function readLabels(batches: BatchSource, indexes: IndexSet): Int32Array {
  const labels = new Int32Array(largest(indexes) + 1).fill(-1);
  for (let start = 0; start < indexes.length; start += 256) {
    const batch = batches(indexes.slice(start, start + 256));
    batch.images.dispose();
    batch.indexes.forEach((index, i) => (labels[index] = batch.labels[i] as number));
  }
  return labels;
}

/** Per-sample losses of the accessible retain set by index, under the current weights, in eval mode. */
export async function refreshLosses(
  {
    model,
    batches,
    ledger,
    signal,
  }: {
    readonly model: Model;
    readonly batches: BatchSource;
    readonly ledger: CostLedger;
    readonly signal?: AbortSignal | undefined;
  },
  weights: ModelWeights,
  indexes: IndexSet,
): Promise<Float64Array> {
  const predictions = await predict(model, weights, batches, indexes, { signal });
  countForward(ledger, indexes.length);
  const losses = new Float64Array(largest(indexes) + 1);
  const values = sampleLosses(predictions);
  indexes.forEach((index, i) => (losses[index] = values[i] as number));
  return losses;
}

/** How many samples each query set holds: an equal part of the batch, or of what there is. */
export function querySetSize(
  accessible: number,
  { queryBatch, names }: { readonly queryBatch: number; readonly names: readonly SamplerName[] },
): number {
  if (accessible < names.length) {
    throw new LtuError(
      "DATA",
      `ltu: the accessible retain set needs at least one sample for each of ${names.length} query sets, found ${accessible}; raise the retain fraction or name fewer samplers.`,
    );
  }
  const part = Math.max(1, Math.floor(queryBatch / names.length));
  return Math.min(part, Math.floor(accessible / names.length));
}

/** The N query sets of one step, disjoint. */
export function drawQuerySets(
  accessibleRetain: IndexSet,
  {
    names,
    size,
    statistics,
    rng,
  }: {
    readonly names: readonly SamplerName[];
    readonly size: number;
    readonly statistics: EpochStatistics;
    readonly rng: Rng;
  },
): IndexSet[] {
  return disjoint(
    names.map((name) => samplers[name]),
    accessibleRetain,
    size,
    { rng, statistics },
  );
}

function largest(indexes: IndexSet): number {
  return indexes.reduce((a, b) => Math.max(a, b), -1);
}

/** The samples of all query sets, one set after another. */
export function concatIndexes(sets: readonly IndexSet[]): IndexSet {
  return Int32Array.from(sets.flatMap((set) => Array.from(set)));
}
