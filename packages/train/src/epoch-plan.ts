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
export type UnionPhase = readonly LabelledSet[];

/**
 * Several passes side by side: each step has one batch of every union. There are as many steps as the longest pass
 * has; the others start again with the batches they had, in the same order.
 */
export interface ZippedPhase {
  readonly zipped: readonly UnionPhase[];
}

/** A part of an epoch. */
export type Phase = UnionPhase | ZippedPhase;

/** The phases of an epoch, one after the other. The same epoch and stream must give the same phases. */
export type EpochPlan = (epoch: number, rng: Rng) => readonly Phase[];

/** The batches of one step: one, or one of each union of a zipped phase. */
export interface PlannedStep {
  /** Which phase of the epoch it belongs to. */
  readonly phase: number;
  readonly batches: readonly PlannedBatch[];
}

/** The samples of one batch. */
export interface PlannedBatch {
  readonly indexes: IndexSet;
  /** For each sample the place of its set within the union. */
  readonly sets: Uint8Array;
  /** The labels to train on, given the true ones. */
  readonly labelsOf: (trueLabels: Int32Array) => Int32Array;
  /** A name of the batch within its epoch, for derived streams. */
  readonly key: string;
}

/** The plan of an ordinary training run: one pass over one set with its true labels. */
export function plainEpochs(indexes: IndexSet): EpochPlan {
  return () => [[{ indexes }]];
}

/** The number of steps that phases take, the last partial batch of each included. */
export function stepsOf(phases: readonly Phase[], batchSize: number): number {
  const inUnion = (union: UnionPhase): number => Math.ceil(sizeOf(union) / batchSize);
  return phases.reduce((steps, phase) => {
    const counts = unionsOf(phase).map(inUnion);
    return steps + (counts.includes(0) ? 0 : Math.max(...counts));
  }, 0);
}

/** A short digest of which samples phases visit, in order (FNV-1a, 32 bits): tells one run's data from another's. */
export function digestOf(phases: readonly Phase[]): string {
  let hash = 0x811c9dc5;
  const add = (value: number): void => {
    hash = Math.imul(hash ^ value, 0x01000193);
  };
  for (const union of phases.flatMap(unionsOf)) {
    add(-1);
    for (const { indexes } of union) indexes.forEach(add);
  }
  return (hash >>> 0).toString(16);
}

/**
 * Cuts the phases of an epoch into steps: each union is shuffled by `rng.split("shuffle/<phase>")` (in a zipped phase
 * `"shuffle/<phase>/<place>"`) and visits each of its samples once; the last partial batch is kept. A zipped phase
 * with an empty union has no step.
 */
export function* stepsThrough(
  phases: readonly Phase[],
  { batchSize, rng }: { readonly batchSize: number; readonly rng: Rng },
): Generator<PlannedStep> {
  for (const [p, phase] of phases.entries()) {
    const isZipped = "zipped" in phase;
    const name = (place: number): string => (isZipped ? `${p}/${place}` : `${p}`);
    const orders = unionsOf(phase).map((union, place) =>
      rng.split(`shuffle/${name(place)}`).permutation(sizeOf(union)),
    );
    for (let step = 0; step < stepsOf([phase], batchSize); step++) {
      const batches = unionsOf(phase).map((union, place) => {
        const order = orders[place] as Int32Array;
        const start = (step % Math.ceil(order.length / batchSize)) * batchSize;
        return planBatch(union, order.subarray(start, start + batchSize), { key: `${name(place)}/${step}` });
      });
      yield { phase: p, batches };
    }
  }
}

function planBatch(union: UnionPhase, order: Int32Array, { key }: { readonly key: string }): PlannedBatch {
  const places = Array.from(order, (place) => locate(union, place));
  return {
    indexes: Int32Array.from(places, ({ set, position }) => set.indexes[position] as number),
    sets: Uint8Array.from(places, ({ set }) => union.indexOf(set)),
    labelsOf: (trueLabels) =>
      trueLabels.map((trueLabel, i) => {
        const { set, position } = places[i] as Place;
        return set.label === undefined ? trueLabel : set.label(position, trueLabel);
      }),
    key,
  };
}

function unionsOf(phase: Phase): readonly UnionPhase[] {
  return "zipped" in phase ? phase.zipped : [phase];
}

interface Place {
  readonly set: LabelledSet;
  readonly position: number;
}

function locate(union: UnionPhase, place: number): Place {
  let position = place;
  for (const set of union) {
    if (position < set.indexes.length) return { set, position };
    position -= set.indexes.length;
  }
  throw new LtuError(
    "DATA",
    `epoch plan: expected a place below ${sizeOf(union)}, found ${place}; give fixed sets.`,
  );
}

function sizeOf(union: UnionPhase): number {
  return union.reduce((size, set) => size + set.indexes.length, 0);
}
