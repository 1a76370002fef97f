import { LtuError, type IndexSet, type Rng } from "@ltu/core";

/** Some samples, and what to call them. */
export interface LabelledSet {
  readonly indexes: IndexSet;
  /**
   * The label to train sample `position` of this set on; the true label where it is left out.
   */
  readonly label?: ((position: number, trueLabel: number) => number) | undefined;
}

/** One shuffled pass over the union of some sets. */
export type Phase = readonly LabelledSet[];

/**
 * The phases of an epoch, one after the other. The same epoch and stream must give the same phases, and every
 * epoch phases of the same sizes, because schedules count steps ahead.
 */
export type EpochPlan = (epoch: number, rng: Rng) => readonly Phase[];

/** The samples of one step. */
export interface PlannedBatch {
  readonly indexes: IndexSet;
  /** The labels to train on, given the true ones. */
  labelsOf(trueLabels: Int32Array): Int32Array;
  /** A name of the batch within its epoch, for derived streams. */
  readonly key: string;
}

/** The plan of an ordinary training run: one pass over one set with its true labels. */
export function plainEpochs(indexes: IndexSet): EpochPlan {
  return () => [[{ indexes }]];
}

/** The number of steps that phases take, the last partial batch of each included. */
export function stepsOf(phases: readonly Phase[], batchSize: number): number {
  return phases.reduce((steps, phase) => steps + Math.ceil(sizeOf(phase) / batchSize), 0);
}

/** A short digest of which samples phases visit, in order (FNV-1a, 32 bits): tells one run's data from another's. */
export function digestOf(phases: readonly Phase[]): string {
  let hash = 0x811c9dc5;
  const add = (value: number): void => {
    hash = Math.imul(hash ^ value, 0x01000193);
  };
  for (const phase of phases) {
    add(-1);
    for (const { indexes } of phase) indexes.forEach(add);
  }
  return (hash >>> 0).toString(16);
}

/**
 * Cuts the phases of an epoch into batches: each phase is shuffled by `rng.split("shuffle/<phase>")` and visits
 * each of its samples once; the last partial batch is kept.
 */
export function* batchesOf(
  phases: readonly Phase[],
  { batchSize, rng }: { readonly batchSize: number; readonly rng: Rng },
): Generator<PlannedBatch> {
  for (const [p, phase] of phases.entries()) {
    const order = rng.split(`shuffle/${p}`).permutation(sizeOf(phase));
    for (let start = 0; start < order.length; start += batchSize) {
      const places = Array.from(order.subarray(start, start + batchSize), (place) => locate(phase, place));
      yield {
        indexes: Int32Array.from(places, ({ set, position }) => set.indexes[position] as number),
        labelsOf: (trueLabels) =>
          trueLabels.map((trueLabel, i) => {
            const { set, position } = places[i] as Place;
            return set.label === undefined ? trueLabel : set.label(position, trueLabel);
          }),
        key: `${p}/${start / batchSize}`,
      };
    }
  }
}

interface Place {
  readonly set: LabelledSet;
  readonly position: number;
}

function locate(phase: Phase, place: number): Place {
  let position = place;
  for (const set of phase) {
    if (position < set.indexes.length) return { set, position };
    position -= set.indexes.length;
  }
  throw new LtuError(
    "DATA",
    `epoch plan: expected a place below ${sizeOf(phase)}, found ${place}; give fixed sets.`,
  );
}

function sizeOf(phase: Phase): number {
  return phase.reduce((size, set) => size + set.indexes.length, 0);
}
