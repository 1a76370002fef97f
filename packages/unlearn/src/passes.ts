import type { IndexSet, Rng } from "@ltu/core";

/** Gives the batch of a step, counted from 0 over the whole run. */
export type Passes = (step: number) => IndexSet;

/**
 * Goes through a set again and again: each pass in a new random order, cut into ceil(size / batchSize) batches of
 * nearly equal size, so that no pass ends with a batch of one or two images.
 *
 * A batch depends on nothing but its step, so a run can resume anywhere.
 *
 * @param indexes - The set; borrowed.
 * @param rng - The stream of these passes; pass p takes `rng.split(p)`.
 */
export function passesOver(
  indexes: IndexSet,
  { batchSize, rng }: { readonly batchSize: number; readonly rng: Rng },
): Passes {
  const batches = Math.ceil(indexes.length / batchSize);
  let current = { pass: -1, order: new Int32Array(0) as IndexSet };
  return (step) => {
    const pass = Math.floor(step / batches);
    if (current.pass !== pass) {
      current = { pass, order: rng.split(pass).choice(indexes, indexes.length) };
    }
    const place = step % batches;
    const cut = (at: number): number => Math.round((at * indexes.length) / batches);
    return current.order.slice(cut(place), cut(place + 1));
  };
}
